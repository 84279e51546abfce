// Forgets who was meant by old runs for one worker, and deletes rows that nobody reads any more: of acceptances, and of who
// asked that a run stop. The records stay, with their counts and with who asked for, accepted or stopped the run.
import type { TableClient } from "@azure/data-tables";
import { forgottenWorker, isOpen } from "../core/run.ts";
import type { RunStore } from "../run-ports.ts";
import { callStore } from "../storage/store-error.ts";
import { readStored } from "../storage/stored-wire.ts";
import { deleteRows, listRows, type Row } from "../storage/table-rows.ts";
import { acceptanceFormat } from "./acceptance-table.ts";
import { cancelPartition } from "./cancel-rows.ts";
import { askedAt } from "./run-id.ts";
import { workerPartition } from "./run-table.ts";

type Open = (signal: AbortSignal) => Promise<TableClient>;

/** Rows whose keys are names of runs, the oldest first, so that the first one that is young enough ends the search. */
async function oldRows(table: TableClient, partitionKey: string, before: number, signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of listRows(table, { partitionKey }, signal)) {
    if (askedAt(row.rowKey) >= before) break;
    rows.push(row);
  }
  return rows;
}

/** Deletes what is older than the instant, epoch milliseconds, and gives how many rows went.
 * @throws STORE_UNAVAILABLE, ABORTED */
export function createOldRows(
  open: { readonly runs: Open; readonly acceptances: Open },
  records: Pick<RunStore, "getRun" | "replaceRun">,
): (before: number, signal: AbortSignal) => Promise<number> {
  /** Whether the record names its worker no longer. One that somebody writes just now has its turn at the next look. */
  async function forgetWorker(runId: string, signal: AbortSignal): Promise<boolean> {
    const run = await records.getRun(runId, signal);
    if (run === undefined) return true;
    if (isOpen(run)) return false;
    return records.replaceRun(run, { ...run, request: { ...run.request, worker: forgottenWorker } }, signal);
  }

  return async (before, signal) =>
    callStore("delete rows of old runs", signal, async () => {
      const runs = await open.runs(signal);
      const gone = await oldRows(runs, cancelPartition, before, signal);
      for (const row of await oldRows(runs, workerPartition, before, signal)) {
        if (await forgetWorker(row.rowKey, signal)) gone.push(row);
      }
      await deleteRows(runs, gone, signal);

      const acceptances = await open.acceptances(signal);
      const expired: Row[] = [];
      for await (const row of listRows(acceptances, {}, signal)) {
        if (readStored(acceptanceFormat, row.json).expiresAt < before) expired.push(row);
      }
      await deleteRows(acceptances, expired, signal);
      return gone.length + expired.length;
    });
}
