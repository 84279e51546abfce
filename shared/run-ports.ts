// What runs need from the world: their state, and the queue that names them. Every method takes an AbortSignal; failures
// are AppErrors with a code. Adapters: runs/.
import type { AppliedChange } from "./core/guard.ts";
import type { Suspension } from "./core/left-suspended.ts";
import type { Outcome } from "./core/outcome.ts";
import type { PeopleReport } from "./core/people-report.ts";
import type { ChangesMark } from "./core/person.ts";
import type { Plan } from "./core/plan.ts";
import type { RememberedClaims } from "./core/remembered-claims.ts";
import type { RunRecord } from "./core/run.ts";
import type { SharedRead, SharedReadKey } from "./core/shared-read.ts";

/** What is remembered of a source's last complete read. `changes` is where a target's next changes begin,
 * and the digest of the rules under which the rest was brought in order. */
export type SourceMemory = {
  readonly at: number;
  readonly people: number;
  readonly changes?: ChangesMark & { readonly rules: string };
};

/** What is remembered of a target beside API Management itself. */
export type TargetMemory = {
  /** Worker key → user id, of every account that was ever made or adopted and not deleted. */
  readonly links: ReadonlyMap<string, string>;
  /** The subscriptions that Rollcall suspended, by id. */
  readonly suspended: ReadonlyMap<string, Suspension>;
};

export type Acceptance = {
  readonly target: string;
  readonly digest: string;
  /** The run whose stored plan is accepted. */
  readonly planRunId: string;
  /** The signed-in principal, or the name of the function key. */
  readonly by: string;
  readonly at: number;
  readonly expiresAt: number;
};

export type Lease = {
  /** Keeps the lease. @throws STORE_UNAVAILABLE; with `lost` in its context when the lease is no longer the caller's */
  renew(signal: AbortSignal): Promise<void>;
  release(signal: AbortSignal): Promise<void>;
};

/** State of runs. Everything that is written under a lease is safe against a second writer. */
export type RunStore = {
  putRun(run: RunRecord, signal: AbortSignal): Promise<void>;
  /** Writes the record only where it stands as it was read: for who writes without the lease of the run's target.
   * False where somebody else has written it since. */
  replaceRun(was: RunRecord, run: RunRecord, signal: AbortSignal): Promise<boolean>;
  getRun(id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Newest first. */
  listRuns(
    options: { readonly target?: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly RunRecord[]>;
  putPlan(runId: string, plan: Plan, signal: AbortSignal): Promise<void>;
  getPlan(runId: string, signal: AbortSignal): Promise<Plan | undefined>;
  /** What HR should know about the rows of the run's sources; deleted with the plan. */
  putProblems(runId: string, report: PeopleReport, signal: AbortSignal): Promise<void>;
  getProblems(runId: string, signal: AbortSignal): Promise<PeopleReport | undefined>;
  /** A slice of the run begins, under the lease: another instance may have written since the one before, so its journal
   * goes on in a new place. Until then an append that failed makes all later ones fail, because its slice has to stop. */
  openJournal(runId: string): void;
  /** Appends to the run's journal; resolves when it is durable. */
  appendOutcomes(runId: string, outcomes: readonly Outcome[], signal: AbortSignal): Promise<void>;
  /** All outcomes of the run, in the order in which they were appended; the last one of a change counts. */
  getOutcomes(runId: string, signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Asks that the run stop between two changes. */
  requestCancel(runId: string, by: string, signal: AbortSignal): Promise<void>;
  /** Who asked that the run stop, if anybody did. */
  cancelRequestedBy(runId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Deletes what names people in runs that were asked for before the instant: plans, journals, and who was meant by a
   * run for one worker. The records stay, with their counts and with who asked for, accepted or stopped the run. Gives how
   * many blobs and rows went. */
  deleteDetails(before: number, signal: AbortSignal): Promise<number>;
  putAcceptance(acceptance: Acceptance, signal: AbortSignal): Promise<void>;
  /** Takes an acceptance that has not expired at `now`, so that one run uses it. The same run may take it again: it may
   * have died before it stored what it took. */
  takeAcceptance(
    taken: { readonly target: string; readonly digest: string; readonly runId: string },
    now: number,
    signal: AbortSignal,
  ): Promise<Acceptance | undefined>;
  /** Changes applied to the target at or after the instant. */
  appliedSince(target: string, since: number, signal: AbortSignal): Promise<readonly AppliedChange[]>;
  recordApplied(target: string, changes: readonly AppliedChange[], signal: AbortSignal): Promise<void>;
  getTargetMemory(target: string, signal: AbortSignal): Promise<TargetMemory>;
  /** `undefined` forgets. */
  rememberLinks(target: string, links: ReadonlyMap<string, string | undefined>, signal: AbortSignal): Promise<void>;
  rememberSuspended(
    target: string,
    subscriptions: ReadonlyMap<string, Suspension | undefined>,
    signal: AbortSignal,
  ): Promise<void>;
  /** By the source's name, or `target/source` for what one target has taken up of it. */
  getSourceMemory(source: string, signal: AbortSignal): Promise<SourceMemory | undefined>;
  putSourceMemory(source: string, memory: SourceMemory, signal: AbortSignal): Promise<void>;
  /** Who claimed which address in the target's last whole read. */
  getClaims(target: string, signal: AbortSignal): Promise<RememberedClaims | undefined>;
  putClaims(target: string, claims: RememberedClaims, signal: AbortSignal): Promise<void>;
  /** A read for the other runs of its tick, in whichever instance; it holds what is mapped of everybody. */
  putSharedRead(key: SharedReadKey, shared: SharedRead, signal: AbortSignal): Promise<void>;
  /** Undefined also for one that began before the instant (epoch milliseconds). */
  getSharedRead(key: SharedReadKey, notBefore: number, signal: AbortSignal): Promise<SharedRead | undefined>;
  /** Deletes the reads of ticks before the instant, and the leases under which they were made (`read/…`). */
  deleteSharedReads(before: number, signal: AbortSignal): Promise<void>;
  /** The target's next tick is due, because something changed at the instant (epoch milliseconds). The latest counts. */
  markDue(target: string, at: number, signal: AbortSignal): Promise<void>;
  markedDue(target: string, signal: AbortSignal): Promise<number | undefined>;
  /** The lease of that name for so long, or undefined while somebody else holds it. */
  acquireLease(name: string, seconds: number, signal: AbortSignal): Promise<Lease | undefined>;
};

/** A message of the run queue: only names a run; everything else is in the run's record. */
export type RunMessage = { readonly runId: string };

export type RunQueue = {
  send(message: RunMessage, options: { readonly delaySeconds?: number }, signal: AbortSignal): Promise<void>;
};
