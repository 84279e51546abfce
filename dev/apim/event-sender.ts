// Event Grid beside the simulated service: each change of a subscription is POSTed to one address as Event Grid does it,
// at least once and in no order. A script loses, repeats and shuffles events as the real one may.
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { createRandom } from "./random.ts";

export const eventSettingsSchema = z.strictObject({
  /** Where to POST, such as http://127.0.0.1:7071/api/events/apim. */
  url: z.url(),
  /** Goes into the header `x-functions-key`. */
  key: z.string().optional(),
  schema: z.enum(["eventGrid", "cloudEvents"]).default("eventGrid"),
  /** Each event is sent so many times. */
  copies: z.int().min(1).max(10).default(1),
  /** This share of the events, from 0 to 1, never arrives. */
  lose: z.number().min(0).max(1).default(0),
  /** So many events are gathered and sent in another order; 1 sends each at once. */
  shuffle: z.int().min(1).max(10_000).default(1),
  /** Waits between attempts after an answer that is no success; Event Grid itself waits 10 s and longer. */
  retryDelaysMs: z.array(z.int().min(0)).max(30).default([100, 300, 1_000, 3_000]),
  seed: z.int().default(1),
});

export type EventSettings = z.input<typeof eventSettingsSchema>;

export type SubscriptionChange = "Created" | "Updated" | "Deleted";

export type EventReport = {
  /** Events that were made, with those that were lost. */
  readonly made: number;
  readonly lost: number;
  readonly delivered: number;
  /** Given up: refused for good, or after the last attempt. */
  readonly dropped: number;
};

export type EventSender = {
  changed(change: SubscriptionChange, subscriptionId: string): void;
  /** Resolves when everything that was made has been delivered or dropped, gathered events too. */
  settle(): Promise<void>;
  report(): EventReport;
  /** Nothing is sent any more. */
  stop(): void;
};

type Event = { readonly change: SubscriptionChange; readonly id: string; readonly at: number };

const longestGatheringMs = 500;

/** Event Grid does not try again after these. */
const refusedForGood = [400, 401, 403, 413];

/** A sender for the service with this resource id. @throws a ZodError that names a wrong field */
export function createEventSender(
  given: EventSettings,
  { resourceId, now }: { readonly resourceId: string; readonly now: () => number },
): EventSender {
  const settings = eventSettingsSchema.parse(given);
  const random = createRandom(settings.seed);
  const stopped = new AbortController();
  const under = new Set<Promise<void>>();
  const counts = { made: 0, lost: 0, delivered: 0, dropped: 0 };
  let gathered: Event[] = [];
  let timer: NodeJS.Timeout | undefined;

  function bodyOf({ change, id, at }: Event): unknown {
    const type = `Microsoft.ApiManagement.Subscription${change}`;
    const subject = `/subscriptions/${id}`;
    const data = { resourceUri: `${resourceId}${subject}` };
    const time = new Date(at).toISOString();
    const eventId = randomUUID();
    if (settings.schema === "cloudEvents")
      return { specversion: "1.0", type, source: resourceId, subject, id: eventId, time, data };
    const event = { id: eventId, topic: resourceId, subject, data, eventType: type, eventTime: time };
    return [{ ...event, dataVersion: "1", metadataVersion: "1" }];
  }

  async function post(text: string): Promise<number> {
    const type = settings.schema === "cloudEvents" ? "application/cloudevents+json" : "application/json";
    const response = await fetch(settings.url, {
      method: "POST",
      headers: {
        "content-type": `${type}; charset=utf-8`,
        "aeg-event-type": "Notification",
        ...(settings.key !== undefined && { "x-functions-key": settings.key }),
      },
      body: text,
      redirect: "manual",
      signal: stopped.signal,
    });
    await response.arrayBuffer();
    return response.status;
  }

  async function deliver(event: Event): Promise<void> {
    const text = JSON.stringify(bodyOf(event));
    for (const delayMs of [...settings.retryDelaysMs, undefined]) {
      const status = await post(text).catch(() => 0);
      if (status >= 200 && status <= 204) {
        counts.delivered += 1;
        return;
      }
      if (stopped.signal.aborted || delayMs === undefined || refusedForGood.includes(status)) break;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    counts.dropped += 1;
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = gathered
      .map((event) => ({ event, order: random.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ event }) => event);
    gathered = [];
    for (const event of events) {
      const delivery = deliver(event).finally(() => under.delete(delivery));
      under.add(delivery);
    }
  }

  return {
    changed(change, id) {
      if (stopped.signal.aborted) return;
      counts.made += 1;
      if (random.next() < settings.lose) {
        counts.lost += 1;
        return;
      }
      for (let copy = 0; copy < settings.copies; copy += 1) gathered.push({ change, id, at: now() });
      if (gathered.length >= settings.shuffle) flush();
      else timer ??= setTimeout(flush, longestGatheringMs).unref();
    },
    async settle() {
      flush();
      while (under.size > 0) await Promise.all(under);
    },
    report: () => ({ ...counts }),
    stop() {
      clearTimeout(timer);
      stopped.abort();
    },
  };
}
