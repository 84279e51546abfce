// The secrets that settings and rules name, with what each has to look like. Their texts are judged and never told.
import { keyText } from "../apim/credential.ts";
import type { SourceRules, TargetRules } from "../config/rules.ts";
import type { Settings } from "../config/settings.ts";
import { AppError } from "../core/errors.ts";
import { decodeValidationKey } from "../webhook/delegation-signature.ts";
import { isKeyText } from "../webhook/key-length.ts";
import { isWebhookSecret } from "../webhook/standard-webhooks.ts";

export type NamedSecret = {
  readonly name: string;
  /** Where it is named. */
  readonly by: string;
  /** The app works without it: what it would open stays shut. */
  readonly optional?: boolean;
  /** @throws SECRET_MALFORMED */
  check(text: string): void;
};

type Check = (name: string, by: string) => NamedSecret;

function form(isWellFormed: (text: string) => boolean, expected: string): Check {
  return (name, by) => ({
    name,
    by,
    check(text) {
      if (isWellFormed(text)) return;
      throw new AppError("SECRET_MALFORMED", `Cannot use the secret "${name}" for ${by}: expected ${expected}`);
    },
  });
}

const apimKey: Check = (name, by) => ({ name, by, check: (text) => void keyText(name, text) });
const anyText = form(() => true, "text");
const signingKey = form(isKeyText, "at least 16 characters");
const webhookKey = form(
  (text) => isWebhookSecret(text.trim()),
  "base64 of at least 16 bytes, with whsec_ before it or not",
);
const validationKey = form(
  (text) => decodeValidationKey(text) !== undefined,
  "a validation key as API Management shows it under Delegation",
);

export function secretsOfSettings({ acceptKeyNames, linkSecrets, mail, webhook }: Settings): readonly NamedSecret[] {
  return [
    ...acceptKeyNames.map((name) => ({
      ...anyText(`function-key-${name}`, "ROLLCALL_ACCEPT_KEY_NAMES"),
      optional: true,
    })),
    ...linkSecrets.map((name) => signingKey(name, "ROLLCALL_LINK_SECRETS")),
    ...(mail?.signIn === undefined ? [] : [anyText(mail.signIn.passwordSecret, "ROLLCALL_SMTP_PASSWORD_SECRET")]),
    ...(webhook?.secrets.map((name) => webhookKey(name, "ROLLCALL_WEBHOOK_SECRET")) ?? []),
  ];
}

export function secretsOfTarget(target: TargetRules): readonly NamedSecret[] {
  const by = `the target ${target.name}`;
  const keys =
    target.door === "direct" ? [target.sas.primaryKeySecret, target.sas.secondaryKeySecret ?? []].flat() : [];
  return [
    ...keys.map((name) => apimKey(name, by)),
    ...(target.delegation?.validationKeySecrets.map((name) => validationKey(name, `${by} (delegation)`)) ?? []),
  ];
}

/** Kinds have their secrets beside their own settings, or under `authentication`. */
function textsOf(settings: unknown): readonly string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return ["secret", "refreshToken"].flatMap((key) => {
    const value: unknown = Reflect.get(settings, key);
    return typeof value === "string" ? [value] : [];
  });
}

export function secretsOfSource({ name, settings, webhook }: SourceRules): readonly NamedSecret[] {
  const by = `the source ${name}`;
  const events = webhook?.form === "standard" ? webhookKey : signingKey;
  return [
    ...[settings, settings.authentication].flatMap(textsOf).map((secret) => anyText(secret, by)),
    ...(webhook?.secrets.map((secret) => events(secret, `${by} (webhook)`)) ?? []),
  ];
}
