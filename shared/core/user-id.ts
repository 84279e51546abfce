// The id of an account that Rollcall makes: derived from the worker, so a second run, a second machine or a lost
// store comes to the same id, and the id tells nobody who it is.
import { createHash } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >>> bits) & 31);
    }
  }
  return text;
}

/** `rc-` and 26 characters of base32 of SHA-256(owner, number space, employee number). */
export function userId(owner: string, numberSpace: string, employeeNumber: string): string {
  const hash = createHash("sha256").update(`${owner}\n${numberSpace}\n${employeeNumber}`, "utf8").digest();
  return `rc-${base32(hash).slice(0, 26)}`;
}

/** Whether the id, folded, can be one that Rollcall makes. */
export function isUserId(id: string): boolean {
  return /^rc-[a-z2-7]{26}$/.test(id);
}
