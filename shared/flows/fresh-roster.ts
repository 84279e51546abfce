// HR's sources, read now, in the form of the roster: for who cannot wait for the next run. Keeps nothing.
import { createCalendar } from "../core/calendar.ts";
import type { Policy } from "../core/policy.ts";
import { rosterEntries } from "../core/roster-entries.ts";
import { resolveWorkers } from "../core/workers.ts";
import type { Clock } from "../ports.ts";
import type { KnownWorker, Roster } from "../request-ports.ts";
import type { RunStore } from "../run-ports.ts";
import type { SpacedSource } from "./read-people.ts";

export type FreshWorld = {
  readonly clock: Pick<Clock, "now">;
  readonly store: Pick<RunStore, "getTargetMemory">;
  readonly policy: Policy;
  readonly sources: readonly SpacedSource[];
};

/** Finds workers in what the sources say now. A row that is there counts, whether the read was complete or not.
 * @throws what sources and store throw */
export async function readFreshRoster(world: FreshWorld, signal: AbortSignal): Promise<Pick<Roster, "findWorker">> {
  const { clock, policy, sources, store } = world;
  const [reads, { links }] = await Promise.all([
    Promise.all(sources.map(({ source }) => source.read(signal))),
    store.getTargetMemory(policy.target, signal),
  ]);
  const readAt = clock.now();
  const people = reads.flatMap((read) => read.people);
  const { standings } = resolveWorkers(people, policy, createCalendar(readAt));
  const known = new Map<string, KnownWorker>();
  for (const entry of rosterEntries(standings, { byWorker: new Map() })) {
    const { worker } = entry.person;
    const userId = links.get(worker);
    known.set(worker, { entry: { ...entry, ...(userId !== undefined && { userId }) }, readAt });
  }
  return { findWorker: async (_target, worker) => known.get(worker) };
}
