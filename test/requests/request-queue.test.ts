import { QueueClient } from "@azure/storage-queue";
import { describe, expect, it } from "vitest";
import { requestQueueName } from "../../shared/core/queue-names.ts";
import type { RequestMessage } from "../../shared/request-ports.ts";
import { createRequestQueue, poisonQueueName } from "../../shared/requests/request-queue.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { describeRequestQueueContract } from "../contract/request-queue-contract.ts";
import { useAzurite } from "../helpers/azurite.ts";

const signal = new AbortController().signal;
const storage = useAzurite();
const message: RequestMessage = { target: "contoso", subscription: "s1", via: "event" };

function clientOf({ endpoints, credential }: StorageOptions, name: string): QueueClient {
  return new QueueClient(`${endpoints.queue}/${name}`, credential);
}

describeRequestQueueContract("createRequestQueue", async () => {
  const options = storage.options();
  const poison = clientOf(options, poisonQueueName(options.prefix));
  await poison.createIfNotExists();
  return {
    queue: createRequestQueue(options),
    async take() {
      const client = clientOf(options, requestQueueName(options.prefix));
      const taken: RequestMessage[] = [];
      for (;;) {
        const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 });
        if (receivedMessageItems.length === 0) return taken;
        taken.push(...receivedMessageItems.map(({ messageText }) => JSON.parse(messageText)));
      }
    },
    async giveUp(text) {
      await poison.sendMessage(text);
    },
  };
});

describe("createRequestQueue", () => {
  it("send puts the message there as plain JSON, hidden for the delay", async () => {
    const options = storage.options();
    const queue = createRequestQueue(options);
    await Promise.all([queue.send(message, {}, signal), queue.send(message, { delaySeconds: 600 }, signal)]);

    const client = clientOf(options, requestQueueName(options.prefix));
    const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 5 });
    expect(receivedMessageItems.map((item) => item.messageText)).toStrictEqual([JSON.stringify(message)]);
    expect((await client.getProperties()).approximateMessagesCount).toBe(2);
  });

  it("send throws STORE_UNAVAILABLE when no queue answers", async () => {
    const options = storage.options();
    const queue = createRequestQueue({
      ...options,
      endpoints: { ...options.endpoints, queue: "https://127.0.0.1:1/a" },
    });
    await expect(queue.send(message, {}, signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });
});
