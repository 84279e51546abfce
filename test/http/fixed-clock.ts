// A clock that only moves when somebody sleeps: sleeping resolves at once, moves the time on and is written down.

import { throwIfAborted } from "../../shared/http/aborted.ts";
import type { Clock } from "../../shared/ports.ts";

export type FixedClock = Clock & {
  /** Every wait so far, in milliseconds. */
  readonly waits: readonly number[];
  advance(ms: number): void;
};

/** Starts at 2024-05-14T12:00:00Z unless told otherwise. */
export function createFixedClock(start = Date.UTC(2024, 4, 14, 12)): FixedClock {
  const waits: number[] = [];
  let now = start;
  return {
    waits,
    now: () => now,
    advance(ms) {
      now += ms;
    },
    async sleep(ms, signal) {
      throwIfAborted(signal);
      waits.push(ms);
      now += ms;
    },
  };
}
