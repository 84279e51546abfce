// The state of runs in one storage account: tables for rows, block blobs for plans, append blobs for journals, blob
// leases. Each client is loaded when the first method needs it.
import type { Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { createAcceptanceTable } from "./acceptance-table.ts";
import { createAppliedTable } from "./applied-table.ts";
import { createCancelRows } from "./cancel-rows.ts";
import { createClaimsBlobs } from "./claims-blob.ts";
import { createLeaseBlobs } from "./lease-blob.ts";
import { createOldDetails } from "./old-details.ts";
import { createOldRows } from "./old-rows.ts";
import { createOutcomeLog } from "./outcome-log.ts";
import { createPlanBlobs } from "./plan-blob.ts";
import { createRememberedTable } from "./remembered-table.ts";
import { createRunTable } from "./run-table.ts";
import { createSharedReadBlobs } from "./shared-read-blob.ts";

/** The run store in a storage account. Its identity needs the roles Storage Blob, Table and Queue Data Contributor.
 * @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from every method */
export function createAzureRunStore(options: StorageOptions & { readonly clock: Pick<Clock, "now"> }): RunStore {
  const clients = createStorageClients(options);
  const runs = (signal: AbortSignal) => clients.table("runs", signal);
  const acceptances = (signal: AbortSignal) => clients.table("acceptances", signal);
  const runTable = createRunTable(runs);
  const oldDetails = createOldDetails([
    (signal) => clients.container("plans", signal),
    (signal) => clients.container("journal", signal),
  ]);
  const deleteOldRows = createOldRows({ runs, acceptances }, runTable);
  return {
    ...runTable,
    ...createPlanBlobs((signal) => clients.container("plans", signal)),
    ...createCancelRows(runs),
    ...createAcceptanceTable(acceptances),
    ...createAppliedTable((signal) => clients.table("applied", signal), options.clock),
    ...createClaimsBlobs((signal) => clients.container("claims", signal)),
    ...createSharedReadBlobs({
      reads: (signal) => clients.container("reads", signal),
      leases: (signal) => clients.container("leases", signal),
    }),
    ...createRememberedTable((signal) => clients.table("memory", signal)),
    ...createOutcomeLog({ open: (signal) => clients.container("journal", signal) }),
    ...createLeaseBlobs((signal) => clients.container("leases", signal)),
    deleteDetails: async (before, signal) =>
      (await oldDetails.deleteDetails(before, signal)) + (await deleteOldRows(before, signal)),
  };
}
