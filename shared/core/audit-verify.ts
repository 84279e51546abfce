// Checks the audit's chains: finds records that were changed, taken out, moved or cut off, and says which.
import { type AuditRecord, type ChainEnd, chainStart, type DayEnd, lineHash, readAuditLine } from "./audit-chain.ts";

/** `changed`: the line is not as it was when the next one was written. `missing`: records that were between two others.
 * `moved`: it does not stand where it was written. `unreadable`: not a record. `cutOff`: the chain once went further. */
export type AuditFaultKind = "changed" | "missing" | "moved" | "unreadable" | "cutOff";

export type AuditFault = {
  readonly kind: AuditFaultKind;
  /** In the day's lines, from 1. */
  readonly line: number;
  /** A sentence: what is the case. */
  readonly text: string;
};

export type DayCheck = {
  readonly day: string;
  readonly records: number;
  readonly end: ChainEnd;
  readonly faults: readonly AuditFault[];
};

const longestGap = 1_000_000;

type Line = { readonly line: number; readonly hash: string; readonly record: AuditRecord | undefined };

/** Checks the lines of one target and day. `known` are ends of this day's chain that were said elsewhere: in the first
 * record of a later day, or in the log. Without one, a last record that was changed or cut off cannot be seen. */
export function verifyDay(day: string, lines: readonly string[], known: readonly ChainEnd[]): DayCheck {
  const read = lines.map(
    (text, index): Line => ({
      line: index + 1,
      hash: lineHash(text),
      record: readAuditLine(text),
    }),
  );
  const last = read.at(-1);
  const numbers = new Set(read.flatMap(({ record }) => record?.number ?? []));
  const faults = [
    ...read.flatMap((line, index) => faultsOf(line, read[index - 1], numbers)),
    ...known.flatMap((end) => faultOfEnd(end, read)),
  ];
  const end = last === undefined ? chainStart : { number: last.record?.number ?? last.line, hash: last.hash };
  return { day, records: lines.length, end, faults: distinct(faults) };
}

/** How the first record of a day says that the last day before ended. */
export function dayBeforeOf(lines: readonly string[]): DayEnd | undefined {
  return readAuditLine(lines[0] ?? "")?.dayBefore;
}

function faultsOf(
  { line, record }: Line,
  before: Line | undefined,
  numbers: ReadonlySet<number>,
): readonly AuditFault[] {
  if (record === undefined) return [{ kind: "unreadable", line, text: `Line ${line} is not a record.` }];
  if (before !== undefined && before.record === undefined) return [];
  const end: ChainEnd = before?.record === undefined ? chainStart : { number: before.record.number, hash: before.hash };
  const { number, previous } = record;
  const next = end.number + 1;
  if (number !== next) {
    const absent = numbersBetween(next, number).filter((each) => !numbers.has(each));
    if (absent.length > 0)
      return [{ kind: "missing", line, text: `${recordsAre(absent)} missing before line ${line}.` }];
    return [{ kind: "moved", line, text: `Record ${number} stands in line ${line}, after record ${end.number}.` }];
  }
  if (previous === end.hash) return [];
  if (before === undefined) {
    return [{ kind: "changed", line, text: `Record 1 names a record before it, though it is the first.` }];
  }
  return [
    {
      kind: "changed",
      line: before.line,
      text: `Record ${end.number} is not as it was when record ${number} was written.`,
    },
  ];
}

function faultOfEnd({ number, hash }: ChainEnd, lines: readonly Line[]): readonly AuditFault[] {
  if (lines.some((line) => line.hash === hash)) return [];
  const there = lines.find(({ record }) => record?.number === number);
  if (there !== undefined) {
    return [{ kind: "changed", line: there.line, text: `Record ${number} is not as it was when its hash was noted.` }];
  }
  const text =
    lines.length === 0
      ? `All records are missing, ${number} of them were noted.`
      : `The records up to number ${number} that were noted are not all there.`;
  return [{ kind: "cutOff", line: lines.length, text }];
}

/** From `from` up to, not including, `to`; at most so many as a sentence needs. */
function numbersBetween(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, Math.min(to - from, longestGap)) }, (_, index) => from + index);
}

function recordsAre(numbers: readonly number[]): string {
  const [first, ...others] = numbers;
  const last = others.at(-1);
  if (last === undefined) return `Record ${first} is`;
  return `Records ${first} to ${last} (${numbers.length}) are`;
}

function distinct(faults: readonly AuditFault[]): readonly AuditFault[] {
  const seen = new Set<string>();
  return faults.filter(({ kind, line }) => {
    const key = `${kind} ${line}`;
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
