// The changes that were applied to each target within the last days, in a table: the window that the limits count in.
// A partition per target, rows by time.

import { createHash } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { AppliedChange } from "../core/guard.ts";
import type { Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";
import { deleteRows, listRows, type Row, upsertRows } from "../storage/table-rows.ts";

const format = "rollcall-applied/1";
const keptMs = 48 * 60 * 60 * 1000;
// What one reading deletes of the rows that nobody needs any more; the rest waits for the next one.
const prunedAtOnce = 1000;

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createAppliedTable(
  open: (signal: AbortSignal) => Promise<TableClient>,
  clock: Pick<Clock, "now">,
): Pick<RunStore, "appliedSince" | "recordApplied"> {
  async function prune(table: TableClient, partitionKey: string, before: number, signal: AbortSignal): Promise<void> {
    const old: Row[] = [];
    const query = {
      partitionKey,
      filter: `RowKey lt '${timeKey(before)}'`,
      limit: prunedAtOnce,
      select: ["PartitionKey", "RowKey"],
    };
    for await (const row of listRows(table, query, signal)) old.push(row);
    await deleteRows(table, old, signal);
  }

  return {
    async appliedSince(target, since, signal) {
      return await callStore("read the applied changes", signal, async () => {
        const table = await open(signal);
        const partitionKey = storageKey(target);
        const changes: AppliedChange[] = [];
        const query = { partitionKey, filter: `RowKey ge '${timeKey(since)}'` };
        for await (const row of listRows(table, query, signal)) changes.push(readStored(format, row.json));
        await prune(table, partitionKey, Math.min(since, clock.now() - keptMs), signal);
        return changes;
      });
    },
    async recordApplied(target, changes, signal) {
      await callStore("record the applied changes", signal, async () => {
        const partitionKey = storageKey(target);
        const rows = changes.map((change) => ({
          partitionKey,
          rowKey: `${timeKey(change.at)}-${nameOf(change)}`,
          json: writeStored(format, change),
        }));
        await upsertRows(await open(signal), rows, signal);
      });
    },
  };
}

/** Sorts as the instant does. */
function timeKey(at: number): string {
  return String(Math.max(0, at)).padStart(13, "0");
}

/** The same for the same change of the same run, so that recording it again adds nothing. */
function nameOf({ runId, kind, key }: AppliedChange): string {
  return createHash("sha256")
    .update(JSON.stringify([runId, kind, key]))
    .digest("hex")
    .slice(0, 32);
}
