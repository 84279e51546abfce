// The link in a question to an approver: signed, for one person, for one question, with an end. It holds no secret and
// no address: who opens it has to be signed in as the person whom the nonce was made for.
import { createHmac, timingSafeEqual } from "node:crypto";

export type DecisionLink = {
  readonly target: string;
  readonly subscription: string;
  /** Names one approver of one question. */
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
};

export type LinkCheck = { readonly ok: true; readonly link: DecisionLink } | { readonly ok: false };

const version = "1";

function signatureOf(payload: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`decision-link/${version}\n${payload}`).digest();
}

/** The token of a link, safe in a path segment. */
export function signLink({ target, subscription, nonce, expiresAt }: DecisionLink, secret: string): string {
  const payload = Buffer.from(JSON.stringify([target, subscription, nonce, expiresAt])).toString("base64url");
  return `${payload}.${signatureOf(payload, secret).toString("base64url")}`;
}

/** What a token says, if one of the secrets signed it and its time is not over. Never throws, and compares in constant
 * time. */
export function verifyLink(token: string, secrets: readonly string[], now: number): LinkCheck {
  const [payload = "", signature = "", ...rest] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  // Base64url has several spellings of the same bytes; only ours is taken.
  const canonical = rest.length === 0 && given.toString("base64url") === signature;
  const signed = secrets.map((secret) => {
    const wanted = signatureOf(payload, secret);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  if (!canonical || !signed.includes(true)) return { ok: false };
  const link = parsePayload(payload);
  return link !== undefined && now < link.expiresAt ? { ok: true, link } : { ok: false };
}

function parsePayload(payload: string): DecisionLink | undefined {
  const value: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  if (!Array.isArray(value)) return undefined;
  const [target, subscription, nonce, expiresAt]: readonly unknown[] = value;
  const isText = typeof target === "string" && typeof subscription === "string" && typeof nonce === "string";
  return isText && typeof expiresAt === "number" ? { target, subscription, nonce, expiresAt } : undefined;
}
