// The real clock. Everything else takes a `Clock`, so that tests hold time in their hands.
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "./core/errors.ts";
import type { Clock } from "./ports.ts";

/** The system's clock. `sleep` throws ABORTED when the signal fires first. */
export function createSystemClock(): Clock {
  return {
    now: Date.now,
    async sleep(ms, signal) {
      try {
        await wait(ms, undefined, { signal });
      } catch (error) {
        throw new AppError("ABORTED", "Cannot go on waiting: the work was stopped, start it again", { cause: error });
      }
    },
  };
}
