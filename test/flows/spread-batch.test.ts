// Batches of the request queue: what becomes of each of their subscriptions, whatever fails on the way.
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import type { RequestBatch } from "../../shared/core/request-batch.ts";
import { lookAtRequest } from "../../shared/flows/look-at-request.ts";
import { spreadBatch } from "../../shared/flows/spread-batch.ts";
import type { RequestMessage, RequestQueue } from "../../shared/request-ports.ts";
import { createMemoryRequestQueue, createMemoryRequestStore } from "../../shared/requests/memory.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const clock = { now: () => Date.UTC(2026, 4, 14) };
const outage = new AppError("STORE_UNAVAILABLE", "Cannot queue the request: the queue is out of reach");
const ids = (count: number) => Array.from({ length: count }, (_, number) => `s${number}`);
const batchOf = (count: number): RequestBatch => ({ target: "contoso", subscriptions: ids(count), via: "event" });
const lastDequeue = 5;

/** A queue of which sendings fail, where `fails` says so. */
function createWorld(fails: () => boolean = () => false) {
  const memory = createMemoryRequestQueue();
  const queue: RequestQueue = {
    async send(...given) {
      if (fails()) throw outage;
      await memory.send(...given);
    },
    async sendBatch(...given) {
      if (fails()) throw outage;
      await memory.sendBatch(...given);
    },
  };
  const requests = createMemoryRequestStore({ clock });
  return { memory, requests, world: { queue, requests, clock, log: createRecordingLog() } };
}

/** Takes what is queued, as the host does: what fails comes again, until it is given up. Gives what was looked at. */
async function takeAll(first: RequestBatch, { memory, world }: ReturnType<typeof createWorld>) {
  const looked: RequestMessage[] = [];
  const waiting = [{ batch: first, count: 1 }];
  for (let taken = waiting.shift(); taken !== undefined; taken = waiting.shift()) {
    const { batch, count } = taken;
    try {
      await spreadBatch(batch, world, { lastAttempt: count >= lastDequeue }, signal);
    } catch {
      if (count >= lastDequeue) memory.giveUp(JSON.stringify(batch), clock.now());
      else waiting.push({ batch, count: count + 1 });
    }
    looked.push(...memory.take());
    waiting.push(...memory.takeBatches().map((each) => ({ batch: each, count: 1 })));
  }
  return looked.map(({ subscription }) => subscription);
}

describe("spreadBatch()", () => {
  it("makes a message of each, with the word of how it came", async () => {
    const { world, memory } = createWorld();

    await spreadBatch({ ...batchOf(32), via: "sweep" }, world, { lastAttempt: false }, signal);

    expect(memory.take()).toEqual(ids(32).map((subscription) => ({ target: "contoso", subscription, via: "sweep" })));
    expect(memory.takeBatches()).toEqual([]);
  });

  it("first cuts a large one into batches that several workers take", async () => {
    const { world, memory } = createWorld();

    await spreadBatch(batchOf(100), world, { lastAttempt: false }, signal);

    expect(memory.take()).toEqual([]);
    expect(memory.takeBatches().map(({ subscriptions }) => subscriptions.length)).toEqual([32, 32, 32, 4]);
  });

  it("fails when one cannot be sent, and leaves the records alone until the last attempt", async () => {
    const fates = [false, false, true].values();
    const { world, requests } = createWorld(() => fates.next().value ?? false);

    const spread = spreadBatch(batchOf(5), world, { lastAttempt: false }, signal);

    await expect(spread).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await requests.listRequests({ limit: 10 }, signal)).toEqual([]);
  });

  it("names the failure in the record of every subscription at the last attempt, even where one record fails", async () => {
    const { world, requests } = createWorld(() => true);
    const broken = {
      ...requests,
      getRequest: async (...[target, id, stop]: Parameters<typeof requests.getRequest>) => {
        if (id === "s1") throw outage;
        return requests.getRequest(target, id, stop);
      },
    };

    const spread = spreadBatch(batchOf(3), { ...world, requests: broken }, { lastAttempt: true }, signal);

    await expect(spread).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const records = await requests.listRequests({ limit: 10 }, signal);
    expect(records.map(({ subscription }) => subscription).toSorted()).toEqual(["s0", "s2"]);
    expect(records[0]).toMatchObject({
      status: "failed",
      error: { code: "STORE_UNAVAILABLE", message: outage.message },
    });
  });

  it("loses nothing in any outage: each is looked at, or stands on the poison queue and in its record", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_300 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
        fc.constantFrom(0, 1, 5, 60, 100),
        async (count, dice, percent) => {
          const created = createWorld(() => (dice.next().value ?? 0) < percent);
          const looked = new Set(await takeAll(batchOf(count), created));
          const { messages } = await created.memory.listPoison(signal);
          const { count: givenUp } = await created.memory.listPoison(signal);
          const poison = messages.flatMap(({ batch }) => batch?.subscriptions ?? []);
          const failed = await created.requests.listRequests({ status: ["failed"], limit: 2_000 }, signal);
          const noted = new Set(failed.map(({ subscription }) => subscription));

          for (const id of poison) expect(noted.has(id)).toBe(true);
          // The list shows 32 messages.
          if (givenUp <= 32) expect(new Set([...looked, ...poison]).size).toBe(count);
          expect(new Set([...looked, ...noted]).size).toBe(count);
          const again = await created.memory.takeUpPoison("all", signal);
          expect(again).toBe(givenUp);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a batch that is delivered twice", () => {
  let local: LocalRequests;
  afterEach(() => local.close());

  it("makes one decision for each of its subscriptions", async () => {
    local = await startLocalRequests({
      rules: `approvals:
  products:
    - product: payments-api
      rules: [{ name: everybody, approve: 'requester.status == "active"' }]
  default: {}
`,
    });
    const owner = await local.addPerson(1);
    for (const id of ids(3)) local.submit(id, owner);

    for (let delivery = 0; delivery < 2; delivery += 1)
      await spreadBatch(batchOf(3), local.world, { lastAttempt: false }, signal);
    const messages = local.queue.take();
    for (const message of messages) await lookAtRequest(message, local.world, { lastAttempt: false }, signal);

    expect(messages).toHaveLength(6);
    expect((await local.auditActions()).filter((action) => action === "approved")).toHaveLength(3);
    expect(ids(3).map((id) => local.stateOf(id)?.state)).toEqual(["active", "active", "active"]);
  });
});
