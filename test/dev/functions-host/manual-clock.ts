// For tests: a clock that stands still until it is moved.
import { setImmediate as turn } from "node:timers/promises";

export type ManualClock = {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Moves on, waking every sleeper on the way in the order of time; between two of them pending work gets its turn. */
  advance(ms: number): Promise<void>;
};

export function createManualClock(start: number): ManualClock {
  let time = start;
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  return {
    now: () => time,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        };
        const wake = (): void => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        const sleeper = { at: time + ms, wake };
        sleepers.add(sleeper);
        signal.addEventListener("abort", abort, { once: true });
      });
    },
    async advance(ms) {
      const end = time + ms;
      await settle();
      for (;;) {
        const [next] = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        sleepers.delete(next);
        time = Math.max(time, next.at);
        next.wake();
        await settle();
      }
      time = end;
    },
  };
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}
