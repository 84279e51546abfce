// Texts as compressed block blobs.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, createGzip, gunzip, gzip } from "node:zlib";
import type { BlobClient, ContainerClient } from "@azure/storage-blob";
import { AppError } from "../core/errors.ts";
import { readBlob } from "./read-blob.ts";
import { unlessStatus } from "./store-error.ts";

export type OpenContainer = (signal: AbortSignal) => Promise<ContainerClient>;

/** Writes the text over what was there. @throws what the service's client throws */
export async function putGzipText(open: OpenContainer, name: string, text: string, signal: AbortSignal): Promise<void> {
  const bytes = await promisify(gzip)(text);
  const blob = (await open(signal)).getBlockBlobClient(name);
  // No content encoding: an HTTP client that decompresses by itself would meet another length than announced.
  await blob.uploadData(bytes, { abortSignal: signal, blobHTTPHeaders: { blobContentType: "application/gzip" } });
}

/** The text, or undefined where there is none. @throws what the service's client throws; STORE_UNAVAILABLE when the blob
 * is damaged */
export async function getGzipText(open: OpenContainer, name: string, signal: AbortSignal): Promise<string | undefined> {
  return await readGzipText((await open(signal)).getBlockBlobClient(name), signal);
}

/** The same of a blob that is at hand. */
export async function readGzipText(blob: BlobClient, signal: AbortSignal): Promise<string | undefined> {
  const bytes = await readBlob(blob, signal);
  if (bytes === undefined) return undefined;
  try {
    return (await promisify(gunzip)(bytes)).toString("utf8");
  } catch (cause) {
    throw damaged(blob, cause);
  }
}

function isOfZlib(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

function damaged({ name, containerName }: BlobClient, cause: unknown): AppError {
  return new AppError(
    "STORE_UNAVAILABLE",
    `Cannot read the blob "${name}" of the container "${containerName}": it is damaged, a text that Rollcall compressed was expected; delete the blob, the next run writes anew what it needs`,
    { cause },
  );
}

const blockBytes = 4 * 1024 * 1024;
const chunkLength = 64 * 1024;

function* chunksOf(lines: Iterable<string>): Generator<string, void, undefined> {
  let chunk = "";
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

/** Writes the lines over what was there, piece by piece: all of them are there at once, or none. `began` is kept beside
 * them, epoch milliseconds. @throws what the service's client throws */
export async function putGzipLines(
  open: OpenContainer,
  { name, began }: { readonly name: string; readonly began: number },
  lines: Iterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const blob = (await open(signal)).getBlockBlobClient(name);
  const compressed = createGzip({ level: 1 });
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const kept = { blobHTTPHeaders: { blobContentType: "application/gzip" }, metadata: { began: String(began) } };
  try {
    await Promise.all([
      pipeline(Readable.from(chunksOf(lines)), compressed, { signal: either }),
      blob.uploadStream(compressed, blockBytes, 2, { abortSignal: either, ...kept }),
    ]);
  } catch (error) {
    stop.abort();
    throw error;
  }
}

/** Gives the lines one after the other; false where there is no such blob, or it began before the instant.
 * @throws what the service's client throws; STORE_UNAVAILABLE when the blob is damaged */
export async function getGzipLines(
  open: OpenContainer,
  { name, notBefore }: { readonly name: string; readonly notBefore: number },
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const blob = (await open(signal)).getBlockBlobClient(name);
  const known = await unlessStatus([404], () => blob.getProperties({ abortSignal: signal }));
  if (known === undefined || !(Number(known.metadata?.began) >= notBefore)) return false;
  const answer = await unlessStatus([404], () => blob.download(0, undefined, { abortSignal: signal }));
  if (answer?.readableStreamBody === undefined) return false;
  let begun = "";
  const lines = async (texts: AsyncIterable<string>) => {
    for await (const text of texts) {
      const whole = (begun + text).split("\n");
      begun = whole.pop() ?? "";
      for (const line of whole) onLine(line);
    }
  };
  try {
    await pipeline(answer.readableStreamBody, createGunzip().setEncoding("utf8"), lines, { signal });
  } catch (error) {
    throw isOfZlib(error) ? damaged(blob, error) : error;
  }
  return true;
}
