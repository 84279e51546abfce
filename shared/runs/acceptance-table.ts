// Who accepted which blocked plan, in a table. An acceptance is used once: the run whose name
// stands in the row has it.
import type { TableClient } from "@azure/data-tables";
import type { Acceptance, RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

export const acceptanceFormat = "rollcall-acceptance/1";

type Key = { readonly partitionKey: string; readonly rowKey: string };
type StoredRow = { readonly acceptance: Acceptance; readonly takenBy?: unknown; readonly etag: string };

async function read(table: TableClient, key: Key, signal: AbortSignal): Promise<StoredRow | undefined> {
  const { partitionKey, rowKey } = key;
  const row = await unlessStatus([404], () => table.getEntity(partitionKey, rowKey, { abortSignal: signal }));
  return row && { acceptance: readStored(acceptanceFormat, row.json), takenBy: row.takenBy, etag: row.etag };
}

function takenFor(runId: string, row: StoredRow | undefined): Acceptance | undefined {
  return row?.takenBy === runId ? row.acceptance : undefined;
}

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
          json: writeStored(acceptanceFormat, acceptance),
        };
        await (await open(signal)).upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async takeAcceptance({ target, digest, runId }, now, signal) {
      return await callStore("take the acceptance", signal, async () => {
        const table = await open(signal);
        const key = { partitionKey: storageKey(target), rowKey: storageKey(digest) };
        const row = await read(table, key, signal);
        if (row === undefined || now >= row.acceptance.expiresAt) return undefined;
        if (row.takenBy !== undefined) return takenFor(runId, row);
        // 404 and 412: somebody else took it, or it was given anew, in between.
        const taken = await unlessStatus([404, 412], () =>
          table.updateEntity({ ...key, takenBy: runId }, "Merge", { etag: row.etag, abortSignal: signal }),
        );
        // Or this was the second try of a request whose first answer was lost.
        return taken === undefined ? takenFor(runId, await read(table, key, signal)) : row.acceptance;
      });
    },
  };
}
