// The record of one run: what was asked and by whom, how far it came, what it found and did. It holds counts and codes and
// nobody's data from HR; those stand in the plan and in the outcomes, which are kept for a shorter time.
import type { ChangeKind } from "./change.ts";
import type { ErrorCode } from "./errors.ts";
import type { Verdict } from "./guard.ts";
import type { OutcomeStatus } from "./outcome.ts";
import type { ChangesMark, Completeness } from "./person.ts";
import type { PlanPurpose } from "./plan.ts";

export type RunTrigger = "timer" | "http" | "cli" | "event";

/** `waiting`: in the queue. `running`: a slice is at work, or the next one is in the queue. `planned`: a dry run that
 * ended. `blocked`: the guard said no. `finished`: applied to the end, whatever the outcomes. `failed`: could not go on. */
export type RunStatus = "waiting" | "running" | "planned" | "blocked" | "finished" | "failed" | "cancelled";

export type RunRequest = {
  readonly target: string;
  readonly mode: "plan" | "apply";
  readonly purpose: PlanPurpose;
  /** Digest of the stored plan that somebody accepted. */
  readonly accept?: string;
  /** Only this worker's changes. */
  readonly worker?: string;
  /** The timer's tick that asked for it, epoch milliseconds: runs of one tick share one read of each source. */
  readonly tick?: number;
  /** The instant whose dates count, epoch milliseconds, where it is not the time of the run. */
  readonly now?: number;
};

/** Stands in old records for the worker whom the run was about; what was asked for one worker never looks like a run of
 * all. No worker's key is like it: it has no slash. */
export const forgottenWorker = "(forgotten)";

/** Whether the run may go on yet. */
export function isOpen({ status }: Pick<RunRecord, "status">): boolean {
  return status === "waiting" || status === "running";
}

export type SourceSummary = {
  readonly source: string;
  readonly completeness: Completeness;
  /** Set where only a part was asked for. */
  readonly partial?: "worker" | "changes";
  readonly people: number;
  readonly problems: number;
  readonly incompleteBecause: readonly string[];
};

export type RunRecord = {
  /** Sorts by time: 13 digits of epoch milliseconds, a hyphen, eight random characters. */
  readonly id: string;
  readonly request: RunRequest;
  readonly trigger: RunTrigger;
  readonly requestedBy?: string;
  readonly status: RunStatus;
  readonly createdAt: number;
  /** When the record was last written. */
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** Slices begun so far. */
  readonly slices: number;
  /** Retries of requests to the service that the next slice begins with. Absent: as many as a new run has. */
  readonly retriesLeft?: number;
  /** How often the timer took the run up after it was left lying, since it last came further, and how far it was. */
  readonly takenUp?: { readonly times: number; readonly progress: number };
  readonly sources?: readonly SourceSummary[];
  /** From where the changes of the source count, once this run has brought everything else in order. */
  readonly changesFrom?: ChangesMark & { readonly source: string };
  readonly digest?: string;
  readonly verdict?: Verdict;
  readonly acceptedBy?: string;
  readonly cancelledBy?: string;
  /** Changes in the plan, by kind. */
  readonly planned?: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Problems found, by code. */
  readonly problems?: Readonly<Record<string, number>>;
  /** How many outcomes of the journal are counted in the target's window and memory. */
  readonly counted?: number;
  /** Outcomes so far, by status. */
  readonly outcomes?: Readonly<Record<OutcomeStatus, number>>;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
};
