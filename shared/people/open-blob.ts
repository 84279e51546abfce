// Opens blobs by managed identity. The ETag of the opening is demanded with each byte, so that a file that is replaced
// in the middle is never read as half of the one and half of the other.
import type { TokenCredential } from "@azure/identity";
import type { AnonymousCredential } from "@azure/storage-blob";
import { hindranceOf, hindranceText } from "../core/before-answer.ts";
import { AppError } from "../core/errors.ts";
import { abortedError } from "../http/aborted.ts";
import type { BlobAddress, OpenBlob } from "./source-deps.ts";

/** @param endpointOf address of an account's blob service, the one of Azure's public cloud by default
 * @throws (the returned function) SOURCE_UNAVAILABLE, ABORTED */
export function createOpenBlob(
  credential: TokenCredential | AnonymousCredential,
  endpointOf: (account: string) => string = (account) => `https://${account}.blob.core.windows.net`,
): OpenBlob {
  return async (address, signal) => {
    const { BlobClient } = await import("@azure/storage-blob");
    const path = [address.container, ...address.name.split("/")].map(encodeURIComponent).join("/");
    try {
      const client = new BlobClient(`${endpointOf(address.account)}/${path}`, credential);
      const { etag, contentLength, lastModified } = await client.getProperties({ abortSignal: signal });
      const conditions = etag === undefined ? {} : { ifMatch: etag };
      const answer = await client.download(0, undefined, { conditions, abortSignal: signal, maxRetryRequests: 3 });
      return {
        stream: chunksOf(answer.readableStreamBody),
        size: contentLength,
        etag,
        modifiedAt: lastModified?.getTime(),
      };
    } catch (error) {
      throw signal.aborted ? abortedError() : unavailable(address, error);
    }
  };
}

async function* chunksOf(stream: NodeJS.ReadableStream | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  if (stream === undefined) return;
  for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

function unavailable({ account, container, name }: BlobAddress, cause: unknown): AppError {
  const hindrance = hindranceOf(cause);
  const status = cause instanceof Error && "statusCode" in cause ? String(cause.statusCode) : "no status";
  const sentence =
    hindrance === undefined
      ? `the storage service answered with ${status}, expected the blob; check name, network and the role Storage Blob Data Reader`
      : hindranceText(hindrance, "the storage service");
  return new AppError("SOURCE_UNAVAILABLE", `Cannot open "blob://${account}/${container}/${name}": ${sentence}`, {
    cause,
  });
}
