// The roster in blobs of the storage account. An unchanged sync reads one small blob and writes nothing; a lookup reads
// one shard, which is remembered as long as the index names it.
import type { ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import type { Clock } from "../ports.ts";
import type { KnownWorker, Roster, RosterEntry } from "../request-ports.ts";
import { readGzipText } from "../storage/gzip-blob.ts";
import { createStorageClients, type StorageOptions } from "../storage/storage-clients.ts";
import { callStore } from "../storage/store-error.ts";
import { type RosterIndex, readStored } from "../storage/stored-wire.ts";
import {
  deleteBlobs,
  dropIndex,
  folderOf,
  readIndex,
  type StoredIndex,
  shardName,
  writeIndex,
  writeShards,
} from "./roster-blobs.ts";
import { objectShards, shardCount, shardOf, workerShards } from "./roster-shards.ts";
import { addressKey, foldObjectId } from "./roster-wire.ts";

const indexTrustedMs = 5_000;
// Facts may look so much older than they are; in return an unchanged roster is not written in every run.
const instantStepMs = 30 * 60_000;
const rememberedShards = 64;

type Kept = { readonly stored: StoredIndex | undefined; readonly readAt: number };
type Found = { readonly value: KnownWorker | undefined };

/** @throws CONFIG_INVALID for an impossible prefix; STORE_UNAVAILABLE and ABORTED from every method */
export function createAzureRoster(options: StorageOptions & { readonly clock: Pick<Clock, "now"> }): Roster {
  const clients = createStorageClients(options);
  const open = (signal: AbortSignal) => clients.container("roster", signal);
  const indexes = new Map<string, Kept>();
  const workers = createShardCache((text) => workersOf(readStored("rollcall-roster-workers/1", text)));
  const objects = createShardCache((text) => objectsOf(readStored("rollcall-roster-objects/1", text)));

  async function indexOf(container: ContainerClient, target: string, fresh: boolean, signal: AbortSignal) {
    const known = indexes.get(target);
    const now = options.clock.now();
    if (!fresh && known !== undefined && now - known.readAt < indexTrustedMs) return known.stored;
    const stored = await readIndex(container, target, known?.stored, signal);
    indexes.set(target, { stored, readAt: now });
    return stored;
  }

  /** Looks up, and once more with a fresh index when a shard is gone: the roster was written anew meanwhile. */
  async function find(target: string, signal: AbortSignal, look: Look): Promise<KnownWorker | undefined> {
    return await callStore("read the roster", signal, async () => {
      const container = await open(signal);
      for (const fresh of [false, true]) {
        const stored = await indexOf(container, target, fresh, signal);
        if (stored === undefined) return undefined;
        const found = await look(container, stored.index);
        if (found !== undefined) return found.value;
        if (fresh) await dropIndex(container, target, stored);
      }
      indexes.delete(target);
      throw new AppError(
        "STORE_UNAVAILABLE",
        "Cannot read the roster: a part of it is gone from the storage account, blobs that only Rollcall deletes were expected; the next run of the target writes it anew",
      );
    });
  }

  async function inWorkers(container: ContainerClient, index: RosterIndex, worker: string, signal: AbortSignal) {
    const number = shardOf(worker, index.workers.length);
    const name = shardName(index.target, "workers", number, index.workers[number] ?? "");
    const shard = await workers.get(name, () => readGzipText(container.getBlobClient(name), signal));
    if (shard === undefined) return undefined;
    const entry = shard.get(worker);
    return { value: entry === undefined ? undefined : { entry, readAt: index.at } } satisfies Found;
  }

  const findNamed = (target: string, key: string, signal: AbortSignal) =>
    find(target, signal, async (container, index) => {
      const number = shardOf(key, index.objects.length);
      const name = shardName(index.target, "objects", number, index.objects[number] ?? "");
      const shard = await objects.get(name, () => readGzipText(container.getBlobClient(name), signal));
      if (shard === undefined) return undefined;
      const worker = shard.get(key);
      return worker === undefined ? { value: undefined } : await inWorkers(container, index, worker, signal);
    });

  return {
    async put(target, entries, at, signal) {
      await callStore("write the roster", signal, async () => {
        const container = await open(signal);
        const before = await indexOf(container, target, true, signal);
        const present = before?.index ?? { at: 0, workers: [], objects: [] };
        const count = shardCount(entries.length, present.workers.length);
        const write = async (kind: "workers" | "objects") => {
          const shards = kind === "workers" ? workerShards(entries, count) : objectShards(entries, count);
          return await writeShards(container, { target, kind, present: present[kind] }, shards, signal);
        };
        const [workerPart, objectPart] = [await write("workers"), await write("objects")];
        const changed = workerPart.written + objectPart.written > 0 || present.workers.length !== count;
        if (before !== undefined && !changed && at - present.at < instantStepMs) return;
        const index = { target, at, workers: workerPart.hashes, objects: objectPart.hashes };
        await writeIndex(container, index, before, signal);
        indexes.delete(target);
        if (changed) await deleteUnnamed(container, index, signal);
      });
    },
    findWorker: (target, worker, signal) =>
      find(target, signal, (container, index) => inWorkers(container, index, worker, signal)),
    findObjectId: (target, objectId, signal) => findNamed(target, foldObjectId(objectId), signal),
    findAddress: (target, address, signal) => findNamed(target, addressKey(address), signal),
    async keepOnly(targets, signal) {
      return await callStore("forget rosters", signal, async () => {
        const container = await open(signal);
        const kept = new Set(targets.map(folderOf));
        const gone: string[] = [];
        for await (const item of container.listBlobsByHierarchy("/", { abortSignal: signal })) {
          if (item.kind === "prefix" && !kept.has(item.name)) gone.push(item.name);
        }
        for (const folder of gone) await deleteBlobs(container, folder, () => true, signal);
        // Whoever is gone from the storage account goes from memory as well, also when another instance took them away.
        for (const remembered of [indexes, workers, objects]) remembered.clear();
        return gone.length;
      });
    },
  };
}

/** Undefined when a shard that the index names is gone. */
type Look = (container: ContainerClient, index: RosterIndex) => Promise<Found | undefined>;

async function deleteUnnamed(container: ContainerClient, index: RosterIndex, signal: AbortSignal): Promise<void> {
  const { target } = index;
  const named = new Set([
    `${folderOf(target)}index.json`,
    ...index.workers.map((hash, number) => shardName(target, "workers", number, hash)),
    ...index.objects.map((hash, number) => shardName(target, "objects", number, hash)),
  ]);
  await deleteBlobs(container, folderOf(target), (name) => !named.has(name), signal);
}

type ShardCache<T> = {
  readonly get: (name: string, read: () => Promise<string | undefined>) => Promise<T | undefined>;
  readonly clear: () => void;
};

/** Remembers parsed shards by their name, which holds their hash; the one that was used longest ago goes first. */
function createShardCache<T>(parse: (text: string) => T): ShardCache<T> {
  const remembered = new Map<string, T>();
  return {
    async get(name, read) {
      const known = remembered.get(name);
      remembered.delete(name);
      const text = known === undefined ? await read() : undefined;
      const shard = known ?? (text === undefined ? undefined : parse(text));
      if (shard === undefined) return undefined;
      remembered.set(name, shard);
      const [oldest] = remembered.keys();
      if (remembered.size > rememberedShards && oldest !== undefined) remembered.delete(oldest);
      return shard;
    },
    clear: () => remembered.clear(),
  };
}

function workersOf(entries: readonly RosterEntry[]): ReadonlyMap<string, RosterEntry> {
  return new Map(entries.map((entry) => [entry.person.worker, entry]));
}

/** Without those that several workers have. */
function objectsOf(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const several = new Set<string>();
  for (const [objectId, worker] of pairs) {
    if (found.has(objectId)) several.add(objectId);
    found.set(objectId, worker);
  }
  for (const objectId of several) found.delete(objectId);
  return found;
}
