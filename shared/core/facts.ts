// The facts that a decision rested on, as they are kept: apart from the audit, so that they can be deleted, and with a
// salt, so that the hash in the audit tells nothing about facts that are gone.
import { createHash } from "node:crypto";
import { Temporal } from "temporal-polyfill";
import { canonicalJson } from "./digest.ts";

/** `salt` is random and stands nowhere else. */
export type SaltedFacts = { readonly salt: string; readonly facts: unknown };

/** SHA-256, hexadecimal, of salt and facts. */
export function factsHash({ salt, facts }: SaltedFacts): string {
  return createHash("sha256")
    .update(`${salt}\n${canonicalJson(facts)}`, "utf8")
    .digest("hex");
}

/** The name of the facts of one decision: 13 digits of epoch milliseconds, then what tells it from others. */
export function factsName(at: number, target: string, subscription: string): string {
  return `${instantDigits(at)}-${canonicalJson([target, subscription])}`;
}

/** The name of the note that somebody's last day was told of. It tells neither whose nor which day, begins with the end
 * of that month (UTC), so that it is not forgotten before the day is over, and is the same each time. */
export function leaverNoteName(target: string, user: string, product: string, lastDay: string): string {
  const next = Temporal.PlainDate.from(lastDay).with({ day: 1 }).add({ months: 1 });
  const hash = createHash("sha256")
    .update(canonicalJson([target, user, product, lastDay]), "utf8")
    .digest("hex");
  return `${instantDigits(next.toZonedDateTime("UTC").epochMilliseconds)}-leaver-${hash}`;
}

/** The instant with which such a name begins, epoch milliseconds; undefined for any other name. */
export function factsInstant(name: string): number | undefined {
  const digits = /^(\d{13})-/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function instantDigits(at: number): string {
  return String(Math.max(0, at)).padStart(13, "0");
}
