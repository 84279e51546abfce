// BambooHR's signature: hexadecimal HMAC-SHA256, keyed with the webhook's private key, over the raw body followed by the
// time stamp. https://documentation.bamboohr.com/docs/webhooks
import { createHmac } from "node:crypto";
import { isKeyText } from "./key-length.ts";
import { isSameText } from "./same-text.ts";
import { isWithinTolerance } from "./tolerance.ts";

/** Whether one of the keys made the signature, not too long ago. Keys that are too short to be one do not count. `now` is in epoch milliseconds. */
export function verifyBambooHr(
  header: (name: string) => string | undefined,
  body: Uint8Array,
  keys: readonly string[],
  now: number,
): boolean {
  const timestamp = header("x-bamboohr-timestamp");
  const presented = header("x-bamboohr-signature");
  if (timestamp === undefined || presented === undefined || !isWithinTolerance(timestamp, now)) return false;
  return keys.filter(isKeyText).some((key) => {
    const expected = createHmac("sha256", key.trim()).update(body).update(timestamp).digest("hex");
    return isSameText(presented.toLowerCase(), expected);
  });
}
