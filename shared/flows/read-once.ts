// One read of a source serves all runs of a tick, in whichever instance they are. The first one reads and leaves what it
// read in the store; the others wait for it.
import { asAppError } from "../core/errors.ts";
import type { PeopleRead } from "../core/person.ts";
import { type SharedRead, type SharedReadKey, sharedReadName } from "../core/shared-read.ts";
import type { Clock, Log } from "../ports.ts";
import type { Lease, RunStore } from "../run-ports.ts";
import { keepLease } from "./keep-lease.ts";

/** Who had to wait for long reads again: people may have come and gone meanwhile. */
export const sharedReadMs = 10 * 60_000;

const leaseSeconds = 60;

/** How often who waits looks whether the read is there. */
const lookMs = 1_000;

/** Who has waited so long reads as well: the time for it is that of the slice. */
const longestWaitMs = 100_000;

export type ReadOnceWorld = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Pick<RunStore, "acquireLease" | "getSharedRead" | "putSharedRead">;
};

/** What is to be read, once. */
export type SharedReading = {
  readonly key: SharedReadKey;
  /** One that began before serves no more, epoch milliseconds. */
  readonly notBefore: number;
  /** Undefined where there is nothing to share. */
  readonly read: (signal: AbortSignal) => Promise<PeopleRead | undefined>;
};

/** Undefined where the store fails. @throws ABORTED */
async function tryStore<T>(call: () => Promise<T>, log: Log): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await call() };
  } catch (cause) {
    const { code } = asAppError(cause);
    if (code === "ABORTED") throw cause;
    log.warn("people.unshared", { code });
    return undefined;
  }
}

/** The ways to a read: by the store, by the source, by the source under a lease. */
function waysOf({ key, notBefore, read }: SharedReading, { clock, log, store }: ReadOnceWorld, signal: AbortSignal) {
  const taken = () => {
    const oldest = Math.max(notBefore, clock.now() - sharedReadMs + 1);
    return tryStore(() => store.getSharedRead(key, oldest, signal), log);
  };
  const readNow = async (): Promise<SharedRead | undefined> => {
    const at = clock.now();
    const found = await read(signal);
    if (found === undefined) return undefined;
    await tryStore(() => store.putSharedRead(key, { at, read: found }, signal), log);
    return { at, read: found };
  };
  /** It may have come between a look and the lease. */
  const takenOrRead = async () => (await taken())?.value ?? readNow();
  const readUnder = async (lease: Lease, since: number): Promise<SharedRead | undefined> => {
    const kept = keepLease(lease, { seconds: leaseSeconds, since }, clock, signal);
    try {
      return await takenOrRead();
    } finally {
      await kept.release();
    }
  };
  return { taken, readNow, takenOrRead, readUnder };
}

/** The read of this tick, from whichever instance. Who waited in vain, because the other one failed or died, reads too and
 * keeps nobody else waiting: a source that is away costs each instance its own attempt, not those of all others. A store
 * that cannot be asked, or written, shares nothing; it is a read all the same.
 * @throws what reading throws, ABORTED */
export async function readOnce(
  reading: SharedReading,
  world: ReadOnceWorld,
  signal: AbortSignal,
): Promise<SharedRead | undefined> {
  const { clock, log, store } = world;
  const { taken, readNow, takenOrRead, readUnder } = waysOf(reading, world, signal);
  const leaseName = `read/${sharedReadName(reading.key)}`;
  const began = clock.now();
  for (let isFirstLook = true; ; isFirstLook = false) {
    const found = await taken();
    if (found?.value !== undefined) return found.value;
    const since = clock.now();
    const lease = found && (await tryStore(() => store.acquireLease(leaseName, leaseSeconds, signal), log));
    if (lease === undefined) return readNow();
    const { value: held } = lease;
    if (held !== undefined && isFirstLook) return readUnder(held, since);
    if (held !== undefined) await tryStore(() => held.release(signal), log);
    if (held !== undefined || since - began >= longestWaitMs) return takenOrRead();
    await clock.sleep(lookMs, signal);
  }
}
