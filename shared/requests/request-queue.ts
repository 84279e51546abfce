// The queue that the Functions host hands requests out of, and the poison queue beside it, where the host puts what it
// gives up. A message only says which subscription to look at, or which ones.
import type { QueueClient, ReceivedMessageItem } from "@azure/storage-queue";
import { requestQueueName } from "../core/queue-names.ts";
import type { PoisonQueue, RequestQueue } from "../request-ports.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { inParallel } from "../storage/table-rows.ts";
import { isAbout, readRequestMessage } from "./request-message.ts";

const messagesAtOnce = 32;
// For so long nobody else sees what is being searched; a search that dies gives it back then.
const searchSeconds = 60;

type Found = { readonly item: ReceivedMessageItem; readonly wanted: boolean };

/** The host's own name for it: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#poison-messages */
export function poisonQueueName(prefix: string): string {
  return `${requestQueueName(prefix)}-poison`;
}

/** Sends JSON as it is: `messageEncoding` of the host is `none`.
 * @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from every method */
export function createRequestQueue(options: StorageOptions): RequestQueue & PoisonQueue {
  const clients = createStorageClients(options);
  const queueName = requestQueueName(options.prefix);
  const poisonName = poisonQueueName(options.prefix);

  async function sendText(text: string, delaySeconds: number, signal: AbortSignal): Promise<void> {
    const queue = await clients.queue(queueName, signal);
    await queue.sendMessage(text, { visibilityTimeout: delaySeconds, abortSignal: signal });
  }

  /** Sends first and takes off then: what is interrupted is done twice, which harms nothing. */
  async function takeUp(poison: QueueClient, item: ReceivedMessageItem, signal: AbortSignal): Promise<void> {
    const { message, batch } = readRequestMessage(item.messageText);
    const again = message ?? batch;
    if (again !== undefined) await sendText(JSON.stringify(again), 0, signal);
    await unlessStatus([404], () => poison.deleteMessage(item.messageId, item.popReceipt, { abortSignal: signal }));
  }

  return {
    async send(message, { delaySeconds = 0 }, signal) {
      await callStore("queue the request", signal, () => sendText(JSON.stringify(message), delaySeconds, signal));
    },
    async sendBatch(batch, signal) {
      await callStore("queue the requests", signal, () => sendText(JSON.stringify(batch), 0, signal));
    },
    async listPoison(signal) {
      return await callStore("list the requests that were given up", signal, async () => {
        const poison = await clients.queue(poisonName, signal);
        const [{ peekedMessageItems }, { approximateMessagesCount = 0 }] = await Promise.all([
          poison.peekMessages({ numberOfMessages: messagesAtOnce, abortSignal: signal }),
          poison.getProperties({ abortSignal: signal }),
        ]);
        const messages = peekedMessageItems.map(({ messageId, messageText, insertedOn }) => ({
          id: messageId,
          ...readRequestMessage(messageText),
          givenUpAt: insertedOn.getTime(),
        }));
        return { messages, count: Math.max(approximateMessagesCount, messages.length) };
      });
    },
    async takeUpPoison(which, signal) {
      return await callStore("take up requests that were given up", signal, async () => {
        const poison = await clients.queue(poisonName, signal);
        const found: Found[] = [];
        try {
          for await (const item of hiddenMessages(poison, signal)) found.push({ item, wanted: isWanted(item, which) });
          const wanted = found.filter((each) => each.wanted);
          await inParallel(wanted, ({ item }) => takeUp(poison, item, signal));
          return wanted.length;
        } finally {
          await showAgain(poison, found);
        }
      });
    },
  };
}

function isWanted(item: ReceivedMessageItem, which: Parameters<PoisonQueue["takeUpPoison"]>[0]): boolean {
  if (which === "all") return true;
  if ("id" in which) return item.messageId === which.id;
  return isAbout(readRequestMessage(item.messageText), which.subscription);
}

/** All messages that can be seen, which are hidden from then on. */
async function* hiddenMessages(queue: QueueClient, signal: AbortSignal): AsyncGenerator<ReceivedMessageItem> {
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages({
      numberOfMessages: messagesAtOnce,
      visibilityTimeout: searchSeconds,
      abortSignal: signal,
    });
    if (receivedMessageItems.length === 0) return;
    yield* receivedMessageItems;
  }
}

/** Gives back what was only looked through. Without an answer it comes back by itself. */
async function showAgain(queue: QueueClient, found: readonly Found[]): Promise<void> {
  const others = found.filter(({ wanted }) => !wanted);
  await inParallel(others, async ({ item }) => {
    await queue.updateMessage(item.messageId, item.popReceipt, item.messageText, 0).catch(() => undefined);
  });
}
