// One slice of a run: plan it where it has no plan yet, then apply until nothing is left or the time is up. The run's
// record is written whatever happens; a slice that is killed is taken up where the journal ends.
import { AppError, asAppError } from "../core/errors.ts";
import { countOutcomes } from "../core/report.ts";
import type { RunRecord, RunStatus } from "../core/run.ts";
import { closingMs } from "../core/slice-end.ts";
import { progressOf } from "../core/take-up.ts";
import type { Log } from "../ports.ts";
import { applyStage } from "./apply-stage.ts";
import type { KeptLease } from "./keep-lease.ts";
import type { Target } from "./make-plan.ts";
import { planStage, storedPlan } from "./plan-stage.ts";
import {
  askForNextSlice,
  leaseHeldDelaySeconds,
  type RunWorld,
  type Slice,
  type SliceOptions,
  save,
  waitingSignMs,
} from "./slice.ts";
import { takeTurn } from "./take-turn.ts";

/** `done`: the run has ended, see its record. `continues`: another slice is in the queue. `leaseHeld`: another run of the
 * target, or of its bucket, is at work, this one is in the queue again. `unknown`: no such run. */
export type SliceResult =
  | { readonly status: "done" | "continues" | "leaseHeld"; readonly run: RunRecord }
  | { readonly status: "unknown" };

const ended: ReadonlySet<RunStatus> = new Set<RunStatus>(["planned", "blocked", "finished", "failed", "cancelled"]);

async function work(run: RunRecord, slice: Slice): Promise<SliceResult> {
  const { world, signal } = slice;
  const planned = run.digest === undefined ? await planStage(run, slice) : await storedPlan(run, slice);
  const end = async (status: RunStatus): Promise<SliceResult> => {
    const outcomes = countOutcomes([]);
    return {
      status: "done",
      run: await save(planned.run, { status, outcomes, finishedAt: world.clock.now() }, world, signal),
    };
  };
  if (run.request.mode === "plan") return end("planned");
  if (planned.run.verdict?.status === "blocked") {
    slice.log.warn("plan.blocked", { digest: planned.plan.digest, breaches: planned.run.verdict.breaches.length });
    return end("blocked");
  }
  return applyStage(planned, slice);
}

/** Who stopped the slice: its time was over, or its caller, who knows why. Undefined where it failed by itself. */
function stopOf(cause: unknown, { aborted, reason }: AbortSignal): "time" | "caller" | undefined {
  if (!aborted || (asAppError(cause).code !== "ABORTED" && cause !== reason)) return undefined;
  return reason instanceof DOMException && reason.name === "TimeoutError" ? "time" : "caller";
}

function timeOverError(cause: unknown): AppError {
  return new AppError(
    "TIMEOUT",
    "Cannot finish the slice: its time was over while something was under way, to plan or to make one change within it was expected; see in the log what took so long, or raise ROLLCALL_SLICE_SECONDS and functionTimeout",
    { cause },
  );
}

/** What is there of a slice that fails, which may be before its target was opened. */
type Failing = Pick<Slice, "world" | "options" | "log" | "closing"> & { readonly target: Target | undefined };

async function noteFailure(
  run: RunRecord,
  cause: unknown,
  { world, options, log, closing, target }: Failing,
  turn: KeptLease,
  stopped: AbortSignal,
): Promise<SliceResult> {
  if (turn.lost.aborted) {
    // The record is whose the turn is. No attempt is the last one: this run did nothing wrong.
    const lost = asAppError(turn.lost.reason);
    log.warn("run.lease.lost", { code: lost.code });
    throw lost;
  }
  const stop = stopOf(cause, stopped);
  if (stop === "caller") throw asAppError(cause);
  const signal = closing();
  // The run may have come further than the record that this slice began with.
  const latest = (await world.store.getRun(run.id, signal)) ?? run;
  const left = target === undefined ? {} : { retriesLeft: target.retries.left() };
  if (stop === "time" && progressOf(latest) > progressOf(run)) {
    // What was under way, waiting for the service for example, has no outcome: the next slice looks at it again.
    const saved = await save(latest, left, world, signal);
    await askForNextSlice(saved, target, world, signal);
    log.warn("run.slice.overran");
    return { status: "continues", run: saved };
  }
  const error = stop === "time" ? timeOverError(cause) : asAppError(cause);
  const final = options.lastAttempt || !error.retryable;
  const changes = {
    error: { code: error.code, message: error.message },
    ...left,
    ...(final ? { status: "failed" as const, finishedAt: world.clock.now() } : {}),
  };
  const saved = await save(latest, changes, world, signal);
  log.error("run.failed", { code: error.code, final, message: error.message });
  if (!final || options.lastAttempt) throw error;
  return { status: "done", run: saved };
}

