// The records of runs, in a table. One partition holds the records, newest first; one partition per target holds only
// their ids in the same order, so that the record is written in one place and a target's runs are found without a scan.
import type { TableClient } from "@azure/data-tables";
import { AppError } from "../core/errors.ts";
import type { RunRecord } from "../core/run.ts";
import type { RunStore } from "../run-ports.ts";
import { packColumns, unpackColumns } from "../storage/packed-columns.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";
import { inParallel, listRows, type Row } from "../storage/table-rows.ts";
import { newestFirstKey } from "./run-id.ts";

const partitionKey = "run";
/** Names the runs for one worker, so that the worker can be forgotten without a search through all records. */
export const workerPartition = "worker";
const format = "rollcall-run/1";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createRunTable(
  open: (signal: AbortSignal) => Promise<TableClient>,
): Pick<RunStore, "putRun" | "replaceRun" | "getRun" | "listRuns"> {
  async function read(table: TableClient, rowKey: string, signal: AbortSignal): Promise<RunRecord | undefined> {
    const row = await unlessStatus([404], () => table.getEntity(partitionKey, rowKey, { abortSignal: signal }));
    return row === undefined ? undefined : readStored(format, await unpackColumns(row));
  }

  async function newest(limit: number, signal: AbortSignal): Promise<readonly RunRecord[]> {
    const runs: RunRecord[] = [];
    for await (const row of listRows(await open(signal), { partitionKey, limit }, signal)) {
      runs.push(readStored(format, await unpackColumns(row)));
    }
    return runs;
  }

  async function newestOf(target: string, limit: number, signal: AbortSignal): Promise<readonly RunRecord[]> {
    const table = await open(signal);
    const keys: string[] = [];
    for await (const row of listRows(table, { partitionKey: partitionOf(target), limit }, signal))
      keys.push(row.rowKey);
    const found = new Map<string, RunRecord>();
    await inParallel(keys, async (key) => {
      const run = await read(table, key, signal);
      if (run !== undefined) found.set(key, run);
    });
    return keys.flatMap((key) => found.get(key) ?? []);
  }

  return {
    async putRun(run, signal) {
      const row = await rowOf(run);
      await callStore("store the run", signal, async () => {
        const table = await open(signal);
        // The id first: an id without a record is passed over, a record without an id would not be listed.
        const idRow = { partitionKey: partitionOf(run.request.target), rowKey: row.rowKey };
        await table.upsertEntity(idRow, "Replace", { abortSignal: signal });
        if (run.slices === 0 && run.request.worker !== undefined) {
          const workerRow = { partitionKey: workerPartition, rowKey: run.id };
          await table.upsertEntity(workerRow, "Replace", { abortSignal: signal });
        }
        await table.upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async replaceRun(was, run, signal) {
      const row = await rowOf(run);
      return await callStore("store the run", signal, async () => {
        const table = await open(signal);
        const { rowKey } = row;
        const found = await unlessStatus([404], () => table.getEntity(partitionKey, rowKey, { abortSignal: signal }));
        if (found === undefined) return false;
        const now = readStored(format, await unpackColumns(found));
        if (writeStored(format, now) !== writeStored(format, was)) return false;
        // 404 and 412: somebody else wrote or deleted it in between.
        const replaced = await unlessStatus([404, 412], () =>
          table.updateEntity(row, "Replace", { etag: found.etag, abortSignal: signal }),
        );
        return replaced !== undefined;
      });
    },
    async getRun(id, signal) {
      const rowKey = newestFirstKey(id);
      if (rowKey === undefined) return undefined;
      return await callStore("read the run", signal, async () => read(await open(signal), rowKey, signal));
    },
    async listRuns({ target, limit }, signal) {
      return await callStore("list the runs", signal, () =>
        target === undefined ? newest(limit, signal) : newestOf(target, limit, signal),
      );
    },
  };
}

/** @throws BUG for an id that no run has */
async function rowOf(run: RunRecord): Promise<Row> {
  const rowKey = newestFirstKey(run.id);
  if (rowKey === undefined) {
    throw new AppError("BUG", `Cannot store the run: its id is "${run.id}", an id from createRunId was expected`);
  }
  const { status, request } = run;
  const packed = await packColumns(writeStored(format, run));
  // The columns beside the record are for people who look into the table.
  return { partitionKey, rowKey, runId: run.id, target: request.target, status, ...packed };
}

function partitionOf(target: string): string {
  return `target-${storageKey(target)}`;
}
