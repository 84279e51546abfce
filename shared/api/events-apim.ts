// `POST /api/events/apim`: events of API Management, from Event Grid. What is answered decides what Event Grid does: it
// repeats after a 5xx, and drops the delivery for good after a 400, 401, 403 or 413. So 4xx is for what a repetition
// cannot mend, and everything that is merely not ours is answered 200.
import { type LookAt, receiveEvents } from "../flows/receive-events.ts";
import type { Log } from "../ports.ts";
import type { RequestQueue } from "../request-ports.ts";
import { allowSender } from "../webhook/cloud-events.ts";
import { validationCodeOf } from "../webhook/event-grid.ts";
import { type EventTarget, locateSubscription } from "../webhook/locate-subscription.ts";
import { readEvents } from "../webhook/read-events.ts";
import type { ReceivedEvent } from "../webhook/received-event.ts";
import { type Answer, failureAnswer } from "./answer.ts";

/** Event Grid's batches end at 1 MiB; a single event may add to that. */
const mostBytes = 2 * 1024 * 1024;

export type Delivery = {
  readonly method: string;
  header(name: string): string | undefined;
  /** The body's text; not asked for where the headers say that it is too large. */
  text(): Promise<string>;
};

export type EventsWorld = {
  readonly log: Log;
  /** The targets whose rules name their resource id: only their events count. */
  targets(signal: AbortSignal): Promise<readonly EventTarget[]>;
  queue(): Promise<RequestQueue>;
};

function refuse(status: 400 | 413, reason: string): Answer {
  return { status, jsonBody: { error: { code: "BAD_REQUEST", message: `Cannot take the events: ${reason}` } } };
}

async function bodyOf(delivery: Delivery): Promise<string | undefined> {
  if (Number(delivery.header("content-length") ?? 0) > mostBytes) return undefined;
  const text = await delivery.text();
  return Buffer.byteLength(text) > mostBytes ? undefined : text;
}

type Sorted = { readonly found: readonly LookAt[]; readonly otherType: number; readonly otherService: number };

function sort(events: readonly ReceivedEvent[], targets: readonly EventTarget[]): Sorted {
  const located = events.map((event) => locateSubscription(event, targets));
  const count = (kind: string): number => located.filter((each) => each.kind === kind).length;
  const found = located.flatMap((each) => (each.kind === "subscription" ? [each] : []));
  return {
    found: found.map(({ target, subscription }) => ({ target, subscription })),
    otherType: count("otherType"),
    otherService: count("otherService"),
  };
}

/** Handshakes and deliveries. */
export async function eventsApim(delivery: Delivery, world: EventsWorld, signal: AbortSignal): Promise<Answer> {
  if (delivery.method === "OPTIONS") {
    const headers = allowSender(delivery.header);
    return headers === undefined
      ? refuse(400, "the header WebHook-Request-Origin is missing or no host name, expected the sender's")
      : { status: 200, headers, jsonBody: {} };
  }
  const body = await bodyOf(delivery);
  if (body === undefined) return refuse(413, `the body is larger than ${mostBytes} bytes, expected smaller batches`);
  const read = readEvents(body, delivery.header);
  if (!read.ok) {
    world.log.warn("events.apim.refused", { bytes: body.length });
    return refuse(400, read.reason);
  }
  const validationResponse = validationCodeOf(read.events);
  if (validationResponse !== undefined) return { status: 200, jsonBody: { validationResponse } };
  try {
    const { found, otherType, otherService } = sort(read.events, await world.targets(signal));
    const queued = found.length === 0 ? 0 : await receiveEvents(found, await world.queue(), signal);
    const { unreadable } = read;
    // Counts only: an id in an event is an attacker's text.
    world.log.info("events.apim.taken", { events: read.events.length, queued, otherType, otherService, unreadable });
    return { status: 200, jsonBody: { queued } };
  } catch (error) {
    return failureAnswer(error);
  }
}
