// A batch of the request queue → one message for each of its subscriptions. The batch counts as done only when all of
// them are there; one that comes again is spread again, and a subscription that is looked at twice gets one decision.
import { asAppError } from "../core/errors.ts";
import { inTurns } from "../core/in-turns.ts";
import { batchesOf, type RequestBatch } from "../core/request-batch.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import type { LookOptions } from "./look-at-request.ts";
import { noteFailure } from "./note-failure.ts";

/** So many are spread at a time. More are first cut into batches of that size, which several workers take, so that no
 * one of them works for long however large a batch is. */
const spreadAtOnce = 32;

/** @throws STORE_UNAVAILABLE, ABORTED when one could not be sent; at the last attempt the record of every subscription
 * names that failure */
export async function spreadBatch(
  batch: RequestBatch,
  world: Pick<ApprovalWorld, "queue" | "requests" | "clock" | "log">,
  { lastAttempt }: LookOptions,
  signal: AbortSignal,
): Promise<void> {
  const { target, subscriptions, via } = batch;
  const messages = subscriptions.map((subscription) => ({ target, subscription, via }));
  const { queue, log } = world;
  try {
    if (messages.length > spreadAtOnce)
      await inTurns(batchesOf(messages, { via, most: spreadAtOnce }), (part) => queue.sendBatch(part, signal));
    else await inTurns(messages, (message) => queue.send(message, {}, signal));
    log.info("requests.spread", { target, subscriptions: messages.length });
  } catch (cause) {
    const error = asAppError(cause);
    log.error("requests.unspread", { target, subscriptions: messages.length, code: error.code, final: lastAttempt });
    if (lastAttempt) await inTurns(messages, (message) => noteFailure(message, error, { ...world, signal }));
    throw error;
  }
}
