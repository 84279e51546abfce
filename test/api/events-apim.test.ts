import { describe, expect, it } from "vitest";
import { type EventsWorld, eventsApim } from "../../shared/api/events-apim.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { RequestBatch } from "../../shared/core/request-batch.ts";
import type { RequestMessage } from "../../shared/request-ports.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const root = "/subscriptions/0001/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso";

function eventOf(resourceUri: string, eventType = "Microsoft.ApiManagement.SubscriptionCreated") {
  return { id: "1", topic: root, subject: "x", eventType, data: { resourceUri }, dataVersion: "1", eventTime: "x" };
}

function createWorld(send: () => Promise<void> = async () => undefined) {
  const sent: RequestMessage[] = [];
  const batches: RequestBatch[] = [];
  const log = createRecordingLog();
  const world: EventsWorld = {
    log,
    targets: async () => [{ name: "contoso", resourceId: root }],
    queue: async () => ({
      send: async (message) => {
        await send();
        sent.push(message);
      },
      sendBatch: async (batch) => {
        await send();
        batches.push(batch);
      },
    }),
  };
  return { world, sent, batches, log };
}

function post(body: unknown, world: EventsWorld, headers: Readonly<Record<string, string>> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return eventsApim({ method: "POST", header: (name) => headers[name], text: async () => text }, world, signal);
}

