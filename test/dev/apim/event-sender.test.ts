// Event Grid beside the simulator: what arrives, and what a script does to it.
import { afterEach, describe, expect, it } from "vitest";
import { type ApimSimulator, createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import type { EventSettings } from "../../../dev/apim/event-sender.ts";
import { type Reply, type ScriptedServer, startScriptedServer } from "../../http/scripted-server.ts";

let server: ScriptedServer;
let simulator: ApimSimulator;

async function start(reply: (index: number) => Reply = () => ({ status: 200 })) {
  server = await startScriptedServer((_, index) => reply(index));
  simulator = await createApimSimulator({ now: () => Date.UTC(2026, 4, 14) });
}

afterEach(async () => {
  await simulator.close();
  await server.close();
});

function send(settings: Partial<EventSettings> = {}) {
  const sender = simulator.sendEvents({ url: `${server.address}/api/events/apim`, key: "k", ...settings });
  if (sender === undefined) throw new Error("no sender");
  return sender;
}

function submit(id: string) {
  simulator.edit.putSubscription({ id, scope: "/products/unlimited", state: "submitted" });
}

describe("events of the simulator", () => {
  it("tell of each change of a subscription in Event Grid's schema, with the key", async () => {
    await start();
    const sender = send();
    submit("s1");
    submit("s1");
    simulator.edit.deleteSubscription("s1");
    await sender.settle();

    const bodies = server.requests.map(({ body }) => JSON.parse(body));
    expect(server.requests[0]?.headers).toMatchObject({ "x-functions-key": "k", "aeg-event-type": "Notification" });
    expect(
      bodies
        .flat()
        .map(({ eventType }: { eventType: string }) => eventType)
        .sort(),
    ).toEqual([
      "Microsoft.ApiManagement.SubscriptionCreated",
      "Microsoft.ApiManagement.SubscriptionDeleted",
      "Microsoft.ApiManagement.SubscriptionUpdated",
    ]);
    expect(bodies[0]).toMatchObject([
      {
        topic: simulator.resourceId,
        subject: "/subscriptions/s1",
        data: { resourceUri: `${simulator.resourceId}/subscriptions/s1` },
      },
    ]);
    expect(sender.report()).toEqual({ made: 3, lost: 0, delivered: 3, dropped: 0 });
  });

  it("are CloudEvents where that is asked for", async () => {
    await start();
    const sender = send({ schema: "cloudEvents" });
    submit("s1");
    await sender.settle();

    expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({
      specversion: "1.0",
      type: "Microsoft.ApiManagement.SubscriptionCreated",
      time: "2026-05-14T00:00:00.000Z",
    });
  });

  it("are lost, repeated and shuffled by script, the same way for the same seed", async () => {
    await start();
    const sender = send({ lose: 0.3, copies: 2, shuffle: 50, seed: 7 });
    for (let index = 0; index < 40; index += 1) submit(`s${index}`);
    await sender.settle();

    const { made, lost, delivered } = sender.report();
    expect(made).toBe(40);
    expect(lost).toBeGreaterThan(0);
    expect(delivered).toBe((made - lost) * 2);
    const order = server.requests.map(({ body }) => JSON.parse(body)[0].subject);
    expect(order).not.toEqual([...order].sort());
  });

  it("are tried again after a failure, and given up where the door refuses them", async () => {
    await start((index) => ({ status: [503, 500, 200, 401][index] ?? 200 }));
    const sender = send({ retryDelaysMs: [0, 0] });
    submit("s1");
    await sender.settle();
    submit("s2");
    await sender.settle();

    expect(sender.report()).toMatchObject({ delivered: 1, dropped: 1 });
    expect(server.requests).toHaveLength(4);
  });

  it("are set up and ended over the control routes, and the seed is no news", async () => {
    await start();
    const control = (method: string, body?: object) =>
      fetch(`${simulator.address}/_sim/events`, { method, ...(body && { body: JSON.stringify(body) }) });
    expect((await control("POST", { url: server.address })).status).toBe(204);
    expect((await control("POST", { url: "nowhere" })).status).toBe(400);
    expect((await control("DELETE")).status).toBe(204);
    submit("s1");
    const sender = send();
    simulator.reset();
    await sender.settle();

    expect(sender.report().made).toBe(0);
    expect(server.requests).toEqual([]);
  });
});
