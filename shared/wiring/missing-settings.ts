// Settings that the rules need and the environment does not have. Each of them alone is allowed to be absent: only together
// with the rules it shows what could not work.
import type { Rules } from "../config/rules.ts";
import type { Settings } from "../config/settings.ts";
import { secretsOfSettings, secretsOfSource, secretsOfTarget } from "./named-secrets.ts";

export type MissingSetting = { readonly setting: string; readonly because: string };

type Asked = { readonly rules: Rules; readonly settings: Settings };

const namedSecrets = 3;

/** The secrets without which something fails, by name, each once. */
function secretsOf({ rules, settings }: Asked): readonly string[] {
  const secrets = [
    ...rules.targets.flatMap(secretsOfTarget),
    ...rules.sources.flatMap(secretsOfSource),
    ...secretsOfSettings(settings),
  ];
  return [...new Set(secrets.filter(({ optional }) => optional !== true).map(({ name }) => name))];
}

function storage({ settings }: Asked): string | undefined {
  const { accountName, blobServiceUri } = settings.storage;
  return accountName === undefined && blobServiceUri === undefined
    ? "runs and requests keep their state in the storage account"
    : undefined;
}

function keyVault(asked: Asked): string | undefined {
  const secrets = secretsOf(asked);
  if (asked.settings.keyVault.url !== undefined || secrets.length === 0) return undefined;
  const more = secrets.length - namedSecrets;
  const names = [...secrets.slice(0, namedSecrets), ...(more > 0 ? [`${more} more`] : [])];
  return `the secrets that are named are read from the Key Vault: ${names.join(", ")}`;
}

function publicAddress({ rules, settings }: Asked): string | undefined {
  const delegated = rules.targets.filter(({ delegation }) => delegation !== undefined).map(({ name }) => name);
  if (settings.publicBaseUrl !== undefined || settings.localSignIn || delegated.length === 0) return undefined;
  return `the developer portal of ${delegated.join(", ")} sends people to sign in there (delegation)`;
}

function linkSecrets({ rules, settings }: Asked): string | undefined {
  if (settings.linkSecrets.length > 0 || rules.approvals === undefined) return undefined;
  return "people answer requests by links and forms, which are signed (approvals)";
}

const needs: Readonly<Record<string, (asked: Asked) => string | undefined>> = {
  AzureWebJobsStorage__accountName: storage,
  ROLLCALL_KEY_VAULT_URL: keyVault,
  ROLLCALL_PUBLIC_BASE_URL: publicAddress,
  ROLLCALL_LINK_SECRETS: linkSecrets,
};

/** Each with what needs it. Asks no service. */
export function missingSettings(rules: Rules, settings: Settings): readonly MissingSetting[] {
  return Object.entries(needs).flatMap(([setting, need]) => {
    const because = need({ rules, settings });
    return because === undefined ? [] : [{ setting, because }];
  });
}
