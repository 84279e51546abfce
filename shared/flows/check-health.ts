// The health of the app: can it reach its store, and does each target have a recent success and sources that are read. Probed at most once a
// minute, whoever asks: the route is open to anybody.
import { asAppError } from "../core/errors.ts";
import { goBackFarEnough, type TargetHealth, targetHealth } from "../core/health.ts";
import type { RunRecord } from "../core/run.ts";
import type { Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import type { TimedTarget } from "./tick.ts";

export type Health = {
  readonly status: "ok" | "degraded" | "unavailable";
  /** When it was probed, epoch milliseconds. */
  readonly checkedAt: number;
  readonly targets: readonly TargetHealth[];
  /** Code of what could not be reached. */
  readonly code?: string;
};

const cacheMs = 60_000;
const searchedRuns = 50;
const mostRuns = 1_000;

/** The latest runs of a target: few, unless events have made so many that they tell nothing about everybody. */
async function latestRuns(
  { name, everyMinutes }: TimedTarget,
  store: Pick<RunStore, "listRuns">,
  now: number,
  signal: AbortSignal,
): Promise<readonly RunRecord[]> {
  const runs = await store.listRuns({ target: name, limit: searchedRuns }, signal);
  if (runs.length < searchedRuns || goBackFarEnough(runs, everyMinutes, now)) return runs;
  return store.listRuns({ target: name, limit: mostRuns }, signal);
}

/** A probe with a memory of one minute; questions that meet a probe at work wait for its answer. */
export function createHealthCheck(world: {
  readonly clock: Clock;
  readonly open: (
    signal: AbortSignal,
  ) => Promise<{ readonly store: Pick<RunStore, "listRuns">; readonly targets: readonly TimedTarget[] }>;
}): (signal: AbortSignal) => Promise<Health> {
  let current: { readonly at: number; readonly health: Promise<Health> } | undefined;

  const probe = async (signal: AbortSignal): Promise<Health> => {
    const checkedAt = world.clock.now();
    try {
      const { store, targets } = await world.open(signal);
      const health = await Promise.all(
        targets.map(async (target) => {
          const runs = await latestRuns(target, store, checkedAt, signal);
          return targetHealth(target.name, runs, target.everyMinutes, checkedAt);
        }),
      );
      const good = health.every(({ status }) => status === "ok" || status === "new");
      return { status: good ? "ok" : "degraded", checkedAt, targets: health };
    } catch (error) {
      return { status: "unavailable", checkedAt, targets: [], code: asAppError(error).code };
    }
  };

  return (signal) => {
    const now = world.clock.now();
    if (current === undefined || now - current.at >= cacheMs) current = { at: now, health: probe(signal) };
    return current.health;
  };
}
