// One read of a source serves all runs of a tick, in whichever instance they are. The first one reads and leaves what it
// read in the store; the others wait for it.
import { asAppError } from "../core/errors.ts";
import type { PeopleRead } from "../core/person.ts";
import type { SharedRead, SharedReadKey } from "../core/shared-read.ts";
import type { Clock, Log, RunStore } from "../ports.ts";
import { keepLease } from "./keep-lease.ts";

/** Who had to wait for long reads again: people may have come and gone meanwhile. */
export const sharedReadMs = 10 * 60_000;

const leaseSeconds = 60;

/** How often who waits looks whether the read is there. */
const lookMs = 1_000;

export type ReadOnceWorld = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<RunStore, "acquireLease" | "getSharedRead" | "putSharedRead">;
};

/** What is to be read, once. */
export type SharedReading = {
  /** Of the source. */
  readonly name: string;
  readonly key: SharedReadKey;
  /** Undefined where there is nothing to share. */
  read(signal: AbortSignal): Promise<PeopleRead | undefined>;
};

/** Without what it leaves for others, it is a read all the same. @throws ABORTED */
async function leave(key: SharedReadKey, shared: SharedRead, world: ReadOnceWorld, signal: AbortSignal): Promise<void> {
  try {
    await world.store.putSharedRead(key, shared, signal);
  } catch (cause) {
    const { code } = asAppError(cause);
    if (code === "ABORTED") throw cause;
    world.log.warn("people.unshared", { source: shared.read.source, code });
  }
}

/** The read of this tick, from whichever instance. Who waited in vain, because the other one failed or died, reads too and
 * keeps nobody else waiting: a source that is away costs each instance its own attempt, not those of all others.
 * @throws what reading throws, STORE_UNAVAILABLE, ABORTED */
export async function readOnce(
  reading: SharedReading,
  world: ReadOnceWorld,
  signal: AbortSignal,
): Promise<SharedRead | undefined> {
  const { clock, store } = world;
  const { key } = reading;

  const taken = async (): Promise<SharedRead | undefined> => {
    const shared = await store.getSharedRead(key, signal);
    return shared !== undefined && clock.now() - shared.at < sharedReadMs ? shared : undefined;
  };
  const readNow = async (): Promise<SharedRead | undefined> => {
    const at = clock.now();
    const read = await reading.read(signal);
    if (read === undefined) return undefined;
    await leave(key, { at, read }, world, signal);
    return { at, read };
  };

  for (let waited = false; ; waited = true) {
    const before = await taken();
    if (before !== undefined) return before;
    const since = clock.now();
    const lease = await store.acquireLease(`read/${reading.name}`, leaseSeconds, signal);
    if (lease === undefined) {
      await clock.sleep(lookMs, signal);
      continue;
    }
    const kept = keepLease(lease, { seconds: leaseSeconds, since }, clock, signal);
    try {
      // It may have come between the look and the lease.
      const meanwhile = await taken();
      if (meanwhile !== undefined) return meanwhile;
      if (!waited) return await readNow();
    } finally {
      await kept.release();
    }
    return readNow();
  }
}
