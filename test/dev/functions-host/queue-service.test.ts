// One contract for both queue services of the tests: the one in memory, and Azure Storage's over Azurite.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Azurite } from "../../../dev/azurite/azurite.ts";
import { startAzurite } from "../../../dev/azurite/azurite.ts";
import type { QueueService } from "../../../dev/functions-host/queue-service.ts";
import { createStorageQueueService } from "../../../dev/functions-host/storage-queue-service.ts";
import { testCertificate } from "../../helpers/test-certificate.ts";
import { devTokenFor } from "../key-vault/dev-token-for.ts";
import { createMemoryQueues } from "./memory-queues.ts";

let azurite: Azurite;

beforeAll(async () => {
  azurite = await startAzurite({ certificate: await testCertificate() });
});
afterAll(() => azurite.close());

const credential = {
  getToken: async () => ({
    token: await devTokenFor("https://storage.azure.com", Date.now()),
    expiresOnTimestamp: Date.now() + 3_000_000,
  }),
};

describe.each<[string, () => QueueService]>([
  ["in memory", () => createMemoryQueues(Date.now)],
  ["over Azurite", () => createStorageQueueService({ url: azurite.queue, credential })],
])("the queue service %s", (_name, create) => {
  it("has nothing in a queue that does not exist", async () => {
    const service = create();

    expect(await service.receive("missing", { count: 2, invisibleSeconds: 600 })).toEqual([]);
    expect(await service.count("missing")).toBe(0);
    expect(await service.setVisibility("missing", { id: "x", popReceipt: "y" }, 1)).toBeUndefined();
    expect(await service.remove("missing", { id: "x", popReceipt: "y" })).toBe(false);
  });

  it("hides what was received, counts it still, and removes it", async () => {
    const service = create();
    const text = '{"name":"<Jörg & Søn>"}';
    await service.send("first", text);

    const [message] = await service.receive("first", { count: 2, invisibleSeconds: 600 });
    const hidden = await service.receive("first", { count: 2, invisibleSeconds: 600 });
    const counted = await service.count("first");
    const removed = await service.remove("first", { id: message?.id ?? "", popReceipt: message?.popReceipt ?? "" });

    expect(message).toMatchObject({ text, dequeueCount: 1 });
    expect(Number(message?.nextVisibleOn) - Date.now()).toBeGreaterThan(590_000);
    expect([hidden, counted, removed, await service.count("first")]).toEqual([[], 1, true, 0]);
  });

  it("takes only the newest pop receipt", async () => {
    const service = create();
    await service.send("second", "text");
    const [first] = await service.receive("second", { count: 1, invisibleSeconds: 600 });
    const id = first?.id ?? "";

    const renewed = await service.setVisibility("second", { id, popReceipt: first?.popReceipt ?? "" }, 0);
    const [again] = await service.receive("second", { count: 1, invisibleSeconds: 600 });

    expect(again).toMatchObject({ id, dequeueCount: 2 });
    expect(await service.remove("second", { id, popReceipt: renewed ?? "" })).toBe(false);
    expect(await service.setVisibility("second", { id, popReceipt: renewed ?? "" }, 5)).toBeUndefined();
    expect(await service.remove("second", { id, popReceipt: again?.popReceipt ?? "" })).toBe(true);
  });
});
