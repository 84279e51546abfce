// The queue that the Functions host hands runs out of. A message only names a run.
import type { QueueClient } from "@azure/storage-queue";
import type { RunQueue } from "../ports.ts";
import { checkPrefix, type StorageOptions } from "../storage/storage-clients.ts";
import { callStore } from "../storage/store-error.ts";

/** The name of the queue of runs; the trigger in `functions/` reads the same one. */
export function runQueueName(prefix: string): string {
  return `${prefix}-runs`;
}

/** Sends JSON as it is: `messageEncoding` of the host is `none`.
 * @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from `send` */
export function createRunQueue(options: StorageOptions): RunQueue {
  const { credential, endpoints, prefix, tries = 5, retryDelayMs = 500 } = options;
  checkPrefix(prefix);
  let opening: Promise<QueueClient> | undefined;

  async function open(): Promise<QueueClient> {
    const { QueueClient } = await import("@azure/storage-queue");
    const queue = new QueueClient(`${endpoints.queue}/${runQueueName(prefix)}`, credential, {
      retryOptions: { maxTries: tries, retryDelayInMs: retryDelayMs, maxRetryDelayInMs: 16 * retryDelayMs },
    });
    await queue.createIfNotExists();
    return queue;
  }

  return {
    async send(message, { delaySeconds = 0 }, signal) {
      await callStore("queue the run", signal, async () => {
        opening ??= open();
        const queue = await opening.catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
        await queue.sendMessage(JSON.stringify(message), { visibilityTimeout: delaySeconds, abortSignal: signal });
      });
    },
  };
}
