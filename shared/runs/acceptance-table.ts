// Who accepted which blocked plan, in a table. An acceptance is used once: whoever deletes the row has it.
import type { TableClient } from "@azure/data-tables";
import type { RunStore } from "../ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

const format = "rollcall-acceptance/1";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createAcceptanceTable(
  open: (signal: AbortSignal) => Promise<TableClient>,
): Pick<RunStore, "putAcceptance" | "takeAcceptance"> {
  return {
    async putAcceptance(acceptance, signal) {
      await callStore("store the acceptance", signal, async () => {
        const row = {
          partitionKey: storageKey(acceptance.target),
          rowKey: storageKey(acceptance.digest),
          json: writeStored(format, acceptance),
        };
        await (await open(signal)).upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async takeAcceptance(target, digest, now, signal) {
      return await callStore("take the acceptance", signal, async () => {
        const table = await open(signal);
        const [partitionKey, rowKey] = [storageKey(target), storageKey(digest)];
        const row = await unlessStatus([404], () => table.getEntity(partitionKey, rowKey, { abortSignal: signal }));
        if (row === undefined) return undefined;
        const acceptance = readStored(format, row.json);
        // 404 and 412: somebody else took it, or it was given anew, in between.
        const taken = await unlessStatus([404, 412], () =>
          table.deleteEntity(partitionKey, rowKey, { etag: row.etag, abortSignal: signal }),
        );
        return taken !== undefined && now < acceptance.expiresAt ? acceptance : undefined;
      });
    },
  };
}
