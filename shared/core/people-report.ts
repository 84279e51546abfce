// What HR should know about its own rows: by worker key, and nothing of a person beyond the key.
import type { Calendar } from "./calendar.ts";
import {
  type LeftOutRows,
  type Person,
  type RowProblem,
  type RowProblemCode,
  type SpacedRead,
  workerKey,
} from "./person.ts";
import type { Policy } from "./policy.ts";
import { resolveReads } from "./resolve-reads.ts";
import { statedEnd, todayOf } from "./row-facts.ts";
import type { WorkerFindingCode } from "./standing.ts";
import type { Workers } from "./workers.ts";

/** `duplicateRows`: several rows of a worker that do not contradict each other. `managerMissing`: the manager is in no row. */
export type PeopleProblemCode = RowProblemCode | WorkerFindingCode | "duplicateRows" | "managerMissing" | "outOfScope";

export type PeopleProblem = {
  readonly code: PeopleProblemCode;
  readonly source?: string;
  readonly line?: number;
  readonly worker?: string;
  /** The person's field or the source's column. */
  readonly field?: string;
  readonly text: string;
};

export type PeopleReport = {
  /** Sorted by code, worker and line. Of those out of scope not more than were asked for. */
  readonly problems: readonly PeopleProblem[];
  /** All of them by code, also those that are not listed. */
  readonly counts: Readonly<Record<string, number>>;
};

export type ReportOptions = {
  readonly policy: Policy;
  readonly calendar: Calendar;
  /** How many of those out of scope are listed. */
  readonly listed: number;
};

type Input = ReportOptions & { readonly workers: Workers; readonly leftOut: readonly LeftOutRows[] };

function ofRow(problem: RowProblem): PeopleProblem {
  const { code, source, line, worker, field, reason } = problem;
  const about = { ...(worker !== undefined && { worker }), ...(field !== undefined && { field }) };
  return { code, source, line, ...about, text: reason };
}

function duplicates({ repeated, findings }: Workers): readonly PeopleProblem[] {
  const contradicting = new Set(findings.flatMap(({ code, worker }) => (code === "conflictingRows" ? [worker] : [])));
  const found: PeopleProblem[] = [];
  for (const [worker, theirs] of repeated) {
    if (contradicting.has(worker)) continue;
    const places = theirs.slice(0, 5).map(({ source, line }) => `${source} line ${line}`);
    found.push({ code: "duplicateRows", worker, text: `${theirs.length} rows name the worker: ${places.join(", ")}` });
  }
  return found;
}

/** A manager's number may be of any number space that the rows have. */
function missingManagers({ workers, leftOut }: Input): readonly PeopleProblem[] {
  const present = [...workers.standings.values()].flatMap((standing) =>
    standing.kind === "present" ? [standing.person] : [],
  );
  const managed = present.filter(({ manager }) => manager !== undefined);
  const spaces = new Set([...workers.standings.keys()].map((worker) => worker.slice(0, worker.indexOf("/"))));
  const keysOf = ({ numberSpace, manager = "" }: Person): readonly string[] => {
    const [, number = ""] = workerKey("", manager).split("/");
    return [workerKey(numberSpace, manager), ...[...spaces].map((space) => `${space}/${number}`)];
  };
  const unknown = managed.filter((person) => !keysOf(person).some((key) => workers.standings.has(key)));
  const asked = new Set(unknown.flatMap(keysOf));
  const known = new Set(leftOut.flatMap((rows) => rows.find({ workers: asked })).map(({ worker }) => worker));
  const nowhere = unknown.filter((person) => !keysOf(person).some((key) => known.has(key)));
  return [...nowhere, ...present.filter(({ managerNotFound }) => managerNotFound === true)].map(
    ({ source, line, worker }) => {
      return { code: "managerMissing", source, line, worker, field: "manager", text: "The manager is in no row" };
    },
  );
}

/** Rows outside the scope, from those that a worker shares with others on. */
function* outOfScope({ workers, leftOut, policy, calendar }: Input): Generator<PeopleProblem, void, undefined> {
  const problem = ({ source, line, worker }: Person): PeopleProblem => {
    return { code: "outOfScope", source, line, worker, text: "The row is outside people.scope" };
  };
  for (const standing of workers.standings.values()) {
    if (standing.kind === "leaver" && standing.code === "outOfScope") yield problem(standing.person);
  }
  for (const rows of leftOut) {
    for (const person of rows.all()) {
      if (workers.standings.has(person.worker)) continue;
      if (statedEnd(person, todayOf(person, policy.people, calendar)) === undefined) yield problem(person);
    }
  }
}

function take<T>(things: Iterable<T>, most: number): T[] {
  const taken: T[] = [];
  for (const thing of things) {
    if (taken.length >= most) break;
    taken.push(thing);
  }
  return taken;
}

function sortKey({ code, worker = "", source = "", line = 0 }: PeopleProblem): string {
  return [code, worker, source, String(line).padStart(12, "0")].join("\n");
}

function count(problems: readonly PeopleProblem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** Everything that the rows of these reads have wrong, and who is left out by the scope. */
export function reportReads(reads: readonly SpacedRead[], workers: Workers, options: ReportOptions): PeopleReport {
  const leftOut = reads.flatMap(({ read }) => read.leftOut ?? []);
  const input = { ...options, workers, leftOut };
  // Whoever is in no row that was read may be in one that was not.
  const complete = reads.every(({ read }) => read.completeness === "complete");
  const toMend: readonly PeopleProblem[] = [
    ...[...reads.flatMap(({ read }) => read.problems), ...workers.problems].map(ofRow),
    ...workers.findings,
    ...duplicates(workers),
    ...(complete ? missingManagers(input) : []),
  ];
  const outside = take(outOfScope(input), options.listed);
  const counts = count([...toMend, ...outside]);
  const packed = leftOut.reduce((sum, rows) => sum + rows.outside(), 0);
  if (outside.length === options.listed && packed > options.listed) counts.set("outOfScope", packed);
  const keyed = [...toMend, ...outside].map((problem) => ({ key: sortKey(problem), problem }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    problems: keyed.map(({ problem }) => problem),
    counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** The report of reads alone, without a plan. */
export function reportPeople(reads: readonly SpacedRead[], options: ReportOptions): PeopleReport {
  return reportReads(reads, resolveReads(reads, options.policy, options.calendar), options);
}
