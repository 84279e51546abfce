// Rollcall with many services at once in one process, each with limits of its own.
import { type Holding, heldTwice, watchLeases } from "./lease-watch.ts";
import { createWorld, runTarget, stateInMemory } from "./ours.ts";
import type { Facts, ManyTargetsTask } from "./task.ts";

/** Runs all targets side by side, each asked for twice at once; tells when the first and the last one ended, in seconds
 * after the start, how many runs found the lease held, and how many leases were held twice. */
export async function runManyTargets(task: ManyTargetsTask): Promise<Facts> {
  const holdings: Holding[] = [];
  const world = await createWorld(task.endpoints, task, (clock) => {
    const { store, queue } = stateInMemory(clock);
    return { store: watchLeases(store, holdings), queue };
  });
  const startedAt = performance.now();
  const runs = await Promise.all(
    task.endpoints.map(async (_, index) => {
      const [first, second] = await Promise.all([
        runTarget(`target-${index}`, world, task.mode),
        runTarget(`target-${index}`, world, task.mode),
      ]);
      const applied = (first.applied ?? 0) + (second.applied ?? 0);
      const waited = (first.leaseHeld ?? 0) + (second.leaseHeld ?? 0);
      return { applied, waited, seconds: (performance.now() - startedAt) / 1000 };
    }),
  );
  const seconds = runs.map((run) => run.seconds);
  return {
    applied: runs.reduce((sum, run) => sum + run.applied, 0),
    firstSeconds: Math.min(...seconds),
    lastSeconds: Math.max(...seconds),
    waited: runs.reduce((sum, run) => sum + run.waited, 0),
    holdings: holdings.length,
    heldTwice: heldTwice(holdings),
  };
}
