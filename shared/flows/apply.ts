// Makes the changes of a plan, several at a time, each after those that it depends on, and writes the journal. Stops
// between two changes when it is told to; what is left is made by the next slice.
import { type Change, changeId } from "../core/change.ts";
import { type AppError, asAppError, type ErrorCode } from "../core/errors.ts";
import type { Outcome } from "../core/outcome.ts";
import { type Blocked, createSchedule } from "../core/schedule.ts";
import type { Log } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import { type ApplyWorld, applyChange } from "./apply-change.ts";

/** Outcomes that may wait for the journal at once: after a kill, at most these and those in flight are done twice. */
const journalWindow = 32;

/** Of the requests that may be under way, so many changes more are begun and wait in the client for their turn: a place
 * that another request leaves, or an earlier write of the same user, never waits for this program. */
const readyShare = 1;

/** So many failures in a row that trying again might help with mean an outage: the slice ends, a later one goes on. */
const outageAfter = 10;

/** Failures that would meet every other change as well. */
const fatalCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ABORTED",
  "APIM_UNAUTHORIZED",
  "SECRET_UNAVAILABLE",
  "SECRET_MALFORMED",
  "STORE_UNAVAILABLE",
]);

export type ApplyInput = {
  readonly runId: string;
  readonly changes: readonly Change[];
  /** Outcomes of earlier slices, by change id. */
  readonly done: ReadonlyMap<string, Outcome>;
  /** Requests under way at once, at most; the client sees to it. */
  readonly maxConcurrency: number;
  /** Asked before each change. */
  shouldStop(): boolean;
  /** Told of each outcome once it stands in the journal. */
  onOutcome(outcome: Outcome): void;
};

export type ApplySliceWorld = ApplyWorld & {
  readonly log: Log;
  readonly store: Pick<RunStore, "appendOutcomes" | "rememberSuspended">;
};

function describe(change: Change): Pick<Outcome, "id" | "kind" | "key"> {
  return { id: changeId(change), kind: change.kind, key: change.key };
}

/** The change's outcome. @throws AppError with a code of `fatalCodes` */
async function make(
  change: Change,
  world: ApplySliceWorld,
  signal: AbortSignal,
): Promise<{ outcome: Outcome; error?: AppError }> {
  const at = (): number => world.clock.now();
  try {
    const made = await applyChange(change, world, signal);
    return { outcome: { ...describe(change), ...made, at: at() } };
  } catch (cause) {
    const error = asAppError(cause);
    if (fatalCodes.has(error.code)) throw error;
    world.log.warn("change.failed", { change: changeId(change), code: error.code });
    return {
      outcome: { ...describe(change), status: "failed", code: error.code, text: error.message, at: at() },
      error,
    };
  }
}

/** Applies until nothing is left (`finished`) or until it is told to stop (`stopped`). A failed change fails alone; its
 * dependants are skipped by name.
 * @throws the first failure that would meet every other change as well, after those in flight have ended */
export async function apply(
  input: ApplyInput,
  world: ApplySliceWorld,
  signal: AbortSignal,
): Promise<"finished" | "stopped"> {
  const schedule = createSchedule(input.changes, input.done);
  const atOnce = input.maxConcurrency * (1 + readyShare);
  let inFlight = 0;
  let unacknowledged = 0;
  let failure: AppError | undefined;
  let failuresInARow = 0;
  let stopped = false;
  /** Called whenever something has ended: starts what may start now. */
  let goOn = (): void => undefined;

  const fail = (cause: unknown): void => {
    failure ??= asAppError(cause);
  };

  const skip = ({ change, dependsOn }: Blocked): Outcome => {
    const text = `It needs ${dependsOn}, which was not made`;
    return {
      ...describe(change),
      status: "skipped",
      reason: "dependencyFailed",
      dependsOn,
      text,
      at: world.clock.now(),
    };
  };

  const record = async (outcomes: readonly Outcome[]): Promise<void> => {
    await world.store.appendOutcomes(input.runId, outcomes, signal);
    const next: Outcome[] = [];
    for (const outcome of outcomes) {
      input.onOutcome(outcome);
      next.push(...schedule.settle(outcome).map(skip));
    }
    if (next.length > 0) await record(next);
  };

  const acknowledge = async (outcome: Outcome): Promise<void> => {
    unacknowledged += 1;
    await record([outcome]).catch(fail);
    unacknowledged -= 1;
    goOn();
  };

  const start = async (change: Change): Promise<void> => {
    inFlight += 1;
    try {
      const { outcome, error } = await make(change, world, signal);
      failuresInARow = error?.retryable === true ? failuresInARow + 1 : 0;
      if (error !== undefined && failuresInARow >= outageAfter) fail(error);
      void acknowledge(outcome);
    } catch (cause) {
      fail(cause);
    }
    inFlight -= 1;
    goOn();
  };

  const fill = (): void => {
    // Whatever is begun may be made before the journal answers, so what is begun counts as well.
    const hasRoom = (): boolean =>
      inFlight < atOnce && inFlight + unacknowledged < journalWindow + input.maxConcurrency;
    while (!stopped && failure === undefined && hasRoom()) {
      const change = schedule.next();
      if (change === undefined) return;
      // A change that is taken and not made has no outcome, so the next slice finds it again.
      stopped = input.shouldStop();
      if (!stopped) void start(change);
    }
  };

  if (schedule.blocked.length > 0) await record(schedule.blocked.map(skip));
  await new Promise<void>((resolve) => {
    goOn = () => {
      fill();
      if (inFlight === 0 && unacknowledged === 0) resolve();
    };
    goOn();
  });
  if (failure !== undefined) throw failure;
  return stopped ? "stopped" : "finished";
}
