// What the timer does: asks for a run of each target that is due, and takes up runs that were left lying.
import { due, lostEventRun } from "../core/due.ts";
import { asAppError } from "../core/errors.ts";
import { type RequestWorld, requestRun } from "./request-run.ts";

export type TimedTarget = { readonly name: string; readonly everyMinutes: number };

/** How many of a target's latest runs tell when the next one is due. */
const searchedRuns = 50;

async function takeUp(runId: string, target: string, world: RequestWorld, signal: AbortSignal): Promise<void> {
  world.log.warn("run.taken.up", { runId, target });
  await world.queue.send({ runId }, {}, signal);
}

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
  } else if (answer.status === "abandoned") {
    await takeUp(answer.runId, target.name, world, signal);
  }
  const lost = lostEventRun(runs, at);
  if (lost !== undefined) await takeUp(lost, target.name, world, signal);
}

export type TickOptions = {
  /** Plans and journals of runs older than this are deleted; their records stay. */
  readonly keepDetailsDays: number;
};

async function forget(keepDetailsDays: number, world: RequestWorld, signal: AbortSignal): Promise<void> {
  const deleted = await world.store.deleteDetails(world.clock.now() - keepDetailsDays * 86_400_000, signal);
  if (deleted > 0) world.log.info("run.details.deleted", { blobs: deleted });
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
