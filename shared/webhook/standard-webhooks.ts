// Signatures of Standard Webhooks, both ways: HMAC-SHA256 over `id.timestamp.body`, in base64 with its version before it.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac } from "node:crypto";
import { isSameText } from "./same-text.ts";
import { isWithinTolerance } from "./tolerance.ts";

/** A message as it is signed. `at` is in epoch milliseconds; the signature holds whole seconds. */
export type WebhookMessage = { readonly id: string; readonly at: number; readonly body: Uint8Array | string };

export type WebhookHeaders = {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
};

const prefix = "whsec_";
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
const leastKeyBytes = 16;

/** The key of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`, or undefined for a text that is none. */
export function webhookKey(secret: string): Uint8Array | undefined {
  const text = secret.trim();
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (!base64.test(encoded)) return undefined;
  const key = Buffer.from(encoded, "base64");
  return key.length < leastKeyBytes ? undefined : key;
}

function signature(id: string, timestamp: string, body: Uint8Array | string, key: Uint8Array): string {
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return `v1,${digest}`;
}

/** The headers of a message that is signed with each of the keys: while a key is replaced, the old and the new one. */
export function signWebhook({ id, at, body }: WebhookMessage, keys: readonly Uint8Array[]): WebhookHeaders {
  const timestamp = String(Math.floor(at / 1000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": keys.map((key) => signature(id, timestamp, body, key)).join(" "),
  };
}

/** Whether one of the keys made one of the signatures, not too long ago. `now` is in epoch milliseconds. */
export function verifyWebhook(
  header: (name: string) => string | undefined,
  body: Uint8Array,
  keys: readonly Uint8Array[],
  now: number,
): boolean {
  const id = header("webhook-id");
  const timestamp = header("webhook-timestamp");
  const presented = header("webhook-signature")?.split(" ").slice(0, maxSignatures) ?? [];
  if (id === undefined || timestamp === undefined || !isWithinTolerance(timestamp, now)) return false;
  return keys.some((key) => {
    const expected = signature(id, timestamp, body, key);
    return presented.some((each) => isSameText(each, expected));
  });
}

/** More signatures than keys that anybody has in use. */
const maxSignatures = 10;
