// Texts as compressed block blobs.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, createGzip, gunzip, gzip } from "node:zlib";
import type { ContainerClient } from "@azure/storage-blob";
import { unlessStatus } from "./store-error.ts";

export type OpenContainer = (signal: AbortSignal) => Promise<ContainerClient>;

/** Writes the text over what was there. @throws what the service's client throws */
export async function putGzipText(open: OpenContainer, name: string, text: string, signal: AbortSignal): Promise<void> {
  const bytes = await promisify(gzip)(text);
  const blob = (await open(signal)).getBlockBlobClient(name);
  // No content encoding: an HTTP client that decompresses by itself would meet another length than announced.
  await blob.uploadData(bytes, { abortSignal: signal, blobHTTPHeaders: { blobContentType: "application/gzip" } });
}

/** The text, or undefined where there is none. @throws what the service's client throws */
export async function getGzipText(open: OpenContainer, name: string, signal: AbortSignal): Promise<string | undefined> {
  const blob = (await open(signal)).getBlockBlobClient(name);
  const bytes = await unlessStatus([404], () => blob.downloadToBuffer(0, undefined, { abortSignal: signal }));
  return bytes === undefined ? undefined : (await promisify(gunzip)(bytes)).toString("utf8");
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
 * @throws what the service's client throws */
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
  await pipeline(
    answer.readableStreamBody,
    createGunzip().setEncoding("utf8"),
    async (texts: AsyncIterable<string>) => {
      for await (const text of texts) {
        const lines = (begun + text).split("\n");
        begun = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      }
    },
    { signal },
  );
  return true;
}
