// Holds a lease for as long as the work takes, and stops the work when the lease is lost.
import { AppError, asAppError } from "../core/errors.ts";
import { releaseMs } from "../core/slice-end.ts";
import type { Clock } from "../ports.ts";
import type { Lease } from "../run-ports.ts";

/** The work stops so long before the lease ends, so that what is under way is over when somebody else may have it. */
const marginMs = 5_000;

/** A renewal that failed is tried again so soon. */
const againAfterMs = 2_000;

export type KeptLease = {
  /** Fires when the caller's signal does, or when the lease was lost. */
  readonly signal: AbortSignal;
  /** Fires when the lease was lost: whatever it guards may be somebody else's, so nothing of it may be written. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
};

/** Renews the lease three times within its length until it is released. A renewal that fails is tried again until the
 * lease is about to end; one that is refused, because the lease is somebody else's, ends it at once. `since` is when the
 * lease was asked for, epoch milliseconds. */
export function keepLease(
  lease: Lease,
  { seconds, since }: { readonly seconds: number; readonly since: number },
  clock: Clock,
  signal: AbortSignal,
): KeptLease {
  const lost = new AbortController();
  const done = new AbortController();
  const waiting = AbortSignal.any([signal, done.signal]);
  const heldMs = seconds * 1000 - marginMs;

  /** What kept the lease from being renewed before the instant, or undefined. */
  const renewBefore = async (endsAt: number): Promise<AppError | undefined> => {
    const answered = new AbortController();
    const either = AbortSignal.any([waiting, answered.signal]);
    const renewing = lease.renew(either).then(() => undefined, asAppError);
    // A process that was asleep may have its lease yet, where nobody wanted it: it asks once, however late.
    const time = Math.max(againAfterMs, endsAt - clock.now());
    const timer = clock.sleep(time, either).then(
      () => answered.abort(),
      () => undefined,
    );
    const failure = await renewing;
    answered.abort();
    await timer;
    return failure;
  };

  const keep = async (): Promise<void> => {
    let endsAt = since + heldMs;
    await clock.sleep((seconds * 1000) / 3, waiting);
    for (;;) {
      const at = clock.now();
      const failure = await renewBefore(endsAt);
      if (failure === undefined) {
        endsAt = at + heldMs;
        await clock.sleep((seconds * 1000) / 3, waiting);
      } else if (waiting.aborted) {
        return;
      } else if (failure.context.lost === true || clock.now() + againAfterMs >= endsAt) {
        lost.abort(lostError(failure));
        return;
      } else {
        await clock.sleep(againAfterMs, waiting);
      }
    }
  };

  // Only a sleep ends otherwise, and only when nobody needs the lease any more.
  const kept = keep().catch(() => undefined);
  return {
    signal: AbortSignal.any([signal, lost.signal]),
    lost: lost.signal,
    async release() {
      done.abort();
      await kept;
      // A lease that cannot be released runs out by itself.
      await lease.release(AbortSignal.timeout(releaseMs)).catch(() => undefined);
    },
  };
}

function lostError(cause: AppError): AppError {
  return new AppError(
    "STORE_UNAVAILABLE",
    "Cannot keep the lease of the target: it was lost, so this slice stops; the run goes on from its journal",
    { cause },
  );
}
