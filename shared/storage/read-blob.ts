// Whole blobs, each as it was at one moment.
import { buffer } from "node:stream/consumers";
import type { BlobClient, BlobDownloadResponseParsed } from "@azure/storage-blob";
import { unlessStatus } from "./store-error.ts";

/** What stands in the blob, or undefined where there is none. In one request: the client's `downloadToBuffer` first asks
 * for the length, and cuts off what somebody wrote over it meanwhile. @throws what the service's client throws */
export async function readBlob(blob: BlobClient, signal: AbortSignal): Promise<Buffer | undefined> {
  const answer = await unlessStatus([404], () => blob.download(0, undefined, { abortSignal: signal }));
  return answer === undefined ? undefined : await bodyOf(answer);
}

/** The body of an answer to a download. @throws what the service's client throws */
export async function bodyOf({ readableStreamBody }: BlobDownloadResponseParsed): Promise<Buffer> {
  return readableStreamBody === undefined ? Buffer.alloc(0) : await buffer(readableStreamBody);
}