describe("eventsApim()", () => {
  it("puts one message for each subscription into the queue, whichever schema and however often it comes", async () => {
    const { world, sent } = createWorld();
    const cloud = {
      specversion: "1.0",
      type: "Microsoft.ApiManagement.SubscriptionUpdated",
      source: root,
      id: "2",
      data: { resourceUri: `${root}/subscriptions/A` },
    };

    const answer = await post([eventOf(`${root}/subscriptions/a`), cloud, eventOf(`${root}/subscriptions/b`)], world);

    expect(answer).toEqual({ status: 200, jsonBody: { queued: 2 } });
    expect(sent.map((message) => ({ ...message, subscription: message.subscription.toLowerCase() }))).toEqual([
      { target: "contoso", subscription: "a", via: "event" },
      { target: "contoso", subscription: "b", via: "event" },
    ]);
  });

  it("packs the largest delivery into a handful of messages, whose size the queue takes", async () => {
    const { world, sent, batches } = createWorld();
    const ids = Array.from({ length: 5_000 }, (_, number) => `65f0c1d2e3a4b5c6d7e8f${number}`);

    const answer = await post(
      ids.map((id) => ({ ...eventOf(`${root}/subscriptions/${id}`), id: undefined })),
      world,
    );

    expect(answer).toEqual({ status: 200, jsonBody: { queued: 5_000 } });
    expect([sent.length, batches.length]).toEqual([0, 3]);
    expect(batches.flatMap(({ subscriptions }) => subscriptions)).toEqual(ids);
    for (const batch of batches) expect(btoa(JSON.stringify(batch)).length).toBeLessThanOrEqual(64 * 1024);
  });

  it("gives a few subscriptions a message each", async () => {
    const { world, sent, batches } = createWorld();
    const eventsOf = (count: number) =>
      Array.from({ length: count }, (_, number) => eventOf(`${root}/subscriptions/s${number}`));

    await post(eventsOf(8), world);
    expect([sent.length, batches.length]).toEqual([8, 0]);
    await post(eventsOf(9), world);
    expect([sent.length, batches.length]).toEqual([8, 1]);
  });

  it("answers 200 to events of other services, hosts, paths and types, queues nothing and logs counts only", async () => {
    const { world, sent, log } = createWorld();
    const hostile = [
      eventOf(`${root.replace("contoso", "secret-service")}/subscriptions/a`),
      eventOf(`https://evil.example${root}/subscriptions/a`),
      eventOf(`${root}/users/eve@evil.example`),
      eventOf(`${root}/subscriptions/<script>alert(1)</script>`),
      eventOf(`${root}/subscriptions/a`, "Microsoft.ApiManagement.ProductUpdated"),
    ];

    expect(await post(hostile, world)).toEqual({ status: 200, jsonBody: { queued: 0 } });
    expect(sent).toEqual([]);
    expect(log.lines).toEqual([
      {
        level: "info",
        event: "events.apim.taken",
        fields: { events: 5, queued: 0, otherType: 1, otherService: 4, unreadable: 0 },
      },
    ]);
  });

  it("answers Event Grid's handshake with the code, and queues nothing", async () => {
    const { world, sent } = createWorld();
    const validation = {
      id: "1",
      topic: root,
      subject: "",
      eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
      data: { validationCode: "code-1", validationUrl: "https://evil.example/never-called" },
    };

    expect(await post([validation], world)).toEqual({ status: 200, jsonBody: { validationResponse: "code-1" } });
    expect(sent).toEqual([]);
  });

  it("answers the handshake of CloudEvents, and 400 where nobody says who asks", async () => {
    const { world } = createWorld();
    const options = (headers: Readonly<Record<string, string>>) =>
      eventsApim({ method: "OPTIONS", header: (name) => headers[name], text: async () => "" }, world, signal);

    expect(await options({ "webhook-request-origin": "eventgrid.azure.net" })).toMatchObject({
      status: 200,
      headers: { "webhook-allowed-origin": "eventgrid.azure.net", "webhook-allowed-rate": "*" },
    });
    expect((await options({})).status).toBe(400);
  });

  it.each([
    ["no JSON", "{", 400],
    ["no event at all", "[{}]", 400],
    ["too many events", JSON.stringify(Array.from({ length: 5_001 }, () => ({}))), 400],
    ["a body that is too large", `["${"x".repeat(2 * 1024 * 1024)}"]`, 413],
  ])("answers %s with 4xx, because a repetition would not mend it", async (_, body, status) => {
    const { world, sent } = createWorld();

    expect((await post(body, world)).status).toBe(status);
    expect(sent).toEqual([]);
  });

  it("does not read a body that says that it is too large", async () => {
    const { world } = createWorld();
    const text = () => Promise.reject(new Error("The body was read"));

    const answer = await eventsApim({ method: "POST", header: () => "99999999", text }, world, signal);

    expect(answer.status).toBe(413);
  });

  it.each([
    ["the queue is out of reach", new AppError("STORE_UNAVAILABLE", "Cannot send: the queue is away"), 503],
    ["something unexpected happens", new Error("defect"), 500],
  ])("never answers 4xx when %s: Event Grid would drop the events", async (_, error, status) => {
    const { world } = createWorld(() => Promise.reject(error));

    expect((await post([eventOf(`${root}/subscriptions/a`)], world)).status).toBe(status);
  });

  it("never answers 4xx when the rules cannot be read", async () => {
    const { world } = createWorld();
    const targets = () => Promise.reject(new AppError("CONFIG_INVALID", "Cannot use the rules"));

    expect((await post([eventOf(`${root}/subscriptions/a`)], { ...world, targets })).status).toBe(500);
  });

  it("answers 503 when a batch cannot be sent", async () => {
    const { world } = createWorld(() => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot send")));
    const events = Array.from({ length: 20 }, (_, number) => eventOf(`${root}/subscriptions/s${number}`));

    expect((await post(events, world)).status).toBe(503);
  });

  it("sends each subscription of a full delivery once", async () => {
    const { world, batches } = createWorld();
    const events = Array.from({ length: 5_000 }, (_, number) => eventOf(`${root}/subscriptions/s${number % 1_000}`));

    expect(await post(events, world)).toEqual({ status: 200, jsonBody: { queued: 1_000 } });
    expect(batches.map(({ subscriptions }) => new Set(subscriptions).size)).toEqual([1_000]);
  });
});
