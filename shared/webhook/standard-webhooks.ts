// Signatures as Standard Webhooks define them: HMAC-SHA256 over id, time and the body as it is sent. Pure.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac, timingSafeEqual } from "node:crypto";
import { fewestKeyBytes } from "./key-length.ts";
import { isWithinTolerance } from "./tolerance.ts";

const secretPrefix = "whsec_";

export type WebhookMessage = {
  readonly id: string;
  /** Epoch seconds; the header's text, where it comes from one. */
  readonly timestamp: number | string;
  /** The raw body, byte by byte as it is on the wire. */
  readonly body: string | Uint8Array;
};

/** The value of `webhook-signature` for one secret: `v1,` and base64. Several values are joined with spaces. The secret
 * is base64, with `whsec_` before it or without. */
export function signWebhook(message: WebhookMessage, secret: string): string {
  return `v1,${macOf(message, secret).toString("base64")}`;
}

/** Whether one of the secrets signed the message, within the window of time. `signature` is the header: values
 * separated by spaces; those of other versions do not count. Compares in constant time. */
export function verifyWebhook(
  message: WebhookMessage & { readonly signature: string },
  secrets: readonly string[],
  nowSeconds: number,
): boolean {
  const timestamp = String(message.timestamp);
  if (!isWithinTolerance(timestamp, nowSeconds * 1000)) return false;
  const given = message.signature.split(" ").flatMap((value) => {
    const [version, text = "", ...rest] = value.split(",");
    return version === "v1" && rest.length === 0 ? [Buffer.from(text, "utf8")] : [];
  });
  const matches = secrets.filter(isWebhookSecret).flatMap((secret) => {
    // As text: base64 has several spellings of the same bytes, and only the one that a sender makes is taken.
    const wanted = Buffer.from(macOf(message, secret).toString("base64"), "utf8");
    return given.map((each) => each.length === wanted.length && timingSafeEqual(each, wanted));
  });
  return matches.includes(true);
}

/** Whether a secret can sign: base64 of at least 16 bytes, with `whsec_` before it or without. The specification demands
 * 24; shorter ones are in use. */
export function isWebhookSecret(secret: string): boolean {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(textOf(secret)) && keyOf(secret).length >= fewestKeyBytes;
}

function macOf({ id, timestamp, body }: WebhookMessage, secret: string): Buffer {
  return createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.`, "utf8").update(body).digest();
}

function keyOf(secret: string): Buffer {
  return Buffer.from(textOf(secret), "base64");
}

function textOf(secret: string): string {
  return secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
}
