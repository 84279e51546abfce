// The blobs of one target's roster: an index, and shards that bear the hash of their text in their name. The index is
// what counts: it is written after the shards that it names, and shards that it does not name are deleted after that. So
// whoever holds an index finds the people of one moment.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import { bodyOf } from "../storage/read-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { statusOf, unlessStatus } from "../storage/store-error.ts";
import { type RosterIndex, readStored, writeStored } from "../storage/stored-wire.ts";
import { inParallel } from "../storage/table-rows.ts";
import type { Shard } from "./roster-shards.ts";

const indexFormat = "rollcall-roster/1";

export type ShardKind = "workers" | "objects";
export type StoredIndex = { readonly index: RosterIndex; readonly etag: string };

function indexBlob(container: ContainerClient, target: string): BlockBlobClient {
  return container.getBlockBlobClient(`${folderOf(target)}index.json`);
}

/** Ends with a slash. */
export function folderOf(target: string): string {
  return `${storageKey(target)}/`;
}

export function shardName(target: string, kind: ShardKind, number: number, hash: string): string {
  return `${folderOf(target)}${kind}-${String(number).padStart(4, "0")}-${hash}.json.gz`;
}

/** The index; undefined where there is none. `known` when it is still the same. */
export async function readIndex(
  container: ContainerClient,
  target: string,
  known: StoredIndex | undefined,
  signal: AbortSignal,
): Promise<StoredIndex | undefined> {
  try {
    const answer = await indexBlob(container, target).download(0, undefined, {
      abortSignal: signal,
      ...(known !== undefined && { conditions: { ifNoneMatch: known.etag } }),
    });
    return { index: readStored(indexFormat, (await bodyOf(answer)).toString("utf8")), etag: answer.etag ?? "" };
  } catch (error) {
    if (statusOf(error) === 304) return known;
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** @throws STORE_UNAVAILABLE when somebody else wrote it meanwhile */
export async function writeIndex(
  container: ContainerClient,
  index: RosterIndex,
  before: StoredIndex | undefined,
  signal: AbortSignal,
): Promise<void> {
  const conditions = before === undefined ? { ifNoneMatch: "*" } : { ifMatch: before.etag };
  const text = writeStored(indexFormat, index);
  const bytes = Buffer.from(text, "utf8");
  const done = await unlessStatus([409, 412], () =>
    indexBlob(container, index.target).uploadData(bytes, {
      abortSignal: signal,
      conditions,
      blobHTTPHeaders: { blobContentType: "application/json" },
    }),
  );
  if (done !== undefined) return;
  // The client tries again when an answer gets lost, and then meets its own first try.
  const now = await readIndex(container, index.target, undefined, signal);
  if (now !== undefined && writeStored(indexFormat, now.index) === text) return;
  throw new AppError(
    "STORE_UNAVAILABLE",
    "Cannot write the roster: somebody else wrote it meanwhile, only the run that holds the target's lease was expected; the next run writes it anew",
  );
}

/** Takes the index away, if it is still this one, so that the next run writes the whole roster. */
export async function dropIndex(container: ContainerClient, target: string, { etag }: StoredIndex): Promise<void> {
  await unlessStatus([404, 412], () => indexBlob(container, target).delete({ conditions: { ifMatch: etag } }));
}

/** Writes the shards whose hash is not at its place in `present`. Gives all hashes, and how many were written. */
export async function writeShards(
  container: ContainerClient,
  place: { readonly target: string; readonly kind: ShardKind; readonly present: readonly string[] },
  shards: Iterable<Shard>,
  signal: AbortSignal,
): Promise<{ readonly hashes: readonly string[]; readonly written: number }> {
  const { target, kind, present } = place;
  const hashes: string[] = [];
  let written = 0;
  await inParallel(shards, async ({ text, hash }) => {
    const number = hashes.push(hash) - 1;
    if (present[number] === hash) return;
    const bytes = await promisify(gzip)(text);
    const blob = container.getBlockBlobClient(shardName(target, kind, number, hash));
    await blob.uploadData(bytes, { abortSignal: signal, blobHTTPHeaders: { blobContentType: "application/gzip" } });
    written += 1;
  });
  return { hashes, written };
}

/** Deletes the target's blobs for which `goes` holds. */
export async function deleteBlobs(
  container: ContainerClient,
  folder: string,
  goes: (name: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const names: string[] = [];
  for await (const { name } of container.listBlobsFlat({ prefix: folder, abortSignal: signal })) {
    if (goes(name)) names.push(name);
  }
  await inParallel(names, async (name) => {
    await unlessStatus([404], () => container.deleteBlob(name, { abortSignal: signal }));
  });
}
