// The store of requests in one storage account: tables for records and one-time values, blobs for facts. Each client is
// loaded when the first method needs it.
import type { Clock } from "../ports.ts";
import type { RequestStore } from "../request-ports.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { createFactsBlobs } from "./facts-blobs.ts";
import { createOnceRows } from "./once-rows.ts";
import { createRequestTable } from "./request-table.ts";

/** @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from every method */
export function createAzureRequestStore(
  options: StorageOptions & { readonly clock: Pick<Clock, "now"> },
): RequestStore {
  const clients = createStorageClients(options);
  return {
    ...createRequestTable((signal) => clients.table("requests", signal)),
    ...createOnceRows((signal) => clients.table("once", signal), options.clock),
    ...createFactsBlobs((signal) => clients.container("facts", signal)),
  };
}
