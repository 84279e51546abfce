// The form in which values are kept in tables and blobs: JSON with the name of its format around it. Only Rollcall
// writes there, so the format's name is what is checked; a later version that finds an earlier name can convert.

import { AppError } from "../core/errors.ts";
import type { SaltedFacts } from "../core/facts.ts";
import type { AppliedChange } from "../core/guard.ts";
import type { Outcome } from "../core/outcome.ts";
import type { PeopleReport } from "../core/people-report.ts";
import type { PeopleRead } from "../core/person.ts";
import type { Plan } from "../core/plan.ts";
import type { RememberedClaims } from "../core/remembered-claims.ts";
import type { RequestRecord } from "../core/request.ts";
import type { RunRecord } from "../core/run.ts";
import type { RosterEntry } from "../request-ports.ts";
import type { Acceptance, SourceMemory } from "../run-ports.ts";

type Formats = {
  "rollcall-run/1": RunRecord;
  "rollcall-plan-file/1": Plan;
  "rollcall-problems/1": PeopleReport;
  "rollcall-acceptance/1": Acceptance;
  "rollcall-applied/1": AppliedChange;
  "rollcall-source/1": SourceMemory;
  "rollcall-claims/1": RememberedClaims;
  "rollcall-people/1": StoredRead;
  "rollcall-request/1": RequestRecord;
  "rollcall-facts/1": SaltedFacts;
  "rollcall-roster/1": RosterIndex;
  "rollcall-roster-workers/1": readonly RosterEntry[];
  "rollcall-roster-objects/1": readonly (readonly [objectId: string, worker: string])[];
};

/** What is known of a read of people, without its rows. */
export type StoredRead = {
  /** When it began, epoch milliseconds. */
  readonly at: number;
  readonly about: Omit<PeopleRead, "people" | "leftOut">;
  /** Where rows were left out: by which scope rule, on which days, how many for their scope alone. */
  readonly scope?: {
    readonly text: string;
    readonly outside: number;
    readonly todays: readonly (readonly [zone: string, today: string])[];
  };
};

/** The shards that a roster consists of, each by the hash of its text. */
export type RosterIndex = {
  readonly target: string;
  /** When HR said so, epoch milliseconds. */
  readonly at: number;
  readonly workers: readonly string[];
  readonly objects: readonly string[];
};

type Stored = { readonly format?: unknown; readonly value?: unknown };

/** The value as text. */
export function writeStored<F extends keyof Formats>(format: F, value: Formats[F]): string {
  return JSON.stringify({ format, value });
}

/** The value of a text that `writeStored` made.
 * @throws STORE_UNAVAILABLE when it is something else */
export function readStored<F extends keyof Formats>(format: F, text: unknown): Formats[F] {
  const stored = parse(text);
  if (stored?.format === format && stored.value !== undefined) return stored.value as Formats[F];
  throw new AppError(
    "STORE_UNAVAILABLE",
    `Cannot read what is kept in the storage account: its format is not the expected "${format}", give Rollcall an account or a prefix of its own`,
  );
}

/** One line of a run's journal, with its line break. */
export function writeOutcomeLine(outcome: Outcome): string {
  return `${JSON.stringify(outcome)}\n`;
}

/** A line that ends a journal's blob for the writer who had it before. */
export const sealLine = '{"seal":true}\n';

/** The outcomes of a journal's blob, without its seals.
 * @throws STORE_UNAVAILABLE when a line is not whole */
export function readOutcomeLines(text: string): readonly Outcome[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.flatMap((line) => {
    const parsed = parse(line);
    if (parsed !== undefined && "seal" in parsed) return [];
    if (parsed !== undefined && "id" in parsed && "status" in parsed) return [parsed as Outcome];
    throw new AppError(
      "STORE_UNAVAILABLE",
      "Cannot read the run's journal: a line is not an outcome, blobs that only Rollcall writes were expected",
    );
  });
}

function parse(text: unknown): Stored | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
