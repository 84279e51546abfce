// Messages of the request queue: what is a message, what a failure leaves behind.
import { afterEach, describe, expect, it } from "vitest";
import type { ApprovalsApp } from "../../shared/api/open-approvals.ts";
import { takeRequest } from "../../shared/api/take-request.ts";
import { AppError } from "../../shared/core/errors.ts";
import { type LocalRequests, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
  default: {}
`;

let local: LocalRequests;

afterEach(() => local.close());

async function start(): Promise<ApprovalsApp> {
  local = await startLocalRequests({ rules });
  const { requests, queue, roster, audit, world } = local;
  return {
    clock: { now: local.now, sleep: async () => undefined },
    requests: async () => requests,
    requestQueue: async () => queue,
    roster: async () => roster,
    audit: async () => audit,
    notifier: async () => world.notifier,
    approvalTarget: (name, _log, signal) => world.openTarget(name, signal),
    decisionUrl: world.decisionUrl,
  };
}

describe("takeRequest()", () => {
  it("takes a message as value or as text, and believes of it only where to look", async () => {
    const app = await start();
    local.submit("s1", await local.addPerson(1));
    local.submit("s2", await local.addPerson(2));
    const message = { target: "contoso", subscription: "s1", via: "<b>me</b>", state: "active", answer: "reject" };

    await takeRequest({ message, dequeueCount: 1 }, app, local.log);
    await takeRequest({ message: '{"target":"contoso","subscription":"s2"}', dequeueCount: 1 }, app, local.log);

    expect(await local.record("s1")).toMatchObject({ status: "answered", via: "event", answer: { answer: "approve" } });
    expect(local.stateOf("s2")?.state).toBe("active");
  });

  it("spreads a batch into a message for each of its subscriptions", async () => {
    const app = await start();
    const message = { target: "contoso", subscriptions: ["s1", "s2"], via: "event" };

    await takeRequest({ message, dequeueCount: 1 }, app, local.log);

    expect(local.queue.take()).toEqual([
      { target: "contoso", subscription: "s1", via: "event" },
      { target: "contoso", subscription: "s2", via: "event" },
    ]);
  });

  it("tells the webhook of a decision that waits to be told, and looks at nothing", async () => {
    const app = await start();
    local.submit("s1", await local.addPerson(1));
    const event = { id: "contoso/s1/1/decided/0", answer: "rejected", rule: "strangers", round: 1, at: 0 };
    const message = { target: "contoso", subscription: "s1", via: "event", telling: { event, since: 0 } };

    await takeRequest({ message, dequeueCount: 1 }, app, local.log);

    expect(local.notices).toMatchObject([{ kind: "decided", only: "webhook", id: event.id, decision: event }]);
    expect(local.stateOf("s1")?.state).toBe("submitted");
  });

  it("writes the last failure of a batch into every record", async () => {
    const app = await start();
    const send = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot queue the request: no answer"));
    const deaf = { ...app, requestQueue: async () => ({ ...local.queue, send }) };
    const message = { target: "contoso", subscriptions: ["s1", "s2"], via: "event" };
    const take = (dequeueCount: number) => takeRequest({ message, dequeueCount }, deaf, local.log);

    await expect(take(4)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await local.record("s1")).toBeUndefined();
    await expect(take(5)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });

    for (const id of ["s1", "s2"])
      expect(await local.record(id)).toMatchObject({ status: "failed", error: { code: "STORE_UNAVAILABLE" } });
  });

  it.each(["not JSON", "[]", "null", '{"target":"contoso"}', { target: 1, subscription: "s1" }, 7])(
    "refuses %j, so that it ends on the poison queue",
    async (message) => {
      const app = await start();

      await expect(takeRequest({ message, dequeueCount: 1 }, app, local.log)).rejects.toMatchObject({ code: "BUG" });
    },
  );

  it("gives a failure back to the queue, and writes the last one into the record", async () => {
    const app = await start();
    local.submit("s1", await local.addPerson(1));
    local.simulator.addFaults([{ match: { path: "/subscriptions/s1" }, fault: { status: 400, code: "Strange" } }]);
    const message = { target: "contoso", subscription: "s1", via: "event" };
    const take = (dequeueCount: number) => takeRequest({ message, dequeueCount }, app, local.log);

    await expect(take(4)).rejects.toMatchObject({ code: "APIM_INVALID" });
    expect(await local.record("s1")).toBeUndefined();
    await expect(take(5)).rejects.toMatchObject({ code: "APIM_INVALID" });

    expect(await local.record("s1")).toMatchObject({ status: "failed", error: { code: "APIM_INVALID" } });
  });
});
