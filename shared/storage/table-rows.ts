// Many rows at once. A transaction takes at most 100 rows of one partition, each only once.
import type { TableClient, TransactionAction } from "@azure/data-tables";
import { inTurns } from "../core/in-turns.ts";
import { unlessStatus } from "./store-error.ts";

const rowsPerTransaction = 100;
const transactionsAtOnce = 8;

export type Row = { readonly partitionKey: string; readonly rowKey: string } & Readonly<Record<string, unknown>>;

/** Writes rows, over those that are there. */
export async function upsertRows(table: TableClient, rows: readonly Row[], signal: AbortSignal): Promise<void> {
  await inParallel(transactionsOf(rows), async (chunk) => {
    const actions = chunk.map((row): TransactionAction => ["upsert", row, "Replace"]);
    await table.submitTransaction(actions, { abortSignal: signal });
  });
}

/** Deletes rows; those that are gone already do not matter. */
export async function deleteRows(table: TableClient, rows: readonly Row[], signal: AbortSignal): Promise<void> {
  await inParallel(transactionsOf(rows), async (chunk) => {
    const actions = chunk.map(({ partitionKey, rowKey }): TransactionAction => ["delete", { partitionKey, rowKey }]);
    const done = await unlessStatus([404], () => table.submitTransaction(actions, { abortSignal: signal }));
    if (done !== undefined) return;
    // One row that is gone fails the whole transaction.
    await inParallel(chunk, async ({ partitionKey, rowKey }) => {
      await unlessStatus([404], () => table.deleteEntity(partitionKey, rowKey, { abortSignal: signal }));
    });
  });
}

/** Rows of one partition, or of all, by key, at most `limit`, read in pages of up to 1,000. Keys from `storageKey` need no
 * quoting. */
export async function* listRows(
  table: TableClient,
  query: {
    readonly partitionKey?: string;
    readonly filter?: string;
    readonly limit?: number;
    readonly select?: string[];
  },
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const { partitionKey, limit = Number.POSITIVE_INFINITY, select } = query;
  const partition = partitionKey === undefined ? [] : [`PartitionKey eq '${partitionKey}'`];
  const filter = [...partition, ...(query.filter === undefined ? [] : [query.filter])].join(" and ");
  const queryOptions = { ...(filter !== "" && { filter }), ...(select && { select }) };
  const rows = table.listEntities({ queryOptions, abortSignal: signal });
  let given = 0;
  for await (const page of rows.byPage({ maxPageSize: Math.min(limit, 1000) })) {
    for (const { partitionKey: found, rowKey, ...columns } of page) {
      if (given >= limit || found === undefined || rowKey === undefined) return;
      given += 1;
      yield { ...columns, partitionKey: found, rowKey };
    }
    if (given >= limit) return;
  }
}

/** Does it for each item, a few at a time; after a failure no further item is begun.
 * @throws the first failure, after what is under way has ended: nothing is written any more when the caller hears of it */
export async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  await inTurns(items, work, transactionsAtOnce);
}

/** The rows by partition, each row once (the last one with its key), in lists that a transaction takes. */
function transactionsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const partitions = new Map<string, Map<string, Row>>();
  for (const row of rows) {
    const partition = partitions.get(row.partitionKey) ?? new Map<string, Row>();
    partitions.set(row.partitionKey, partition.set(row.rowKey, row));
  }
  return [...partitions.values()].flatMap((partition) => {
    const distinct = [...partition.values()];
    return Array.from({ length: Math.ceil(distinct.length / rowsPerTransaction) }, (_, index) =>
      distinct.slice(index * rowsPerTransaction, (index + 1) * rowsPerTransaction),
    );
  });
}
