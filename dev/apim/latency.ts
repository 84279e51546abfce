// The latency of the simulated service: how long after its arrival a request is answered.

/** Resolves so many milliseconds after the instant of arrival (of `performance.now()`), not before and hardly after. */
export type Latency = (arrivedAt: number) => Promise<void>;

/** A timer alone is up to a millisecond late, which is much for a latency of twenty; so it ends early and the event
 * loop's turns count the rest. */
export function createLatency(ms: number): Latency {
  if (ms <= 0) return async () => {};
  return (arrivedAt) =>
    new Promise((resolve) => {
      const readyAt = arrivedAt + ms;
      const look = (): void => {
        if (performance.now() >= readyAt) resolve();
        else setImmediate(look);
      };
      setTimeout(look, Math.floor(readyAt - performance.now() - 1));
    });
}
