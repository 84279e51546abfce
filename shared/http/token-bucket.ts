// A token bucket that follows the service's own: it begins with one request whose answer says what is left there, and
// each further answer sets it right again. Requests go in the order of asking.
import type { Clock } from "../ports.ts";
import { abortable, throwIfAborted } from "./aborted.ts";

export type BucketRate = {
  /** Requests that may go at once; Infinity for no limit. */
  readonly capacity: number;
  readonly refillPerSecond: number;
};

/** What an answer says of the service's bucket. */
export type BucketNews = {
  /** Requests that are left there. */
  readonly remaining?: number;
  /** The service refused for too many requests. */
  readonly empty?: boolean;
  /** Nothing goes before that instant (epoch milliseconds). */
  readonly pauseUntil?: number;
};

export type TokenBucket = {
  /** Resolves when a request may go, with its number; `answered` is then called once with that, whatever became of it.
   * @throws ABORTED */
  take(signal: AbortSignal): Promise<number>;
  /** Nothing may go now, also not what has its number. */
  paused(): boolean;
  answered(request: number, news: BucketNews): void;
};

/** So long after the last answer the service's count is a guess: another target or another process may have used it. */
const guessAfterMs = 2_000;

/** A bucket that believes to be full until an answer says otherwise. */
export function createTokenBucket(rate: BucketRate, clock: Clock): TokenBucket {
  const limited = Number.isFinite(rate.capacity);
  let tokens = rate.capacity;
  let refilledAt = clock.now();
  let pausedUntil = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let underWay = 0;
  let taken = 0;
  let tail: Promise<void> = Promise.resolve();
  /** Whoever is first in the queue waits here for the next answer. */
  let wake = (): void => undefined;

  function refill(now: number): void {
    if (limited) {
      tokens = Math.min(rate.capacity, tokens + (Math.max(0, now - refilledAt) / 1000) * rate.refillPerSecond);
    }
    refilledAt = now;
  }

  function waitMs(now: number): number {
    if (now < pausedUntil) return pausedUntil - now;
    return limited && tokens < 1 ? ((1 - tokens) / rate.refillPerSecond) * 1000 : 0;
  }

  /** Waits as the first of the queue. */
  async function takeFirst(signal: AbortSignal): Promise<number> {
    for (;;) {
      const now = clock.now();
      refill(now);
      const wait = waitMs(now);
      if (wait > 0) {
        await clock.sleep(Math.ceil(wait), signal);
      } else if (limited && underWay > 0 && now - answeredAt > guessAfterMs) {
        // One request is on its way to find out.
        await abortable(new Promise<void>((resolve) => (wake = resolve)), signal);
      } else {
        return go();
      }
    }
  }

  function go(): number {
    tokens -= 1;
    underWay += 1;
    taken += 1;
    return taken;
  }

  return {
    async take(signal) {
      if (!limited && clock.now() >= pausedUntil) {
        throwIfAborted(signal);
        return go();
      }
      const before = tail;
      let leave = (_next?: Promise<void>): void => undefined;
      tail = new Promise((resolve) => (leave = resolve));
      try {
        await abortable(before, signal);
        return await takeFirst(signal);
      } finally {
        leave(before);
      }
    },
    paused: () => clock.now() < pausedUntil,
    answered(request, { remaining, empty = false, pauseUntil = 0 }) {
      const now = clock.now();
      refill(now);
      underWay -= 1;
      answeredAt = now;
      pausedUntil = Math.max(pausedUntil, pauseUntil);
      if (limited && empty) tokens = Math.min(tokens, 0);
      // More than there can be is a count of something else.
      else if (limited && remaining !== undefined && remaining <= rate.capacity) {
        // Those that went later are not in the service's count yet.
        tokens = remaining - (taken - request);
      }
      wake();
    },
  };
}
