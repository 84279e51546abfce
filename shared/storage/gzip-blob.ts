// Texts as compressed block blobs.
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
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
