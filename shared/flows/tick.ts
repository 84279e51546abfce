// What the timer does: asks for a run of each target that is due, and takes up runs that were left lying.
import { due, lostEventRun } from "../core/due.ts";
import { asAppError } from "../core/errors.ts";
import type { RunRecord } from "../core/run.ts";
import { takeUp } from "../core/take-up.ts";
import { sharedReadMs } from "./read-once.ts";
import { type RequestWorld, requestRun } from "./request-run.ts";

export type TimedTarget = { readonly name: string; readonly everyMinutes: number };

/** How many of a target's latest runs tell when the next one is due. */
const searchedRuns = 50;

async function tickTarget(target: TimedTarget, at: number, world: RequestWorld, signal: AbortSignal): Promise<void> {
  const runs = await world.store.listRuns({ target: target.name, limit: searchedRuns }, signal);
  const answer = due(runs, target.everyMinutes, at, await world.store.markedDue(target.name, signal));
  if (answer.status === "due") {
    await requestRun(
      { target: target.name, mode: "apply", purpose: "sync", tick: at },
      { trigger: "timer" },
      world,
      signal,
    );
  }
  const left = [answer.status === "abandoned" ? answer.runId : undefined, lostEventRun(runs, at)];
  for (const run of runs.filter(({ id }) => left.includes(id))) await goOnWith(run, at, world, signal);
}

/** Puts an abandoned run into the queue again, or ends it where that did not help so often. Written only where nobody
 * else wrote the record: a run that somebody works on is not abandoned. */
async function goOnWith(run: RunRecord, at: number, world: RequestWorld, signal: AbortSignal): Promise<void> {
  const { store, queue } = world;
  const log = world.log.with({ runId: run.id, target: run.request.target });
  const next = takeUp(run);
  if (next.status === "again") {
    if (!(await store.replaceRun(run, { ...run, takenUp: next.takenUp, updatedAt: at }, signal))) return;
    log.warn("run.taken.up", { times: next.takenUp.times });
    await queue.send({ runId: run.id }, {}, signal);
    return;
  }
  const message = `Cannot finish the run: it was taken up ${next.times} times and came no further, to end or to say why not was expected; its process was ended in the middle, as when memory runs out: look at the host's log, give the app more memory`;
  const failed = {
    ...run,
    status: "failed",
    error: { code: "ABORTED", message },
    finishedAt: at,
    updatedAt: at,
  } as const;
  if (await store.replaceRun(run, failed, signal)) log.error("run.given.up", { times: next.times, slices: run.slices });
}

export type TickOptions = {
  /** Plans and journals of runs older than this are deleted; their records stay. */
  readonly keepDetailsDays: number;
};

async function forget(keepDetailsDays: number, world: RequestWorld, signal: AbortSignal): Promise<void> {
  const now = world.clock.now();
  await world.store.deleteSharedReads(now - sharedReadMs, signal);
  const deleted = await world.store.deleteDetails(now - keepDetailsDays * 86_400_000, signal);
  if (deleted > 0) world.log.info("run.details.deleted", { deleted });
}

/** One tick. A target that fails does not keep the others from their runs.
 * @throws the first failure, after all targets had their turn */
export async function tick(
  targets: readonly TimedTarget[],
  options: TickOptions,
  world: RequestWorld,
  signal: AbortSignal,
): Promise<void> {
  const at = world.clock.now();
  const work = targets.map((target) => tickTarget(target, at, world, signal));
  const results = await Promise.allSettled([...work, forget(options.keepDetailsDays, world, signal)]);
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected")
      world.log.error("tick.failed", { target: targets[index]?.name, code: asAppError(result.reason).code });
  }
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw asAppError(failed.reason);
}
