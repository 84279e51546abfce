// What the service hands out for a user: shared access token, sign-in link, identities, password mail.
import { empty, ok } from "./answer.ts";
import type { Handler } from "./call.ts";
import { bodyFields } from "./call.ts";
import { invalid, notFound } from "./errors.ts";
import { checkTexts, textOf } from "./json-fields.ts";
import { shortToken } from "./sas-token.ts";

const longestToken = 30 * 86_400_000;
const signInLifetime = 5 * 60_000;

export const postToken: Handler = (call, id) => {
  if (!call.store.users.has(id)) return notFound("User");
  const fields = bodyFields(call);
  const problems = checkTexts(
    fields,
    { keyType: { required: true, oneOf: ["primary", "secondary"] }, expiry: { required: true } },
    false,
  );
  const expiresAt = Date.parse(textOf(fields, "expiry") ?? "");
  if (problems.length === 0 && !(expiresAt <= call.now + longestToken)) {
    problems.push({
      code: "ValidationError",
      target: "expiry",
      message: "Maximum token expiry time is set to 30 days.",
    });
  }
  if (problems.length > 0) return invalid(problems);
  const access = call.store.access();
  const key = textOf(fields, "keyType")?.toLowerCase() === "primary" ? access.primaryKey : access.secondaryKey;
  return ok(200, { value: shortToken(id, expiresAt, key, call.dialect.tokenDigits) });
};

/** The link goes to the old portal, and its token is good for five minutes. */
export const postSsoUrl: Handler = (call, id) => {
  if (!call.store.users.has(id)) return notFound("User");
  const token = shortToken(id, call.now + signInLifetime, call.store.access().primaryKey, call.dialect.tokenDigits);
  return ok(200, {
    value: `https://${call.settings.serviceName}.portal.azure-api.net/signin-sso?token=${encodeURIComponent(token)}`,
  });
};

export const listIdentities: Handler = (call, id) => {
  const user = call.store.users.get(id);
  if (user === undefined) return notFound("User");
  return ok(200, { value: user.identities, count: user.identities.length, nextLink: null });
};

export const postPasswordMail: Handler = (call, id) => {
  if (!call.store.users.has(id)) return notFound("User");
  call.store.mails.push({ kind: "password", to: id });
  return empty(204);
};
