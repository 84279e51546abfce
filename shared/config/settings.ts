// Reads the environment once, as a whole, into one frozen object; nothing else in shared/ looks at the environment.
import type { z } from "zod";
import { AppError } from "../core/errors.ts";
import { sliceMarginMs } from "../core/slice-end.ts";
import { suggestion } from "./did-you-mean.ts";
import type { MailSender, MailServer } from "./mail-settings.ts";
import { settingsPrefix, settingsSchema } from "./settings-schema.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export type RulesLocation =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "blob"; readonly account: string; readonly container: string; readonly name: string };

export type Settings = {
  readonly rules: RulesLocation;
  readonly keyVault: { readonly url?: string; readonly verifyChallenge: boolean };
  /** The account's name, or the addresses of its services without a slash at their end. */
  readonly storage: {
    readonly accountName?: string;
    readonly blobServiceUri?: string;
    readonly queueServiceUri?: string;
    readonly tableServiceUri?: string;
    readonly clientId?: string;
  };
  /** Client id of the user-assigned identity; absent for the system-assigned one. */
  readonly clientId?: string;
  readonly statePrefix: string;
  readonly acceptKeyNames: readonly string[];
  readonly sliceSeconds: number;
  readonly keepDetailsDays: number;
  readonly keepFactsDays: number;
  /** Where people reach this app, without a slash at its end. */
  readonly publicBaseUrl?: string;
  /** Names of the secrets of decision links. The first signs, all are taken. */
  readonly linkSecrets: readonly string[];
  readonly mail?: {
    readonly server: MailServer;
    readonly from: MailSender;
    readonly signIn?: { readonly user: string; readonly passwordSecret: string };
  };
  readonly webhook?: { readonly url: string; readonly secrets: readonly string[] };
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly onAzure: boolean;
  /** The platform's own word that it signs people in; only then its header names anybody. */
  readonly authenticationIsOn: boolean;
  /** Anybody may sign in as an invented person: the local stack only. */
  readonly localSignIn: boolean;
};

type Values = z.output<typeof settingsSchema>;

/** All problems with the settings are in one error. An empty text counts as absent.
 * @throws CONFIG_INVALID */
export function readSettings(environment: Environment): Settings {
  const present = Object.entries(environment).filter(([, text]) => text !== undefined && text !== "");
  const names = present.map(([name]) => name);
  const parsed = settingsSchema.safeParse(Object.fromEntries(present));
  const problems = [
    ...unknownNames(names),
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...(parsed.success ? contradictions(parsed.data) : []),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new AppError("CONFIG_INVALID", `Cannot use the settings: ${problems.join("; ")}`, {
      context: { problems: problems.length },
    });
  }
  return toSettings(parsed.data);
}

function unknownNames(names: readonly string[]): readonly string[] {
  const known = Object.keys(settingsSchema.shape).filter((name) => name.startsWith(settingsPrefix));
  // Without the prefix, which would make every two names alike.
  const tails = known.map((name) => name.slice(settingsPrefix.length));
  return names
    .filter((name) => name.toUpperCase().startsWith(settingsPrefix) && !known.includes(name))
    .map((name) => {
      const meant = suggestion(name.slice(settingsPrefix.length), tails, settingsPrefix);
      return `${name}: there is no such setting${meant}`;
    });
}

function contradictions(values: Values): readonly string[] {
  const addresses = [
    values.AzureWebJobsStorage__blobServiceUri,
    values.AzureWebJobsStorage__queueServiceUri,
    values.AzureWebJobsStorage__tableServiceUri,
  ];
  const given = addresses.filter((address) => address !== undefined).length;
  const limit = timeoutSeconds(values.AzureFunctionsJobHost__functionTimeout) - sliceMarginMs / 1000;
  return [
    ...(given !== 0 && given !== addresses.length
      ? ["AzureWebJobsStorage__blobServiceUri, __queueServiceUri, __tableServiceUri: expected all three or none"]
      : []),
    ...(values.ROLLCALL_SLICE_SECONDS > limit
      ? [`ROLLCALL_SLICE_SECONDS: expected at most ${limit}, 30 seconds below functionTimeout`]
      : []),
    ...together(values, ["ROLLCALL_SMTP_URL", "ROLLCALL_MAIL_FROM"]),
    ...together(values, ["ROLLCALL_SMTP_USER", "ROLLCALL_SMTP_PASSWORD_SECRET"]),
    ...(values.ROLLCALL_SMTP_USER !== undefined && values.ROLLCALL_SMTP_URL === undefined
      ? ["ROLLCALL_SMTP_USER: expected ROLLCALL_SMTP_URL beside it"]
      : []),
    ...together(values, ["ROLLCALL_WEBHOOK_URL", "ROLLCALL_WEBHOOK_SECRET"]),
    ...(values.WEBSITE_SITE_NAME !== undefined && !values.ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE
      ? ['ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: expected "true", "false" is for the local stack only']
      : []),
    ...(values.WEBSITE_SITE_NAME !== undefined && values.ROLLCALL_LOCAL_SIGN_IN
      ? ['ROLLCALL_LOCAL_SIGN_IN: expected "false", "true" is for the local stack only']
      : []),
  ];
}

