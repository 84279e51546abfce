// The one writer of a run's journal: append blobs, numbered, each holding whole lines. Whoever begins to write starts
// a blob of their own and seals the one before. A block is appended only where the writer believes the blob to end, so
// a writer that was replaced fails at its next block instead of writing into a run that somebody else has taken over.
import type { AppendBlobClient, ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import { statusOf, unlessStatus } from "../storage/store-error.ts";
import { sealLine } from "../storage/stored-wire.ts";

const startTries = 5;

type Segment = { readonly blob: AppendBlobClient; readonly number: number; position: number; blocks: number };

/** Gives the function that appends one block to the journal in that folder. The blobs are made at the first block, and
 * a new one after `blocksPerBlob`; the service allows 50,000.
 * @throws STORE_UNAVAILABLE when another writer has taken over; the storage client's errors */
export function createJournalWriter(options: {
  readonly container: ContainerClient;
  readonly folder: string;
  readonly blocksPerBlob: number;
}): (block: Uint8Array, signal: AbortSignal) => Promise<void> {
  const { container, folder, blocksPerBlob } = options;
  let segment: Segment | undefined;

  async function begin(signal: AbortSignal): Promise<Segment> {
    for (let turn = 0; turn < startTries; turn += 1) {
      const last = (await listSegments(container, folder, signal)).at(-1);
      if (last !== undefined) await seal(last.name, signal);
      const made = await make(last === undefined ? 1 : last.number + 1, signal);
      if (made !== undefined) return made;
    }
    throw replacedError();
  }

  async function seal(name: string, signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(sealLine, "utf8");
    await container.getAppendBlobClient(name).appendBlock(bytes, bytes.length, { abortSignal: signal });
  }

  /** undefined when somebody else has just made it. */
  async function make(number: number, signal: AbortSignal): Promise<Segment | undefined> {
    const blob = container.getAppendBlobClient(segmentName(folder, number));
    const made = await unlessStatus([409], () =>
      blob.create({
        conditions: { ifNoneMatch: "*" },
        blobHTTPHeaders: { blobContentType: "application/x-ndjson" },
        abortSignal: signal,
      }),
    );
    return made === undefined ? undefined : { blob, number, position: 0, blocks: 0 };
  }

  async function next(full: Segment, signal: AbortSignal): Promise<Segment> {
    const made = await make(full.number + 1, signal);
    if (made === undefined) throw replacedError();
    return made;
  }

  return async (block, signal) => {
    if (segment === undefined) segment = await begin(signal);
    else if (segment.blocks >= blocksPerBlob) segment = await next(segment, signal);
    await appendBlock(segment, block, signal);
    segment.position += block.length;
    segment.blocks += 1;
  };
}

export type SegmentInfo = { readonly name: string; readonly number: number; readonly bytes: number };

/** The blobs of a journal in the order in which they were begun. */
export async function listSegments(
  container: ContainerClient,
  folder: string,
  signal: AbortSignal,
): Promise<readonly SegmentInfo[]> {
  const segments: SegmentInfo[] = [];
  for await (const { name, properties } of container.listBlobsFlat({ prefix: `${folder}/`, abortSignal: signal })) {
    const number = /\/(\d{6})\.ndjson$/.exec(name)?.[1];
    if (number !== undefined) segments.push({ name, number: Number(number), bytes: properties.contentLength ?? 0 });
  }
  return segments.sort((a, b) => a.number - b.number);
}

function segmentName(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(6, "0")}.ndjson`;
}

async function appendBlock({ blob, position }: Segment, block: Uint8Array, signal: AbortSignal): Promise<void> {
  try {
    const conditions = { appendPosition: position };
    await blob.appendBlock(block, block.length, { conditions, abortSignal: signal });
  } catch (error) {
    if (statusOf(error) !== 412) throw error;
    // The client tries again when an answer gets lost, and then meets its own first try.
    if (!(await holds(blob, position, block, signal))) throw replacedError(error);
  }
}

async function holds(
  blob: AppendBlobClient,
  position: number,
  block: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const { contentLength = 0 } = await blob.getProperties({ abortSignal: signal });
  if (contentLength < position + block.length) return false;
  return (await blob.downloadToBuffer(position, block.length, { abortSignal: signal })).equals(block);
}

function replacedError(cause?: unknown): AppError {
  return new AppError(
    "STORE_UNAVAILABLE",
    "Cannot write the run's journal: another writer has taken it over, only one was expected; this slice has to stop",
    { cause },
  );
}
