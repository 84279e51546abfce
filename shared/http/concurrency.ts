// How many requests are under way at once: doubles with each round of quick answers until the first slow one, rises by
// one a round from then on, and halves when the service says that it is too much.
import { abortedError, onAbort } from "./aborted.ts";
import type { HttpResponse } from "./transport.ts";

export type ConcurrencyOptions = {
  readonly initial: number;
  readonly max: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** An answer slower than this multiple of the quickest one seen says that requests are queueing at the service. */
const slowFactor = 3;
/** Below this, latency says nothing about load. */
const quickMs = 50;

/** Sends as soon as there is a place. Where `send` finds that the request must not go by now, it gives undefined, and so
 * does this: the place is another one's.
 * @throws ABORTED while waiting, and what sending throws */
export type Concurrency = (
  send: () => Promise<HttpResponse> | undefined,
  signal: AbortSignal,
) => Promise<HttpResponse | undefined>;

/** Lets at most the current number of requests through; the others wait in the order of their arrival. */
export function createConcurrency(options: ConcurrencyOptions): Concurrency {
  const gate = createGate();
  let limit = Math.min(options.initial, options.max);
  let quickest = Number.POSITIVE_INFINITY;
  let halvedAt = Number.NEGATIVE_INFINITY;
  let searching = true;

  function adapt(response: HttpResponse, startedAt: number): void {
    const now = options.now();
    if (response.status === 429 || response.status === 503) {
      // The answers of one overload come together; only the first of them counts.
      if (startedAt < halvedAt) return;
      limit = Math.max(1, limit / 2);
      searching = false;
      halvedAt = now;
      return;
    }
    const took = now - startedAt;
    // The record fades, so that one lucky answer does not count for ever.
    quickest = Math.min(took, quickest * 1.02);
    const slow = took > Math.max(quickMs, quickest * slowFactor);
    if (slow) searching = false;
    else limit = Math.min(options.max, limit + (searching ? 1 : 1 / limit));
  }

  return async (send, signal) => {
    await gate.enter(() => Math.floor(limit), signal);
    const startedAt = options.now();
    try {
      const response = await send();
      if (response !== undefined) adapt(response, startedAt);
      return response;
    } finally {
      gate.leave(() => Math.floor(limit));
    }
  };
}

type Gate = {
  enter(limit: () => number, signal: AbortSignal): Promise<void>;
  leave(limit: () => number): void;
};

function createGate(): Gate {
  const waiting = new Set<() => void>();
  let underWay = 0;
  return {
    enter(limit, signal) {
      if (signal.aborted) return Promise.reject(abortedError());
      if (underWay < limit()) {
        underWay += 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const go = () => {
          stay();
          resolve();
        };
        const stay = onAbort(signal, () => {
          waiting.delete(go);
          reject(abortedError());
        });
        waiting.add(go);
      });
    },
    leave(limit) {
      underWay -= 1;
      for (const go of waiting) {
        if (underWay >= limit()) return;
        waiting.delete(go);
        underWay += 1;
        go();
      }
    },
  };
}
