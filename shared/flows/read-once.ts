// One read of a source serves all runs of a tick, in whichever instance they are. The first one reads and leaves what it
// read in the store; the others wait for it.
import { asAppError } from "../core/errors.ts";
import type { PeopleRead } from "../core/person.ts";
import { type SharedRead, type SharedReadKey, sharedReadName } from "../core/shared-read.ts";
import type { Clock, Lease, Log, RunStore } from "../ports.ts";
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

/** The read of this tick, from whichever instance. Who waited in vain, because the other one failed or died, reads too and
 * keeps nobody else waiting: a source that is away costs each instance its own attempt, not those of all others. A store
 * that cannot be asked, or written, shares nothing; it is a read all the same.
 * @throws what reading throws, ABORTED */
export async function readOnce(
  { key, notBefore, read }: SharedReading,
  { clock, log, store }: ReadOnceWorld,
  signal: AbortSignal,
): Promise<SharedRead | undefined> {
  const began = clock.now();

  /** Undefined where the store fails. */
  const trying = async <T>(call: () => Promise<T>): Promise<{ readonly value: T } | undefined> => {
    try {
      return { value: await call() };
    } catch (cause) {
      const { code } = asAppError(cause);
      if (code === "ABORTED") throw cause;
      log.warn("people.unshared", { code });
      return undefined;
    }
  };
  const taken = () => {
    const oldest = Math.max(notBefore, clock.now() - sharedReadMs + 1);
    return trying(() => store.getSharedRead(key, oldest, signal));
  };
  const readNow = async (): Promise<SharedRead | undefined> => {
    const at = clock.now();
    const found = await read(signal);
    if (found === undefined) return undefined;
    await trying(() => store.putSharedRead(key, { at, read: found }, signal));
    return { at, read: found };
  };
  const readUnder = async (lease: Lease, since: number): Promise<SharedRead | undefined> => {
    const kept = keepLease(lease, { seconds: leaseSeconds, since }, clock, signal);
    try {
      // It may have come between the look and the lease.
      return (await taken())?.value ?? (await readNow());
    } finally {
      await kept.release();
    }
  };

  for (let isFirstLook = true; ; isFirstLook = false) {
    const found = await taken();
    if (found === undefined) return readNow();
    if (found.value !== undefined) return found.value;
    const since = clock.now();
    const lease = await trying(() => store.acquireLease(`read/${sharedReadName(key)}`, leaseSeconds, signal));
    if (lease === undefined) return readNow();
    if (lease.value !== undefined && isFirstLook) return readUnder(lease.value, since);
    const { value: held } = lease;
    if (held !== undefined) await trying(() => held.release(signal));
    if (held !== undefined || since - began >= longestWaitMs) return (await taken())?.value ?? readNow();
    await clock.sleep(lookMs, signal);
  }
}
