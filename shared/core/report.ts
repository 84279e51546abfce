// What a plan and its outcomes come to, in numbers and sentences: for the run's record, the command line and the page.
import type { Change, ChangeKind } from "./change.ts";
import type { Outcome, OutcomeStatus } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** Changes by kind, in the order in which kinds are applied; kinds without a change are left out. */
export function countChanges(changes: readonly Change[]): Readonly<Partial<Record<ChangeKind, number>>> {
  const counts: Partial<Record<ChangeKind, number>> = {};
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Row problems and findings by code, sorted by code. */
export function countProblems(plan: Pick<Plan, "problems" | "findings">): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { code } of [...plan.problems, ...plan.findings]) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The last outcome of each change; a change that was tried twice counts once. */
export function lastOutcomes(outcomes: readonly Outcome[]): readonly Outcome[] {
  return [...new Map(outcomes.map((outcome) => [outcome.id, outcome])).values()];
}

type OutcomeCounts = Readonly<Record<OutcomeStatus, number>>;

type OutcomeTally = {
  add(outcome: Pick<Outcome, "id" | "status">): void;
  /** Of all that were added; of several of one change, the last one. */
  counts(): OutcomeCounts;
};

/** Counts changes by what became of them while outcomes come in. */
export function createOutcomeTally(): OutcomeTally {
  const counts = { applied: 0, skipped: 0, held: 0, failed: 0 };
  const last = new Map<string, OutcomeStatus>();
  return {
    add({ id, status }) {
      const before = last.get(id);
      if (before !== undefined) counts[before] -= 1;
      counts[status] += 1;
      last.set(id, status);
    },
    counts: () => ({ ...counts }),
  };
}

/** Changes by what became of them. */
export function countOutcomes(outcomes: readonly Outcome[]): OutcomeCounts {
  const tally = createOutcomeTally();
  for (const outcome of outcomes) tally.add(outcome);
  return tally.counts();
}

export type Capacity = {
  /** Writes that the plan costs; each update of an account reads it once more. */
  readonly writes: number;
  /** Accounts of the service after the plan, for the tier's limit. */
  readonly usersAfter: number;
  /** Least time at Resource Manager's rate: a bucket of 200 writes, refilled by 10 a second. */
  readonly secondsAtArmRate: number;
};

/** What the plan costs. Numbers of Resource Manager: request-limits-and-throttling. */
export function capacity(plan: Pick<Plan, "changes" | "base">): Capacity {
  const writes = plan.changes.length;
  const count = (kind: ChangeKind): number => plan.changes.filter((change) => change.kind === kind).length;
  const usersAfter = plan.base.users + count("createUser") - count("deleteUser");
  return { writes, usersAfter, secondsAtArmRate: Math.max(0, Math.ceil((writes - 200) / 10)) };
}

/** Where a row of a source stands, in words. */
export type PlaceText = (source: string, line: number | undefined) => string;

/** One line about a change: what, about whom (ids and keys, never names), and why. */
export function describeChange(change: Change, placeText: PlaceText): string {
  const { reason } = change;
  const worker = reason.worker === undefined ? "" : ` (worker ${reason.worker})`;
  const where = reason.source === undefined ? "" : ` [${placeText(reason.source, reason.line)}]`;
  return `${change.kind} ${change.key}${worker}: ${reason.text}${where}`;
}
