// Azure Storage queues (or Azurite's) as the host's queue service.

import type { TokenCredential } from "@azure/identity";
import type { AnonymousCredential, QueueClient, StorageSharedKeyCredential } from "@azure/storage-queue";
import { newPipeline, QueueServiceClient, RestError } from "@azure/storage-queue";
import type { QueueMessage, QueueService } from "./queue-service.ts";

export type StorageQueueServiceOptions = {
  /** For example https://127.0.0.1:10001/devstoreaccount1. Its certificate must be trusted by the process. */
  readonly url: string;
  readonly credential: TokenCredential | StorageSharedKeyCredential | AnonymousCredential;
};

/** The queues of one account. Connections are kept open between polls. */
export function createStorageQueueService({ url, credential }: StorageQueueServiceOptions): QueueService {
  const service = new QueueServiceClient(url, newPipeline(credential, { keepAliveOptions: { enable: true } }));

  return {
    async receive(queue, { count, invisibleSeconds }) {
      const options = { numberOfMessages: count, visibilityTimeout: invisibleSeconds };
      const response = await orWhenGone(() => service.getQueueClient(queue).receiveMessages(options), undefined);
      return (response?.receivedMessageItems ?? []).map(
        (item): QueueMessage => ({
          id: item.messageId,
          popReceipt: item.popReceipt,
          text: item.messageText,
          dequeueCount: item.dequeueCount,
          insertedOn: item.insertedOn,
          expiresOn: item.expiresOn,
          nextVisibleOn: item.nextVisibleOn,
        }),
      );
    },
    setVisibility: (queue, { id, popReceipt }, seconds) =>
      orWhenGone(
        async () => (await service.getQueueClient(queue).updateMessage(id, popReceipt, undefined, seconds)).popReceipt,
        undefined,
      ),
    remove: (queue, { id, popReceipt }) =>
      orWhenGone(async () => {
        await service.getQueueClient(queue).deleteMessage(id, popReceipt);
        return true;
      }, false),
    send: (queue, text) => sendOrCreate(service.getQueueClient(queue), text),
    count: (queue) =>
      orWhenGone(async () => (await service.getQueueClient(queue).getProperties()).approximateMessagesCount ?? 0, 0),
  };
}

async function sendOrCreate(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text);
  } catch (error) {
    if (!isGone(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text);
  }
}

async function orWhenGone<T, U>(call: () => Promise<T>, fallback: U): Promise<T | U> {
  try {
    return await call();
  } catch (error) {
    if (isGone(error)) return fallback;
    throw error;
  }
}

// QueueNotFound, MessageNotFound, and a pop receipt that somebody else's receive has replaced.
function isGone(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === 404 || error.code === "PopReceiptMismatch");
}
