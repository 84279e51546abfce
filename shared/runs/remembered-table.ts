// What a run store remembers of targets and sources between runs, in a table: which account belongs to which worker,
// which subscriptions Rollcall suspended, and the size of each source's last complete read. Made for 75,000 workers per
// target.
import { createHash } from "node:crypto";
import type { TableClient } from "@azure/data-tables";
import type { Suspension } from "../core/left-suspended.ts";
import type { RunStore } from "../run-ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";
import { deleteRows, inParallel, listRows, upsertRows } from "../storage/table-rows.ts";

const format = "rollcall-source/1";
const sourcesPartition = "sources";
const duePartition = "due";

type RememberedTable = Pick<
  RunStore,
  | "getTargetMemory"
  | "rememberLinks"
  | "rememberSuspended"
  | "getSourceMemory"
  | "putSourceMemory"
  | "markDue"
  | "markedDue"
>;

/** Pairs of a target, spread over so many partitions by name: partitions are read side by side, and each serves at
 * most 2,000 rows a second.
 * https://learn.microsoft.com/azure/storage/tables/scalability-targets */
type Pairs = { readonly kind: string; readonly shards: number };

const linkPairs: Pairs = { kind: "links", shards: 16 };
const suspendedPairs: Pairs = { kind: "suspended", shards: 1 };

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createRememberedTable(open: (signal: AbortSignal) => Promise<TableClient>): RememberedTable {
  async function readPairs(pairs: Pairs, target: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const table = await open(signal);
    const found = new Map<string, string>();
    const shards = Array.from({ length: pairs.shards }, (_, shard) => shard);
    await inParallel(shards, async (shard) => {
      const partitionKey = partitionOf(pairs, target, shard);
      for await (const { name, value } of listRows(table, { partitionKey }, signal)) {
        if (typeof name === "string" && typeof value === "string") found.set(name, value);
      }
    });
    return found;
  }

  async function writePairs(
    pairs: Pairs,
    target: string,
    changed: ReadonlyMap<string, string | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    // The name stands in a column as well: a long one is shortened in the key.
    const rows = [...changed].map(([name, value]) => ({
      partitionKey: partitionOf(pairs, target, shardOf(pairs, name)),
      rowKey: storageKey(name),
      name,
      value,
    }));
    const kept = rows.filter((row) => row.value !== undefined);
    const forgotten = rows.filter((row) => row.value === undefined);
    const table = await open(signal);
    await upsertRows(table, kept, signal);
    await deleteRows(table, forgotten, signal);
  }

  return {
    async getTargetMemory(target, signal) {
      return await callStore("read the target's memory", signal, async () => {
        const [links, suspended] = await Promise.all([
          readPairs(linkPairs, target, signal),
          readPairs(suspendedPairs, target, signal),
        ]);
        return { links, suspended: new Map([...suspended].map(([id, text]) => [id, toSuspension(text)])) };
      });
    },
    async rememberLinks(target, links, signal) {
      await callStore("remember the target's accounts", signal, () => writePairs(linkPairs, target, links, signal));
    },
    async rememberSuspended(target, subscriptions, signal) {
      await callStore("remember the target's subscriptions", signal, () =>
        writePairs(
          suspendedPairs,
          target,
          new Map([...subscriptions].map(([id, suspension]) => [id, suspension && toText(suspension)])),
          signal,
        ),
      );
    },
    async getSourceMemory(source, signal) {
      return await callStore("read the source's memory", signal, async () => {
        const table = await open(signal);
        const row = await unlessStatus([404], () =>
          table.getEntity(sourcesPartition, storageKey(source), { abortSignal: signal }),
        );
        return row === undefined ? undefined : readStored(format, row.json);
      });
    },
    async putSourceMemory(source, memory, signal) {
      await callStore("remember the source", signal, async () => {
        const row = {
          partitionKey: sourcesPartition,
          rowKey: storageKey(source),
          json: writeStored(format, memory),
        };
        await (await open(signal)).upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async markDue(target, at, signal) {
      await callStore("mark the target due", signal, async () => {
        const row = { partitionKey: duePartition, rowKey: storageKey(target), markedAt: String(at) };
        await (await open(signal)).upsertEntity(row, "Replace", { abortSignal: signal });
      });
    },
    async markedDue(target, signal) {
      return await callStore("read whether the target is due", signal, async () => {
        const table = await open(signal);
        const row = await unlessStatus([404], () =>
          table.getEntity(duePartition, storageKey(target), { abortSignal: signal }),
        );
        return row === undefined ? undefined : Number(row.markedAt);
      });
    },
  };
}

function toText({ at, ownerId }: Suspension): string {
  return `${at} ${ownerId}`;
}

function toSuspension(text: string): Suspension {
  const [at = "", ...ownerId] = text.split(" ");
  return { at: Number(at), ownerId: ownerId.join(" ") };
}

function partitionOf({ kind }: Pairs, target: string, shard: number): string {
  return `${kind}-${storageKey(target)}-${shard}`;
}

function shardOf({ shards }: Pairs, name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % shards;
}
