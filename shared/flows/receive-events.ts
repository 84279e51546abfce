// Events → messages. Which subscription to look at is all that an event can say; what is true is read when it is looked
// at, so a repeated, late or invented event does no harm.
import type { RequestMessage, RequestQueue } from "../request-ports.ts";

/** Sendings under way at the same time. */
const parallel = 32;

export type LookAt = { readonly target: string; readonly subscription: string };

/** One of each, however the ids are spelt. */
function distinct(subscriptions: readonly LookAt[]): readonly LookAt[] {
  const keyed = subscriptions.map((each) => [`${each.target}/${each.subscription.toLowerCase()}`, each] as const);
  return [...new Map(keyed).values()];
}

/** Puts one message for each subscription into the queue; gives how many. Resolves when all of them are there.
 * @throws STORE_UNAVAILABLE when one could not be sent: the sender repeats the delivery, and a message that is there
 * twice makes one decision */
export async function receiveEvents(
  subscriptions: readonly LookAt[],
  queue: RequestQueue,
  signal: AbortSignal,
): Promise<number> {
  const messages: readonly RequestMessage[] = distinct(subscriptions).map((each) => ({ ...each, via: "event" }));
  const left = messages.values();
  const work = async (): Promise<void> => {
    for (const message of left) await queue.send(message, {}, signal);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, messages.length) }, work));
  return messages.length;
}
