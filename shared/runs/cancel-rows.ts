// Who asked that a run stop. A row of its own beside the record: the slice at work writes the record all the time and
// would write over it.
import type { TableClient } from "@azure/data-tables";
import { z } from "zod";
import type { RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";

export const cancelPartition = "cancel";
const rowSchema = z.object({ by: z.string() });

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createCancelRows(
  open: (signal: AbortSignal) => Promise<TableClient>,
): Pick<RunStore, "requestCancel" | "cancelRequestedBy"> {
  return {
    async requestCancel(runId, by, signal) {
      await callStore("ask the run to stop", signal, async () => {
        const row = { partitionKey: cancelPartition, rowKey: storageKey(runId), by };
        await (await open(signal)).upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async cancelRequestedBy(runId, signal) {
      return await callStore("see whether the run should stop", signal, async () => {
        const table = await open(signal);
        const row = await unlessStatus([404], () =>
          table.getEntity(cancelPartition, storageKey(runId), { abortSignal: signal }),
        );
        return row === undefined ? undefined : rowSchema.parse(row).by;
      });
    },
  };
}
