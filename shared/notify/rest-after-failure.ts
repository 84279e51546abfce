// Keeps a way out that does not answer from slowing down everything that has something to tell: after a failure it is not
// tried for a while, and whoever sends fails at once.
import { AppError, asAppError } from "../core/errors.ts";
import type { Clock } from "../ports.ts";
import type { Way } from "./way.ts";

const restMs = 60_000;

/** How long a way rests; kept by the process, while the ways themselves come and go. */
export type Rest = { until: number };

/** Only what may pass by itself counts: a wrong setting fails fast as it is. */
export function restAfterFailure(way: Way, rest: Rest, clock: Pick<Clock, "now">): Way {
  return {
    name: way.name,
    async send(notice, signal) {
      const now = clock.now();
      if (now < rest.until)
        throw new AppError(
          "NETWORK",
          `Cannot send the notice by ${way.name}: it failed within the last ${restMs / 1000} seconds and is not tried before they are over; the notice is sent later`,
        );
      try {
        return await way.send(notice, signal);
      } catch (cause) {
        const { code } = asAppError(cause);
        if (code === "NETWORK" || code === "TIMEOUT") rest.until = clock.now() + restMs;
        throw cause;
      }
    },
  };
}
