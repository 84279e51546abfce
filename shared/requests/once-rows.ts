// Values that are good for one time, in a table. Whoever inserts the row has the value. A second row, sorted by expiry
// and written together with it, finds what can be forgotten without a scan.
import { createHash, randomUUID } from "node:crypto";
import type { TableClient, TransactionAction } from "@azure/data-tables";
import type { Clock } from "../ports.ts";
import type { RequestStore } from "../request-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { inParallel, listRows } from "../storage/table-rows.ts";

type Columns = { readonly [column: string]: unknown };

const pruneEveryMs = 60_000;
const prunedAtOnce = 1000;
// A transaction takes 100 rows, and a value has two.
const valuesPerTransaction = 50;

/** @throws STORE_UNAVAILABLE, ABORTED */
export function createOnceRows(
  open: (signal: AbortSignal) => Promise<TableClient>,
  clock: Pick<Clock, "now">,
): Pick<RequestStore, "takeOnce"> {
  const prunedAt = new Map<string, number>();

  async function prune(table: TableClient, partitionKey: string, now: number, signal: AbortSignal): Promise<void> {
    if (now - (prunedAt.get(partitionKey) ?? Number.NEGATIVE_INFINITY) < pruneEveryMs) return;
    prunedAt.set(partitionKey, now);
    const filter = `RowKey ge 'until-' and RowKey le 'until-${digits(now)}'`;
    const old: string[] = [];
    const query = { partitionKey, filter, limit: prunedAtOnce, select: ["PartitionKey", "RowKey"] };
    for await (const { rowKey } of listRows(table, query, signal)) old.push(rowKey);
    const forget = (untilKeys: readonly string[]) => submit(table, untilKeys.flatMap(forgetting(partitionKey)), signal);
    const chunks = Array.from({ length: Math.ceil(old.length / valuesPerTransaction) }, (_, index) =>
      old.slice(index * valuesPerTransaction, (index + 1) * valuesPerTransaction),
    );
    await inParallel(chunks, async (chunk) => {
      if (await forget(chunk)) return;
      // Somebody took one of them anew or forgot it meanwhile; both rows of a value go together or not at all.
      await inParallel(chunk, async (untilKey) => void (await forget([untilKey])));
    });
  }

  async function take(table: TableClient, value: Value, now: number, signal: AbortSignal): Promise<boolean> {
    const { taken, expiry } = value;
    const create: TransactionAction = ["create", taken];
    const expire: TransactionAction = ["upsert", expiry, "Replace"];
    if (await submit(table, [create, expire], signal)) return true;
    const known = await unlessStatus([404], () =>
      table.getEntity<Columns>(taken.partitionKey, taken.rowKey, { abortSignal: signal }),
    );
    // Forgotten a moment ago.
    if (known === undefined) return await submit(table, [create, expire], signal);
    // The client tries again when an answer gets lost, and then meets its own first try.
    if (known.writeId === taken.writeId) return true;
    if (Number(known.expiresAt) > now) return false;
    // Over, but not yet forgotten: its old expiry goes in the same moment, so that nobody forgets the new one by it.
    const [forget] = forgetting(taken.partitionKey)(untilKeyOf(Number(known.expiresAt), taken.rowKey));
    return await submit(table, [["update", taken, "Replace", { etag: known.etag }], forget, expire], signal);
  }

  return {
    async takeOnce(kind, value, keepSeconds, signal) {
      return await callStore("take a one-time value", signal, async () => {
        const table = await open(signal);
        const partitionKey = storageKey(kind);
        const now = clock.now();
        // Before the value is taken: a failure here must not use it up.
        await prune(table, partitionKey, now, signal);
        const rowKey = `value-${createHash("sha256").update(storageKey(value)).digest("hex")}`;
        const expiresAt = now + keepSeconds * 1000;
        const taken = { partitionKey, rowKey, expiresAt: String(expiresAt), writeId: randomUUID() };
        return await take(
          table,
          { taken, expiry: { partitionKey, rowKey: untilKeyOf(expiresAt, rowKey) } },
          now,
          signal,
        );
      });
    },
  };
}

type Key = { readonly partitionKey: string; readonly rowKey: string };
type Value = {
  readonly taken: Key & { readonly expiresAt: string; readonly writeId: string };
  readonly expiry: Key;
};

/** False when a row is not as it was believed to be. */
async function submit(table: TableClient, actions: TransactionAction[], signal: AbortSignal): Promise<boolean> {
  const done = await unlessStatus([404, 409, 412], () => table.submitTransaction(actions, { abortSignal: signal }));
  return done !== undefined;
}

/** The deletion of both rows of a value, by the key of its expiry. */
function forgetting(partitionKey: string): (untilKey: string) => [TransactionAction, TransactionAction] {
  return (untilKey) => [
    ["delete", { partitionKey, rowKey: untilKey }],
    ["delete", { partitionKey, rowKey: untilKey.slice(untilKeyOf(0, "").length) }],
  ];
}

function untilKeyOf(at: number, valueKey: string): string {
  return `until-${digits(at)}-${valueKey}`;
}

function digits(at: number): string {
  return String(Math.max(0, Math.floor(at))).padStart(13, "0");
}
