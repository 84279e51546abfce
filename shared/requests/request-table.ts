// The records of requests, in a table. A request has two rows in one partition, written in one transaction: the record,
// found by its key, and a copy in a list, newest first. What is open and what is over are two lists, so the few open
// requests are read without passing by a long history. The partitions spread a burst: each takes 2,000 rows a second.
// https://learn.microsoft.com/azure/storage/tables/scalability-targets
import { createHash, randomUUID } from "node:crypto";
import type { TableClient, TransactionAction } from "@azure/data-tables";
import { foldId } from "../core/fold.ts";
import type { RequestRecord, RequestStatus } from "../core/request.ts";
import type { RequestStore } from "../request-ports.ts";
import { packColumns, unpackColumns } from "../storage/packed-columns.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";
import { inParallel, listRows, type Row } from "../storage/table-rows.ts";

const format = "rollcall-request/1";
const partitions = 8;
const lastMs = 9_999_999_999_999;
const lists = ["open", "over"] as const;

type List = (typeof lists)[number];
type Columns = { readonly [column: string]: unknown };

const listOf: Readonly<Record<RequestStatus, List>> = {
  new: "open",
  asked: "open",
  decided: "open",
  failed: "open",
  answered: "over",
  closed: "over",
};

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createRequestTable(
  open: (signal: AbortSignal) => Promise<TableClient>,
): Pick<RequestStore, "getRequest" | "putRequest" | "listRequests"> {
  async function readRow(table: TableClient, partitionKey: string, rowKey: string, signal: AbortSignal) {
    return await unlessStatus([404], () => table.getEntity<Columns>(partitionKey, rowKey, { abortSignal: signal }));
  }

  /** False when somebody else wrote meanwhile. */
  async function write(table: TableClient, change: Change, signal: AbortSignal): Promise<boolean> {
    const { record, before, actions, left } = change;
    const submit = async (all: TransactionAction[]) =>
      (await unlessStatus([404, 409, 412], () => table.submitTransaction(all, { abortSignal: signal }))) !== undefined;
    if (await submit([...actions, ...left])) return true;
    const now = await readRow(table, record.partitionKey, record.rowKey, signal);
    // The client tries again when an answer gets lost, and then meets its own first try.
    if (now?.writeId === record.writeId) return true;
    // Nobody wrote: the copy in the list that it leaves is gone, perhaps by hand.
    return left.length > 0 && now?.etag === before?.etag && (await submit(actions));
  }

  /** The first ones of a list in one partition, as far as the limit goes. Rows come newest first, so for the oldest all
   * of them are read, and no more are kept than are wanted. */
  async function firstOf(list: List, shard: number, query: ListQuery, signal: AbortSignal): Promise<readonly Row[]> {
    const found: Row[] = [];
    const filter = [`RowKey ge '${list}-' and RowKey lt '${list}.'`, ...query.filters].join(" and ");
    const limit = query.first === "newest" ? { limit: query.limit } : {};
    const rows = listRows(await open(signal), { partitionKey: String(shard), filter, ...limit }, signal);
    for await (const row of rows) {
      found.push(row);
      if (found.length >= 2 * query.limit) found.splice(0, found.length - query.limit);
    }
    return query.first === "newest" ? found : found.slice(-query.limit);
  }

  return {
    async getRequest(target, subscription, signal) {
      return await callStore("read the request", signal, async () => {
        const { partitionKey, rowKey } = placeOf(target, subscription);
        const row = await readRow(await open(signal), partitionKey, rowKey, signal);
        if (row === undefined) return undefined;
        const value = readStored(format, await unpackColumns(row));
        return { value, version: JSON.stringify([row.etag, row.listKey]) };
      });
    },
    async putRequest(request, version, signal) {
      return await callStore("store the request", signal, async () => {
        const { partitionKey, rowKey, key } = placeOf(request.target, request.subscription);
        const listKey = `${listOf[request.status]}-${newestFirst(request.firstSeenAt)}-${key}`;
        const columns = { ...(await packColumns(writeStored(format, request))), ...shownColumns(request) };
        const record = { partitionKey, rowKey, listKey, writeId: randomUUID(), ...columns };
        const before = version === undefined ? undefined : parseVersion(version);
        const actions: TransactionAction[] = [
          before === undefined ? ["create", record] : ["update", record, "Replace", { etag: before.etag }],
          ["upsert", { partitionKey, rowKey: listKey, ...columns }, "Replace"],
        ];
        const left: TransactionAction[] =
          before === undefined || before.listKey === listKey
            ? []
            : [["delete", { partitionKey, rowKey: before.listKey }]];
        return await write(await open(signal), { record, before, actions, left }, signal);
      });
    },
    async listRequests({ target, status, limit, first = "newest" }, signal) {
      if (status?.length === 0) return [];
      return await callStore("list the requests", signal, async () => {
        const filters = [
          ...(target === undefined ? [] : [`targetKey eq '${storageKey(target)}'`]),
          ...(status === undefined ? [] : [`(${status.map((each) => `status eq '${each}'`).join(" or ")})`]),
        ];
        const wanted = lists.filter((list) => status === undefined || status.some((each) => listOf[each] === list));
        const parts = wanted.flatMap((list) => Array.from({ length: partitions }, (_, shard) => ({ list, shard })));
        const found: { readonly key: string; readonly row: Row }[] = [];
        await inParallel(parts, async ({ list, shard }) => {
          for (const row of await firstOf(list, shard, { filters, limit, first }, signal)) {
            found.push({ key: row.rowKey.slice(list.length), row });
          }
        });
        const before = first === "newest" ? -1 : 1;
        found.sort((a, b) => (a.key < b.key ? before : -before));
        return await Promise.all(
          found.slice(0, limit).map(async ({ row }) => readStored(format, await unpackColumns(row))),
        );
      });
    },
  };
}

type Change = {
  readonly record: { readonly partitionKey: string; readonly rowKey: string; readonly writeId: string };
  readonly before: { readonly etag: string } | undefined;
  readonly actions: TransactionAction[];
  /** Takes the copy out of the list where it stood before. */
  readonly left: TransactionAction[];
};

type ListQuery = {
  readonly filters: readonly string[];
  readonly limit: number;
  readonly first: "newest" | "oldest";
};

function placeOf(target: string, subscription: string): { partitionKey: string; rowKey: string; key: string } {
  // The target's key has no slash, so the two stay apart. One record for all spellings of an id.
  const key = storageKey(`${storageKey(target)}/${foldId(subscription)}`);
  const shard = createHash("sha256").update(key).digest().readUInt32BE(0) % partitions;
  return { partitionKey: String(shard), rowKey: `request-${key}`, key };
}

/** For the lists' filters, and for people who look into the table. */
function shownColumns({ target, subscription, status }: RequestRecord): Record<string, string> {
  return { targetKey: storageKey(target), status, subscription };
}

function newestFirst(at: number): string {
  return String(lastMs - Math.min(lastMs, Math.max(0, Math.floor(at)))).padStart(13, "0");
}

function parseVersion(version: string): { readonly etag: string; readonly listKey: string } {
  const parsed: unknown = JSON.parse(version);
  const [etag, listKey]: readonly unknown[] = Array.isArray(parsed) ? parsed : [];
  return { etag: String(etag), listKey: String(listKey) };
}
