// One read of a source serves all targets of a tick: within this process what was read stays in memory for as long as it
// may serve; what other instances read comes by `readOnce`.
import { createHash } from "node:crypto";
import type { ChangesMark, PeopleRead } from "../core/person.ts";
import type { SharedRead, SharedReadKey } from "../core/shared-read.ts";
import { createSingleFlight, type SingleFlight } from "../http/single-flight.ts";
import type { Clock, PeopleSource } from "../ports.ts";

type Read = (signal: AbortSignal) => Promise<PeopleRead | undefined>;

/** What is to be read once in a tick. One that began before `notBefore` serves no more, epoch milliseconds. */
type Reading = { readonly key: SharedReadKey; readonly notBefore: number; readonly read: Read };

/** The tick that a run belongs to. */
export type Sharing = {
  /** Its instant, epoch milliseconds. */
  readonly tick: number;
  /** Digest of the rules by which the source is read. */
  readonly rules: string;
  /** The instant before which no read may have begun, epoch milliseconds. */
  readonly notBefore: (signal: AbortSignal) => Promise<number>;
  /** The read of this tick, from whichever instance; undefined where `read` gives nothing. */
  readonly readOnce: (reading: Reading, signal: AbortSignal) => Promise<SharedRead | undefined>;
};

export type SharedReadsOptions = {
  readonly clock: Pick<Clock, "now">;
  /** A read serves for so long from its beginning, milliseconds. */
  readonly maxAgeMs: number;
  /** Does something after so many milliseconds; keeps no process alive. */
  readonly later: (ms: number, what: () => void) => void;
};

/** One read of a tick. */
type Shared = { readonly flight: SingleFlight<SharedRead | undefined>; done?: SharedRead | undefined };

/** What is read in one tick, by the name of its key. */
type Tick = { readonly at: number; readonly reads: Map<string, Shared> };

function withBegin({ at, read }: SharedRead): PeopleRead {
  return { ...read, began: at };
}

function digest(...texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);
}

/** A wrapper that lets the runs of one tick share the reads of a source: whole ones, and those of what changed since the
 * same state. One that failed is not kept: the next target tries again. */
export function createSharedReads(
  options: SharedReadsOptions,
): (source: PeopleSource, sharing: Sharing) => PeopleSource {
  const { clock, maxAgeMs, later } = options;
  let latest: Tick | undefined;

  const tickAt = (at: number): Tick => {
    if (latest?.at === at) return latest;
    const tick: Tick = { at, reads: new Map() };
    if (latest === undefined || at > latest.at) latest = tick;
    return tick;
  };

  const serves = (shared: SharedRead | undefined, notBefore: number): shared is SharedRead =>
    shared !== undefined && shared.at >= notBefore && clock.now() - shared.at < maxAgeMs;

  const keep = (shared: Shared, read: SharedRead): void => {
    shared.done = read;
    later(maxAgeMs - (clock.now() - read.at), () => {
      if (shared.done === read) shared.done = undefined;
    });
  };

  const share = async (
    shared: Shared,
    reading: Reading,
    readOnce: Sharing["readOnce"],
    signal: AbortSignal,
  ): Promise<PeopleRead | undefined> => {
    const { done } = shared;
    if (serves(done, reading.notBefore)) return withBegin(done);
    const askedAt = clock.now();
    const read = await shared.flight((stop) => readOnce(reading, stop), signal);
    if (read === undefined) return undefined;
    if (shared.done !== read) keep(shared, read);
    // One that was under way already may have begun too early; one that has begun since cannot, whatever other clocks say.
    return read.at >= askedAt || serves(read, reading.notBefore) ? withBegin(read) : reading.read(signal);
  };

  return (source, { tick: at, rules, notBefore, readOnce }) => {
    const tick = tickAt(at);
    const readShared = async (what: string, read: Read, signal: AbortSignal): Promise<PeopleRead | undefined> => {
      const key = { tick: at, name: digest(source.name, rules, what) };
      const shared = tick.reads.get(key.name) ?? { flight: createSingleFlight() };
      tick.reads.set(key.name, shared);
      return share(shared, { key, notBefore: await notBefore(signal), read }, readOnce, signal);
    };
    const { readChanges } = source;
    return {
      ...source,
      read: async (signal) =>
        (await readShared("everybody", (stop) => source.read(stop), signal)) ?? source.read(signal),
      ...(readChanges !== undefined && {
        readChanges: (since: ChangesMark, signal: AbortSignal) =>
          readShared(
            `changes since ${since.at} ${since.token}`,
            (stop) => readChanges.call(source, since, stop),
            signal,
          ),
      }),
    };
  };
}
