// Every decision goes to the webhook, whoever or whatever decided. A receiver that is out of reach holds nothing up: the
// event then waits in the queue, by itself, and is told again until it is taken.
import { type DecidedEvent, eventText, secondsToNextTelling } from "../core/decided-event.ts";
import { AppError, asAppError } from "../core/errors.ts";
import type { RequestMessage } from "../request-ports.ts";
import type { ApprovalWorld } from "./approval-world.ts";

type World = Pick<ApprovalWorld, "notifier" | "queue" | "clock" | "log">;

/** Tells the webhook what the message holds; what cannot be told now goes back to the queue, for later. Told twice, it has
 * the same id.
 * @throws STORE_UNAVAILABLE, ABORTED; and the webhook's own failure after three days, for the poison queue */
export async function tellAgain(
  message: Required<RequestMessage>,
  { notifier, queue, clock, log }: World,
  signal: AbortSignal,
): Promise<void> {
  const { target, subscription, telling } = message;
  const { event } = telling;
  try {
    const decision = { ...event, target, subscription };
    const notice = { kind: "decided", only: "webhook", to: [], ...eventText(event, subscription), decision } as const;
    const [failure] = (await notifier.send(notice, signal)).failed;
    if (failure !== undefined) throw failure.error;
  } catch (cause) {
    const error = asAppError(cause);
    if (error.code === "ABORTED") throw error;
    const delaySeconds = secondsToNextTelling(telling, clock.now());
    log.warn("decision.untold", {
      target,
      subscription,
      code: error.code,
      ...(delaySeconds !== undefined && { delaySeconds }),
    });
    if (delaySeconds === undefined)
      throw new AppError(error.code, `Cannot tell the webhook of a decision, after three days: ${error.message}`, {
        cause,
      });
    await queue.send(message, { delaySeconds }, signal);
  }
}

/** Tells the webhook of a decision that was just made. @throws STORE_UNAVAILABLE, ABORTED: then make the step again */
export async function tellDecision(
  { target, subscription, via }: RequestMessage,
  event: DecidedEvent,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  await tellAgain({ target, subscription, via, telling: { event, since: world.clock.now() } }, world, signal);
}
