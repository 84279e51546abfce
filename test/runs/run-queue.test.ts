import { QueueClient } from "@azure/storage-queue";
import { describe, expect, it } from "vitest";
import { runQueueName } from "../../shared/core/queue-names.ts";
import { createRunQueue } from "../../shared/runs/run-queue.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { runIdAt } from "../helpers/records.ts";

const signal = new AbortController().signal;
const storage = useAzurite();

describe("createRunQueue", () => {
  it("send puts the message there as plain JSON, making the queue at first", async () => {
    const options = storage.options();
    const runs = createRunQueue(options);
    await Promise.all([
      runs.send({ runId: runIdAt(1) }, {}, signal),
      runs.send({ runId: runIdAt(2) }, { delaySeconds: 0 }, signal),
    ]);
    const queue = new QueueClient(`${options.endpoints.queue}/${runQueueName(options.prefix)}`, options.credential);
    const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 5 });
    const texts = receivedMessageItems.map((item) => item.messageText);
    expect(texts.toSorted()).toStrictEqual([`{"runId":"${runIdAt(1)}"}`, `{"runId":"${runIdAt(2)}"}`]);
  });

  it("send with a delay hides the message for that long", async () => {
    const options = storage.options();
    await createRunQueue(options).send({ runId: runIdAt(1) }, { delaySeconds: 600 }, signal);
    const queue = new QueueClient(`${options.endpoints.queue}/${runQueueName(options.prefix)}`, options.credential);
    expect((await queue.receiveMessages()).receivedMessageItems).toStrictEqual([]);
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
  });

  it("send throws STORE_UNAVAILABLE when no queue answers, and ABORTED when the signal has fired", async () => {
    const options = storage.options();
    const endpoints = { ...options.endpoints, queue: "https://127.0.0.1:1/devstoreaccount1" };
    const runs = createRunQueue({ ...options, endpoints });
    const message = { runId: runIdAt(1) };
    await expect(runs.send(message, {}, signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await expect(runs.send(message, {}, AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
  });
});
