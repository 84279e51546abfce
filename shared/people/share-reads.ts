// One read of a source serves all targets of a tick: within this process what was read stays in memory until the next
// tick; what other instances read comes by `readOnce`.
import { createHash } from "node:crypto";
import type { ChangesMark, PeopleRead } from "../core/person.ts";
import type { SharedRead, SharedReadKey } from "../core/shared-read.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { Clock, PeopleSource } from "../ports.ts";

type Read = (signal: AbortSignal) => Promise<PeopleRead | undefined>;

/** What is to be read once in a tick. `name` is the source's, and says whether it is a read of everybody or of changes. */
type Reading = { readonly name: string; readonly key: SharedReadKey; readonly read: Read };

/** The tick that a run belongs to. */
export type Sharing = {
  /** Its instant, epoch milliseconds. */
  readonly tick: number;
  /** Digest of the rules by which the source is read. */
  readonly rules: string;
  /** The read of this tick, from whichever instance; undefined where `read` gives nothing. */
  readonly readOnce: (reading: Reading, signal: AbortSignal) => Promise<SharedRead | undefined>;
};

type Shared = (
  readOnce: (signal: AbortSignal) => Promise<SharedRead | undefined>,
  signal: AbortSignal,
) => Promise<PeopleRead | undefined>;

/** What is read in one tick, by the name of its key. */
type Tick = { readonly at: number; readonly reads: Map<string, Shared> };
function digest(...texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}

/** A wrapper that lets the runs of one tick share the reads of a source: whole ones, and those of what changed since the
 * same state. A read is shared for `maxAgeMs` from its beginning. One that failed is not kept: the next target tries
 * again. */
export function createSharedReads(options: {
  readonly clock: Pick<Clock, "now">;
  readonly maxAgeMs: number;
}): (source: PeopleSource, sharing: Sharing) => PeopleSource {
  const { clock, maxAgeMs } = options;
  let latest: Tick | undefined;

  const tickAt = (at: number): Tick => {
    if (latest?.at === at) return latest;
    const tick: Tick = { at, reads: new Map() };
    if (latest === undefined || at > latest.at) latest = tick;
    return tick;
  };

  const createShared = (): Shared => {
    const flight = createSingleFlight<SharedRead | undefined>();
    let done: SharedRead | undefined;
    return async (readOnce, signal) => {
      if (done === undefined || clock.now() - done.at >= maxAgeMs) done = await flight(readOnce, signal);
      return done?.read;
    };
  };

  return (source, { tick: at, rules, readOnce }) => {
    const tick = tickAt(at);
    const share = (what: string, name: string, read: Read, signal: AbortSignal): Promise<PeopleRead | undefined> => {
      const key = { tick: at, name: digest(source.name, rules, what) };
      const shared = tick.reads.get(key.name) ?? createShared();
      tick.reads.set(key.name, shared);
      return shared((stop) => readOnce({ name, key, read }, stop), signal);
    };
    const { readChanges } = source;
    return {
      ...source,
      read: async (signal) => {
        const read = await share("everybody", source.name, (stop) => source.read(stop), signal);
        return read ?? source.read(signal);
      },
      ...(readChanges !== undefined && {
        readChanges: (since: ChangesMark, signal: AbortSignal) => {
          const read: Read = (stop) => readChanges.call(source, since, stop);
          return share(`changes since ${since.at} ${since.token}`, `${source.name}/changes`, read, signal);
        },
      }),
    };
  };
}
