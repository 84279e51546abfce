// The queue that the Functions host hands runs out of. A message only names a run.
import { runQueueName } from "../core/queue-names.ts";
import type { RunQueue } from "../run-ports.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { callStore } from "../storage/store-error.ts";

/** Sends JSON as it is: `messageEncoding` of the host is `none`.
 * @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from `send` */
export function createRunQueue(options: StorageOptions): RunQueue {
  const clients = createStorageClients(options);
  const name = runQueueName(options.prefix);

  return {
    async send(message, { delaySeconds = 0 }, signal) {
      await callStore("queue the run", signal, async () => {
        const queue = await clients.queue(name, signal);
        await queue.sendMessage(JSON.stringify(message), { visibilityTimeout: delaySeconds, abortSignal: signal });
      });
    },
  };
}
