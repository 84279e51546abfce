// A link's salt is random and signed, so it stands for the link: it is spent when the link has done what it is for.
import { createHash } from "node:crypto";

/** The salt in a form that fits every store. */
export function saltKey(target: string, salt: string): string {
  return createHash("sha256").update(`${target}\n${salt}`, "utf8").digest("hex");
}

/** Id of the subscription that a link asks for: one link makes one subscription. */
export function delegatedSubscriptionId(target: string, salt: string): string {
  return `rcs-${saltKey(target, salt).slice(0, 26)}`;
}
