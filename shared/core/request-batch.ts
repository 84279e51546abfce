// What stands in a message of the request queue: one subscription to look at, or a batch of them. A batch is how a door
// hands over thousands in few messages; whoever takes it makes one message of each.
import { readTelling, type Telling } from "./decided-event.ts";

/** Of one target. At least one subscription. */
export type RequestBatch = {
  readonly target: string;
  readonly subscriptions: readonly string[];
  readonly via: string;
};

type One = {
  readonly target: string;
  readonly subscription: string;
  readonly via: string;
  /** The message is about an answer that has to be told, not about a look. */
  readonly telling?: Telling;
};

/** A message of Azure Storage queues holds 64 KiB. So much text fits as it is and also as base64.
 * https://learn.microsoft.com/rest/api/storageservices/put-message */
const mostBytes = 48 * 1024;

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** One target's subscriptions, at least one, in order, in as few batches as hold them. */
function* batchesOfTarget(
  target: string,
  subscriptions: Iterable<string>,
  via: string,
  most: number,
): Generator<RequestBatch> {
  const empty = jsonBytes({ target, subscriptions: [], via });
  let batch: string[] = [];
  let bytes = empty;
  for (const subscription of subscriptions) {
    const more = jsonBytes(subscription) + 1;
    if (batch.length > 0 && (batch.length >= most || bytes + more > mostBytes)) {
      yield { target, subscriptions: batch, via };
      batch = [];
      bytes = empty;
    }
    batch.push(subscription);
    bytes += more;
  }
  yield { target, subscriptions: batch, via };
}

/** Packs subscriptions into batches, target by target. None is larger than a message of the queue, or holds more than
 * `most`. */
export function batchesOf(
  looks: readonly Pick<One, "target" | "subscription">[],
  { via, most = Number.POSITIVE_INFINITY }: { readonly via: string; readonly most?: number },
): readonly RequestBatch[] {
  const targets = [...new Set(looks.map(({ target }) => target))];
  return targets.flatMap((target) => {
    const own = looks.filter((look) => look.target === target).map(({ subscription }) => subscription);
    return [...batchesOfTarget(target, own, via, most)];
  });
}

/** What a message says; undefined when it is none of ours. Where it does not say what it comes from, an event. */
export function readQueued(value: unknown): { readonly message: One } | { readonly batch: RequestBatch } | undefined {
  if (typeof value !== "object" || value === null || !("target" in value) || typeof value.target !== "string")
    return undefined;
  const { target } = value;
  const via = "via" in value && typeof value.via === "string" ? value.via : "event";
  if ("subscription" in value) {
    if (typeof value.subscription !== "string") return undefined;
    const telling = "telling" in value ? readTelling(value.telling) : undefined;
    const message = { target, subscription: value.subscription, via, ...(telling !== undefined && { telling }) };
    return { message };
  }
  if (!("subscriptions" in value) || !Array.isArray(value.subscriptions)) return undefined;
  const subscriptions: readonly unknown[] = value.subscriptions;
  const ids = subscriptions.filter((id) => typeof id === "string");
  return ids.length > 0 && ids.length === subscriptions.length
    ? { batch: { target, subscriptions: ids, via } }
    : undefined;
}
