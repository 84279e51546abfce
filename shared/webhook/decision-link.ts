// The link in a question to an approver: signed, for one person, for one question, with an end. It holds no secret and
// no address: who opens it has to be signed in as the person whom the nonce was made for.
import { openText, signText } from "./signed-text.ts";

export type DecisionLink = {
  readonly target: string;
  readonly subscription: string;
  /** Names one approver of one question. */
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
};

export type LinkCheck = { readonly ok: true; readonly link: DecisionLink } | { readonly ok: false };

const purpose = "decision-link/1";

/** The token of a link, safe in a path segment. */
export function signLink({ target, subscription, nonce, expiresAt }: DecisionLink, secret: string): string {
  return signText(purpose, JSON.stringify([target, subscription, nonce, expiresAt]), secret);
}

/** What a token says, if one of the secrets signed it and its time is not over. Never throws, and compares in constant
 * time. */
export function verifyLink(token: string, secrets: readonly string[], now: number): LinkCheck {
  const text = openText(purpose, token, secrets);
  const link = text === undefined ? undefined : parsePayload(text);
  return link !== undefined && now < link.expiresAt ? { ok: true, link } : { ok: false };
}

function parsePayload(text: string): DecisionLink | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return undefined;
  const [target, subscription, nonce, expiresAt]: readonly unknown[] = value;
  const isText = typeof target === "string" && typeof subscription === "string" && typeof nonce === "string";
  return isText && typeof expiresAt === "number" ? { target, subscription, nonce, expiresAt } : undefined;
}
