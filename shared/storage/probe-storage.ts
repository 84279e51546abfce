// Whether the app's identity may use each service of the storage account. Deleting what is not there needs the same right
// as writing, is answered with 404, and leaves nothing behind, whenever it ends.
import type { StorageOptions } from "./storage-clients.ts";
import { callStore, unlessStatus } from "./store-error.ts";

const nobodyHasIt = "rollcall-doctor";
const tries = 3;

export type StorageProbes = Readonly<Record<"blob" | "table" | "queue", (signal: AbortSignal) => Promise<void>>>;

/** @throws (each of them) STORE_UNAVAILABLE, ABORTED */
export function createStorageProbes({ credential, endpoints, prefix }: StorageOptions): StorageProbes {
  return {
    blob: (signal) =>
      callStore("use the blob storage", signal, async () => {
        const { ContainerClient } = await import("@azure/storage-blob");
        const container = new ContainerClient(`${endpoints.blob}/${prefix}-leases`, credential, {
          retryOptions: { maxTries: tries },
        });
        await unlessStatus([404], () => container.getProperties({ abortSignal: signal }));
        await unlessStatus([404], () => container.deleteBlob(nobodyHasIt, { abortSignal: signal }));
      }),
    table: (signal) =>
      callStore("use the table storage", signal, async () => {
        const { TableClient } = await import("@azure/data-tables");
        const table = new TableClient(endpoints.table, `${prefix}runs`, credential, {
          retryOptions: { maxRetries: tries - 1 },
        });
        await unlessStatus([404], () => table.getEntity(nobodyHasIt, nobodyHasIt, { abortSignal: signal }));
        await unlessStatus([404], () => table.deleteEntity(nobodyHasIt, nobodyHasIt, { abortSignal: signal }));
      }),
    queue: (signal) =>
      callStore("use the queue storage", signal, async () => {
        const { QueueClient } = await import("@azure/storage-queue");
        const queue = new QueueClient(`${endpoints.queue}/${prefix}-runs`, credential, {
          retryOptions: { maxTries: tries },
        });
        await unlessStatus([404], () => queue.getProperties({ abortSignal: signal }));
        // The service takes a receipt that it has not given for a wrong parameter.
        await unlessStatus([400, 404], () => queue.deleteMessage(nobodyHasIt, "AAAA", { abortSignal: signal }));
      }),
  };
}
