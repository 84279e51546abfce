// Holds a lease for as long as the work takes, and stops the work when the lease is lost.
import { AppError } from "../core/errors.ts";
import type { Clock, Lease } from "../ports.ts";

export type KeptLease = {
  /** Fires when the caller's signal does, or when the lease was lost. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
};

/** Renews the lease three times within its length until it is released. */
export function keepLease(lease: Lease, seconds: number, clock: Clock, signal: AbortSignal): KeptLease {
  const lost = new AbortController();
  const done = new AbortController();
  const waiting = AbortSignal.any([signal, done.signal]);

  const keep = async (): Promise<void> => {
    try {
      for (;;) {
        await clock.sleep((seconds * 1000) / 3, waiting);
        await lease.renew(waiting);
      }
    } catch (cause) {
      if (!waiting.aborted) {
        lost.abort(
          new AppError("STORE_UNAVAILABLE", "Cannot keep the lease of the target: it was lost, so this slice stops", {
            cause,
          }),
        );
      }
    }
  };

  const kept = keep();
  return {
    signal: AbortSignal.any([signal, lost.signal]),
    async release() {
      done.abort();
      await kept;
      // A lease that cannot be released runs out by itself.
      await lease.release(AbortSignal.timeout(5_000)).catch(() => undefined);
    },
  };
}
