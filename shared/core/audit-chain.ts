// The chain of the audit's records: each holds its number and the SHA-256 of the line before it, so a record that is
// changed, taken out, moved or cut off shows. A chain belongs to one target and one day; its first record holds the end
// of the day before. Whoever can rewrite everything can make a new chain: what was said elsewhere about the end of a
// day (the log) shows that, and only an immutability policy of the storage account prevents it.
import { createHash } from "node:crypto";
import { Temporal } from "temporal-polyfill";

/** One thing that happened, as it is recorded. Facts are referenced, never held. */
export type AuditEntry = {
  /** Of one decision: whoever finds it twice has the same decision twice, because a process died in between. */
  readonly id?: string;
  readonly at: number;
  readonly target: string;
  readonly action: string;
  readonly subscription?: string;
  readonly user?: string;
  readonly product?: string;
  /** The rule or the signed-in person. */
  readonly by: string;
  readonly text: string;
  /** Salted hash of the facts blob that the decision rested on, and its name. */
  readonly facts?: { readonly blob: string; readonly hash: string };
};

/** Where a chain ends: the last record's number and the SHA-256, hexadecimal, of its line. */
export type ChainEnd = { readonly number: number; readonly hash: string };

/** The end of a day's chain. `day` is UTC, `YYYY-MM-DD`. */
export type DayEnd = ChainEnd & { readonly day: string };

export type AuditRecord = AuditEntry & {
  /** From 1, one chain for each target and day. */
  readonly number: number;
  /** SHA-256 of the record before, as it stands in the blob; zeros for the first. */
  readonly previous: string;
  /** On the first record: how the last day before ended. */
  readonly dayBefore?: DayEnd;
  /** Random name of the process that wrote it. */
  readonly writer: string;
};

export const chainStart: ChainEnd = { number: 0, hash: "0".repeat(64) };

/** SHA-256, hexadecimal, of a line without its line break. */
export function lineHash(line: string): string {
  return createHash("sha256").update(line, "utf8").digest("hex");
}

/** Where a chain ends whose last line this is; number 0 for a line that is not a record. */
export function chainEnd(line: string): ChainEnd {
  return { number: readAuditLine(line)?.number ?? 0, hash: lineHash(line) };
}

/** The record that a line holds; undefined when it is none. */
export function readAuditLine(line: string): AuditRecord | undefined {
  const value = parse(line);
  return isRecord(value) ? value : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is AuditRecord {
  if (typeof value !== "object" || value === null) return false;
  const numbers = ["number", "at"].map((name) => Reflect.get(value, name));
  const texts = ["previous", "target", "action", "by", "text"].map((name) => Reflect.get(value, name));
  return numbers.every((field) => typeof field === "number") && texts.every((field) => typeof field === "string");
}

/** The line of the record that comes after `end`, without a line break. */
export function chainLine(
  entry: AuditEntry,
  end: ChainEnd,
  extra: { readonly writer: string; readonly dayBefore?: DayEnd },
): string {
  const { id, at, target, action, subscription, user, product, by, text, facts } = entry;
  const { writer, dayBefore } = extra;
  const record: AuditRecord = {
    number: end.number + 1,
    previous: end.hash,
    ...(dayBefore !== undefined && end.number === 0 && { dayBefore }),
    at,
    ...(id !== undefined && { id }),
    target,
    action,
    ...(subscription !== undefined && { subscription }),
    ...(user !== undefined && { user }),
    ...(product !== undefined && { product }),
    by,
    text,
    ...(facts !== undefined && { facts: { blob: facts.blob, hash: facts.hash } }),
    writer,
  };
  return JSON.stringify(record);
}

/** The day whose chain an instant belongs to: UTC, `YYYY-MM-DD`. */
export function auditDay(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toString().slice(0, 10);
}
