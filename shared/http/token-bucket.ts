// A token bucket that is told about the service's own count: tokens are reserved in the order of asking.
import type { Clock } from "../ports.ts";

export type BucketRate = {
  /** Requests that may go at once; Infinity for no limit. */
  readonly capacity: number;
  readonly refillPerSecond: number;
};

export type TokenBucket = {
  /** Resolves when a request may go. @throws ABORTED */
  take(signal: AbortSignal): Promise<void>;
  /** The service says how many requests are left: fewer than here counts, more does not. */
  correct(remaining: number): void;
  /** Nothing goes before that instant (epoch milliseconds). */
  pauseUntil(instant: number): void;
};

/** A full bucket. */
export function createTokenBucket(rate: BucketRate, clock: Clock): TokenBucket {
  let tokens = rate.capacity;
  let refilledAt = clock.now();
  let pausedUntil = 0;

  function refill(): void {
    const now = clock.now();
    if (Number.isFinite(rate.capacity)) {
      tokens = Math.min(rate.capacity, tokens + (Math.max(0, now - refilledAt) / 1000) * rate.refillPerSecond);
    }
    refilledAt = now;
  }

  return {
    async take(signal) {
      refill();
      tokens -= 1;
      let readyAt = tokens >= 0 ? refilledAt : refilledAt + (-tokens / rate.refillPerSecond) * 1000;
      try {
        for (let now = clock.now(); ; now = clock.now()) {
          readyAt = Math.max(readyAt, pausedUntil);
          if (now >= readyAt) return;
          await clock.sleep(Math.ceil(readyAt - now), signal);
        }
      } catch (error) {
        tokens += 1;
        throw error;
      }
    },
    correct(remaining) {
      if (!Number.isFinite(rate.capacity)) return;
      refill();
      tokens = Math.min(tokens, remaining);
    },
    pauseUntil(instant) {
      pausedUntil = Math.max(pausedUntil, instant);
    },
  };
}
