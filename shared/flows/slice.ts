// What the stages of one slice of a run share.
import type { Plan } from "../core/plan.ts";
import type { RunRecord } from "../core/run.ts";
import type { Log } from "../ports.ts";
import type { Roster } from "../request-ports.ts";
import type { Target } from "./make-plan.ts";
import type { RequestWorld } from "./request-run.ts";

export type RunWorld = RequestWorld & {
  readonly roster: Pick<Roster, "put">;
  /** Called when much that was needed so far is needed no more. */
  readonly releaseMemory?: () => void;
  /** The target of that name, with its client and sources; runs of one tick share their reads.
   * @throws CONFIG_INVALID when the rules have no such target */
  readonly openTarget: (name: string, tick: number | undefined, signal: AbortSignal) => Promise<Target>;
};

/** How long a run waits before it asks again for a lease that another one holds. */
export const leaseHeldDelaySeconds = 5;

/** How often a run that waits for a lease says in its record that it waits yet: the timer takes up what is silent. */
export const waitingSignMs = 60_000;

export type SliceOptions = {
  /** Stops between two changes so many milliseconds after it began; what it took to plan counts. */
  readonly sliceMs: number;
  /** Length of the leases that the slice renews; 60 unless stated, the longest that storage gives. */
  readonly leaseSeconds?: number;
  /** A failure now is final: the record says `failed`. */
  readonly lastAttempt: boolean;
  /** Told how far the run is, after each outcome. */
  readonly onProgress?: (done: number, all: number) => void;
};

export type Slice = {
  readonly world: RunWorld;
  readonly target: Target;
  readonly options: SliceOptions;
  readonly log: Log;
  /** When the slice began, epoch milliseconds: before it was its turn, before anything was read. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
  /** A signal for what is written last, when `signal` may have fired: it has a few seconds of its own. It has fired where
   * the lease was lost. */
  readonly closing: () => AbortSignal;
};

export type Planned = {
  readonly run: RunRecord;
  readonly plan: Plan;
  /** Whether the ids of accounts to be made may be taken meanwhile. They are free where this slice has read the lists, and
   * Rollcall has done nothing in the service yet. */
  readonly idsMayBeTaken: boolean;
};

/** The run with these changes, written. @throws STORE_UNAVAILABLE */
export async function save(
  run: RunRecord,
  changes: Partial<RunRecord>,
  world: Pick<RunWorld, "clock" | "store">,
  signal: AbortSignal,
): Promise<RunRecord> {
  const saved = { ...run, ...changes, updatedAt: world.clock.now() };
  await world.store.putRun(saved, signal);
  return saved;
}

/** Puts the run into the queue for its next slice. @throws STORE_UNAVAILABLE */
export async function askForNextSlice(
  { id: runId }: RunRecord,
  target: Pick<Target, "bucket"> | undefined,
  { queue }: Pick<RunWorld, "queue">,
  signal: AbortSignal,
): Promise<void> {
  // Others that wait for the same bucket get their turn; meanwhile it fills again, so no time is lost.
  const delaySeconds = target?.bucket === undefined ? 0 : leaseHeldDelaySeconds + 1;
  await queue.send({ runId }, { delaySeconds }, signal);
}
