// How a roster is cut into blobs: workers by their key, and object ids and addresses with the worker whom they name. Pure. A shard's
// text depends on nothing but who is in it, so its hash tells whether it has to be written.
import { createHash } from "node:crypto";
import type { RosterEntry } from "../request-ports.ts";
import { writeStored } from "../storage/stored-wire.ts";
import { addressKey, foldObjectId, keptEntry } from "./roster-wire.ts";

const workersFormat = "rollcall-roster-workers/1";
const objectsFormat = "rollcall-roster-objects/1";

// One lookup reads one shard: small enough to be quick, large enough that 75,000 people are not thousands of blobs.
const peoplePerShard = 300;
const mostShards = 1024;

export type Shard = { readonly text: string; readonly hash: string };

/** How many shards so many people need, a power of two. The number that there is stays until it is four times too small
 * or too large, because another number writes every shard anew. */
export function shardCount(people: number, present: number | undefined): number {
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, people / peoplePerShard)));
  const count = Math.min(mostShards, wanted);
  const fits = present !== undefined && present > 0 && count < present * 4 && present < count * 4;
  return fits ? present : count;
}

/** The shard, from 0, that a name belongs to. */
export function shardOf(name: string, count: number): number {
  return createHash("sha256").update(name, "utf8").digest().readUInt32BE(0) % count;
}

/** The shards of workers, one after the other, so that only one text is in memory at a time. */
export function* workerShards(entries: readonly RosterEntry[], count: number): Generator<Shard> {
  for (const shard of spread(entries, count, ({ person }) => person.worker)) {
    const sorted = shard.sort((a, b) => compare(a.person.worker, b.person.worker));
    yield hashed(writeStored(workersFormat, sorted.map(keptEntry)));
  }
}

/** The shards of object ids and addresses. */
export function* objectShards(entries: readonly RosterEntry[], count: number): Generator<Shard> {
  const pairs = entries.flatMap(({ person: { entraObjectId, email, worker } }) => [
    ...(entraObjectId === undefined ? [] : [[foldObjectId(entraObjectId), worker] as const]),
    ...(email === undefined ? [] : [[addressKey(email), worker] as const]),
  ]);
  for (const shard of spread(pairs, count, ([name]) => name)) {
    const sorted = shard.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
    yield hashed(writeStored(objectsFormat, sorted));
  }
}

function spread<T>(items: readonly T[], count: number, nameOf: (item: T) => string): T[][] {
  const shards = Array.from({ length: count }, (): T[] => []);
  for (const item of items) shards[shardOf(nameOf(item), count)]?.push(item);
  return shards;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function hashed(text: string): Shard {
  // 128 bits: nobody gains by making two shards alike.
  return { text, hash: createHash("sha256").update(text, "utf8").digest("hex").slice(0, 32) };
}