/** Settings that mean nothing without one another. */
function together(values: Values, names: readonly [keyof Values, keyof Values]): readonly string[] {
  const given = names.filter((name) => values[name] !== undefined);
  return given.length === 1 ? [`${names.join(", ")}: expected both or none`] : [];
}

/** Seconds of `hh:mm:ss`; without end for -1. */
function timeoutSeconds(text: string): number {
  if (text === "-1") return Number.POSITIVE_INFINITY;
  return text.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

function toStorage(values: Values): Settings["storage"] {
  const {
    AzureWebJobsStorage__accountName: accountName,
    AzureWebJobsStorage__blobServiceUri: blobServiceUri,
    AzureWebJobsStorage__queueServiceUri: queueServiceUri,
    AzureWebJobsStorage__tableServiceUri: tableServiceUri,
    AzureWebJobsStorage__clientId: clientId,
  } = values;
  return Object.freeze({
    ...(accountName !== undefined && { accountName }),
    ...(blobServiceUri !== undefined && { blobServiceUri }),
    ...(queueServiceUri !== undefined && { queueServiceUri }),
    ...(tableServiceUri !== undefined && { tableServiceUri }),
    ...(clientId !== undefined && { clientId }),
  });
}

function toNotices(values: Values): Pick<Settings, "mail" | "webhook"> {
  const { ROLLCALL_SMTP_URL: server, ROLLCALL_MAIL_FROM: from, ROLLCALL_SMTP_USER: user } = values;
  const { ROLLCALL_SMTP_PASSWORD_SECRET: passwordSecret } = values;
  const { ROLLCALL_WEBHOOK_URL: url, ROLLCALL_WEBHOOK_SECRET: secrets } = values;
  const signIn = user === undefined || passwordSecret === undefined ? undefined : { user, passwordSecret };
  return {
    ...(server !== undefined && from !== undefined && { mail: { server, from, ...(signIn && { signIn }) } }),
    ...(url !== undefined && secrets !== undefined && { webhook: { url, secrets } }),
  };
}

function toSettings(values: Values): Settings {
  const { ROLLCALL_KEY_VAULT_URL: url, AZURE_CLIENT_ID: clientId, ROLLCALL_PUBLIC_BASE_URL: publicBaseUrl } = values;
  return Object.freeze({
    rules: Object.freeze(values.ROLLCALL_RULES),
    keyVault: Object.freeze({
      ...(url !== undefined && { url }),
      verifyChallenge: values.ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE,
    }),
    storage: toStorage(values),
    ...(clientId !== undefined && { clientId }),
    statePrefix: values.ROLLCALL_STATE_PREFIX,
    acceptKeyNames: Object.freeze(values.ROLLCALL_ACCEPT_KEY_NAMES),
    sliceSeconds: values.ROLLCALL_SLICE_SECONDS,
    keepDetailsDays: values.ROLLCALL_KEEP_DETAILS_DAYS,
    keepFactsDays: values.ROLLCALL_KEEP_FACTS_DAYS,
    ...(publicBaseUrl !== undefined && { publicBaseUrl }),
    linkSecrets: Object.freeze(values.ROLLCALL_LINK_SECRETS ?? []),
    ...toNotices(values),
    logLevel: values.ROLLCALL_LOG_LEVEL,
    onAzure: values.WEBSITE_SITE_NAME !== undefined,
    authenticationIsOn: values.WEBSITE_AUTH_ENABLED,
    localSignIn: values.ROLLCALL_LOCAL_SIGN_IN,
  });
}