function finishLog(log: Log, { run }: { readonly run: RunRecord }, startedAt: number, now: number): void {
  const { outcomes } = run;
  log.info("run.slice.ended", {
    status: run.status,
    slices: run.slices,
    seconds: Math.round((now - startedAt) / 1000),
    applied: outcomes?.applied,
    skipped: outcomes?.skipped,
    held: outcomes?.held,
    failed: outcomes?.failed,
    retriesLeft: run.retriesLeft,
  });
}

/** The run as it stands now that no other slice is at work. What stopped an earlier slice is history. */
async function begin(runId: string, world: RunWorld, signal: AbortSignal): Promise<RunRecord | undefined> {
  const found = await world.store.getRun(runId, signal);
  if (found === undefined || ended.has(found.status)) return found;
  const { error: _, ...unharmed } = found;
  const startedAt = found.startedAt ?? world.clock.now();
  const cancelledBy = await world.store.cancelRequestedBy(runId, signal);
  if (cancelledBy !== undefined) {
    return save(
      unharmed,
      { status: "cancelled", cancelledBy, startedAt, finishedAt: world.clock.now() },
      world,
      signal,
    );
  }
  return save(unharmed, { status: "running", slices: found.slices + 1, startedAt }, world, signal);
}

/** Runs one slice of the run. Never two at once for one target, nor for one bucket: leases see to it.
 * @throws the failure, where trying again may help or this was the last attempt; the record names it. STORE_UNAVAILABLE
 * when a lease was lost; the record is left to whoever has it now. ABORTED when the caller stopped it, not by a
 * time-out; the record is left to the caller */
export async function runSlice(
  runId: string,
  world: RunWorld,
  options: SliceOptions,
  signal: AbortSignal,
): Promise<SliceResult> {
  const { store, clock } = world;
  const startedAt = clock.now();
  const found = await store.getRun(runId, signal);
  if (found === undefined) return { status: "unknown" };
  if (ended.has(found.status)) return { status: "done", run: found };
  const { target: name, tick } = found.request;
  const log = world.log.with({ runId, target: name });
  const opening = world.openTarget(name, tick, signal);
  // A target that cannot be opened is a failure of the run, so it waits until the run is this slice's own.
  const opened = await opening.catch(() => undefined);
  const place = { target: name, bucket: opened?.bucket, leaseSeconds: options.leaseSeconds };
  const turn = await takeTurn(place, { store, clock }, signal);
  if (turn === undefined) {
    // Without the lease nothing is written over: the run may be at work under another message.
    const now = clock.now();
    if (now - found.updatedAt >= waitingSignMs) await store.replaceRun(found, { ...found, updatedAt: now }, signal);
    // Last: where anything fails, the host gives the old message back, and a new one beside it would be one too many.
    await world.queue.send({ runId }, { delaySeconds: leaseHeldDelaySeconds }, signal);
    log.info("run.lease.held");
    return { status: "leaseHeld", run: found };
  }
  const closing = (): AbortSignal => AbortSignal.any([turn.lost, AbortSignal.timeout(closingMs)]);
  try {
    const run = await begin(runId, world, signal);
    if (run === undefined) return { status: "unknown" };
    if (ended.has(run.status)) return { status: "done", run };
    // Only now: while this slice waited for its turn, another one may have used some up.
    if (run.retriesLeft !== undefined) opened?.retries.resume(run.retriesLeft);
    store.openJournal(runId);
    let result: SliceResult;
    try {
      const slice = { world, options, log, startedAt, signal: turn.signal, closing };
      result = await work(run, { ...slice, target: await opening });
    } catch (error) {
      result = await noteFailure(run, error, { world, options, log, closing, target: opened }, turn, signal);
    }
    if (result.status !== "unknown") finishLog(log, result, startedAt, clock.now());
    return result;
  } finally {
    await turn.release();
  }
}
