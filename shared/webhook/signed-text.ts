// A text that left the app and came back: a link, a form, a cookie. One of our secrets signed it, for one purpose.
import { createHmac, timingSafeEqual } from "node:crypto";

function signatureOf(purpose: string, payload: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(`${purpose}\n${payload}`).digest();
}

/** The text with its signature, safe in a path segment. It is not hidden. `purpose` is one line: what was signed for one
 * purpose is good for no other. */
export function signText(purpose: string, text: string, secret: string): string {
  const payload = Buffer.from(text).toString("base64url");
  return `${payload}.${signatureOf(purpose, payload, secret).toString("base64url")}`;
}

/** The text, if one of the secrets signed it for this purpose. Never throws, and compares in constant time. */
export function openText(purpose: string, token: string, secrets: readonly string[]): string | undefined {
  const [payload = "", signature = "", ...rest] = token.split(".");
  const given = Buffer.from(signature, "base64url");
  // Base64url has several spellings of the same bytes; only ours is taken.
  const canonical = rest.length === 0 && given.toString("base64url") === signature;
  const signed = secrets.map((secret) => {
    const wanted = signatureOf(purpose, payload, secret);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  return canonical && signed.includes(true) ? Buffer.from(payload, "base64url").toString("utf8") : undefined;
}
