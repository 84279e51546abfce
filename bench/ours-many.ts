// Rollcall with many services at once in one process, each with limits of its own.
import { createWorld, runTarget } from "./ours.ts";
import type { Facts, ManyTargetsTask } from "./task.ts";

/** Runs all targets side by side; tells when the first and the last one ended, in seconds after the start. */
export async function runManyTargets(task: ManyTargetsTask): Promise<Facts> {
  const world = await createWorld(task.endpoints, task);
  const startedAt = performance.now();
  const runs = await Promise.all(
    task.endpoints.map(async (_, index) => {
      const { applied = 0 } = await runTarget(`target-${index}`, world, task.mode);
      return { applied, seconds: (performance.now() - startedAt) / 1000 };
    }),
  );
  const seconds = runs.map((run) => run.seconds);
  return {
    applied: runs.reduce((sum, run) => sum + run.applied, 0),
    firstSeconds: Math.min(...seconds),
    lastSeconds: Math.max(...seconds),
  };
}
