// Fresh key texts, as the service prints them.
import { randomBytes } from "node:crypto";

/** A subscription key: 32 hexadecimal digits. */
export function newKey(): string {
  return randomBytes(16).toString("hex");
}

/** A key of the management API: base64 text of 64 bytes. */
export function newAccessKey(): string {
  return randomBytes(64).toString("base64");
}
