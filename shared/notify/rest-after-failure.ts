// Keeps a way out that does not answer from slowing down everything that has something to tell: after a failure it is not
// tried for a while, and whoever sends fails at once.
import { AppError, asAppError, type ErrorCode } from "../core/errors.ts";
import type { Clock } from "../ports.ts";
import type { Notice } from "../request-ports.ts";
import type { Way } from "./way.ts";

const restMs = 60_000;

/** How long a way rests; kept by the process, while the ways themselves come and go. */
export type Rest = { until: number };

type RestRules = {
  /** What a way rests after. Only what may pass by itself: a wrong setting fails fast as it is. */
  readonly after: readonly ErrorCode[];
  /** Notices that are sent again by themselves, and so lose nothing by a rest. */
  readonly holds: (notice: Notice) => boolean;
};

const webhookRules: RestRules = { after: ["NETWORK", "TIMEOUT"], holds: () => true };

/** Mail rests after silence alone: "later" may be meant for one addressee, and costs no time. */
export const mailRules: RestRules = { after: ["TIMEOUT"], holds: isRepeated };

/** A decision, and what became of access, is told by mail once. A review without a link asks nobody: it only tells. */
function isRepeated({ kind, link }: Notice): boolean {
  if (kind === "review") return link !== undefined;
  return kind !== "decided" && kind !== "accessEnded";
}

export function restAfterFailure(
  way: Way,
  rest: Rest,
  clock: Pick<Clock, "now">,
  { after, holds }: RestRules = webhookRules,
): Way {
  return {
    name: way.name,
    async send(notice, signal) {
      if (clock.now() < rest.until && holds(notice))
        throw new AppError(
          "NETWORK",
          `Cannot send the notice by ${way.name}: it failed within the last ${restMs / 1000} seconds and is not tried before they are over; the notice is sent later`,
        );
      try {
        return await way.send(notice, signal);
      } catch (cause) {
        if (after.includes(asAppError(cause).code)) rest.until = clock.now() + restMs;
        throw cause;
      }
    },
  };
}
