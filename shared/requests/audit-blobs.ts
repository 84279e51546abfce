// The blobs of the audit: append blobs in a folder for each target and day, numbered, because one takes only so many
// blocks. Nothing here is ever written over or deleted.
import type { AppendBlobClient, ContainerClient } from "@azure/storage-blob";
import { type ChainEnd, chainEnd } from "../core/audit-chain.ts";
import { storageKey } from "../storage/storage-key.ts";
import { unlessStatus } from "../storage/store-error.ts";

// The end of a blob that is read to find its last line; twice as much when the line is longer.
const tailBytes = 64 * 1024;

export type AuditBlob = { readonly blob: AppendBlobClient; readonly number: number };
export type BlobState = { readonly bytes: number; readonly blocks: number };

function targetFolder(target: string): string {
  return `${storageKey(target)}/`;
}

/** The days that a target has blobs of, in order. */
export async function listDays(
  container: ContainerClient,
  target: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const days: string[] = [];
  const prefix = targetFolder(target);
  for await (const item of container.listBlobsByHierarchy("/", { prefix, abortSignal: signal })) {
    const day = /\/(\d{4}-\d\d-\d\d)\/$/.exec(item.name)?.[1];
    if (day !== undefined) days.push(day);
  }
  return days.sort();
}

/** The blobs of one day, in the order in which they were begun. */
export async function listDay(
  container: ContainerClient,
  { target, day }: { readonly target: string; readonly day: string },
  signal: AbortSignal,
): Promise<readonly AuditBlob[]> {
  const found: AuditBlob[] = [];
  const prefix = `${targetFolder(target)}${day}/`;
  for await (const { name } of container.listBlobsFlat({ prefix, abortSignal: signal })) {
    const number = /\/(\d{6})\.ndjson$/.exec(name)?.[1];
    if (number !== undefined) found.push({ blob: container.getAppendBlobClient(name), number: Number(number) });
  }
  return found.sort((a, b) => a.number - b.number);
}

/** Makes a day's blob, or finds it made. */
export async function makeBlob(
  container: ContainerClient,
  { target, day }: { readonly target: string; readonly day: string },
  number: number,
  signal: AbortSignal,
): Promise<AuditBlob> {
  const name = `${targetFolder(target)}${day}/${String(number).padStart(6, "0")}.ndjson`;
  const blob = container.getAppendBlobClient(name);
  await unlessStatus([409], () =>
    blob.create({
      conditions: { ifNoneMatch: "*" },
      blobHTTPHeaders: { blobContentType: "application/x-ndjson" },
      abortSignal: signal,
    }),
  );
  return { blob, number };
}

export async function stateOf(blob: AppendBlobClient, signal: AbortSignal): Promise<BlobState> {
  const { contentLength = 0, blobCommittedBlockCount = 0 } = await blob.getProperties({ abortSignal: signal });
  return { bytes: contentLength, blocks: blobCommittedBlockCount };
}

export async function readBytes(
  blob: AppendBlobClient,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Buffer> {
  return to <= from ? Buffer.alloc(0) : await blob.downloadToBuffer(from, to - from, { abortSignal: signal });
}

/** Where the chain ends that a blob of so many bytes holds; undefined for an empty blob. */
export async function readEnd(
  blob: AppendBlobClient,
  bytes: number,
  signal: AbortSignal,
): Promise<ChainEnd | undefined> {
  for (let size = tailBytes; ; size *= 2) {
    const from = Math.max(0, bytes - size);
    const text = (await readBytes(blob, from, bytes, signal)).toString("utf8").trimEnd();
    const start = text.lastIndexOf("\n");
    if (from === 0 || start !== -1) return text === "" ? undefined : chainEnd(text.slice(start + 1));
  }
}

/** Whole lines of the day, in order. */
export async function readLines(
  container: ContainerClient,
  place: { readonly target: string; readonly day: string },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const parts: string[] = [];
  for (const { blob } of await listDay(container, place, signal)) {
    const { bytes } = await stateOf(blob, signal);
    parts.push((await readBytes(blob, 0, bytes, signal)).toString("utf8"));
  }
  return parts.flatMap((text) => text.split("\n")).filter((line) => line !== "");
}
