// Events → messages. Which subscription to look at is all that an event can say; what is true is read when it is looked
// at, so a repeated, late or invented event does no harm.

import { inTurns } from "../core/in-turns.ts";
import { batchesOf } from "../core/request-batch.ts";
import type { RequestQueue } from "../request-ports.ts";

/** So many get a message each. More travel in batches, so that the door answers at once however many there are; the
 * queue's worker spreads them. */
const mostSingles = 8;

export type LookAt = { readonly target: string; readonly subscription: string };

/** One of each, however the ids are spelt. */
function distinct(subscriptions: readonly LookAt[]): readonly LookAt[] {
  const keyed = subscriptions.map((each) => [`${each.target}/${each.subscription.toLowerCase()}`, each] as const);
  return [...new Map(keyed).values()];
}

/** Puts the subscriptions into the queue; gives how many. Resolves when all of them are there.
 * @throws STORE_UNAVAILABLE when a message could not be sent: the sender repeats the delivery, and a subscription that
 * is there twice makes one decision */
export async function receiveEvents(
  subscriptions: readonly LookAt[],
  queue: RequestQueue,
  signal: AbortSignal,
): Promise<number> {
  const looks = distinct(subscriptions);
  if (looks.length > mostSingles)
    await inTurns(batchesOf(looks, { via: "event" }), (batch) => queue.sendBatch(batch, signal));
  else await inTurns(looks, (look) => queue.send({ ...look, via: "event" }, {}, signal));
  return looks.length;
}
