// One read of a source serves all targets of a tick, in each process. Kept in memory only, and only until the next tick:
// what people are is written down nowhere that a run does not need.

import type { PeopleRead } from "../core/person.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { Clock, PeopleSource } from "../ports.ts";

/** Who had to wait for long reads again: people may have come and gone meanwhile. */
const maxAgeMs = 10 * 60_000;

type Kept = {
  readonly tick: number;
  readonly read: (source: PeopleSource, signal: AbortSignal) => Promise<PeopleRead>;
};

function createKept(tick: number, clock: Pick<Clock, "now">): Kept {
  const flight = createSingleFlight<PeopleRead>();
  let done: { readonly at: number; readonly read: PeopleRead } | undefined;
  return {
    tick,
    async read(source, signal) {
      if (done !== undefined && clock.now() - done.at < maxAgeMs) return done.read;
      const at = clock.now();
      // A read that failed is not kept: the next target tries again.
      const read = await flight((shared) => source.read(shared), signal);
      done = { at, read };
      return read;
    },
  };
}

/** A wrapper that lets the runs of one tick share the reads of a source; a run without a tick reads for itself. A read is
 * shared for ten minutes at most. */
export function createSharedReads(
  clock: Pick<Clock, "now">,
): (source: PeopleSource, tick: number | undefined) => PeopleSource {
  const latest = new Map<string, Kept>();
  return (source, tick) => {
    if (tick === undefined) return source;
    const known = latest.get(source.name);
    const kept = known?.tick === tick ? known : createKept(tick, clock);
    if (known === undefined || tick > known.tick) latest.set(source.name, kept);
    return { ...source, read: (signal) => kept.read(source, signal) };
  };
}
