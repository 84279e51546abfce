// Forgets what old runs planned and did: plans and journals name people, so they are kept only for a while.
import type { ContainerClient } from "@azure/storage-blob";
import type { RunStore } from "../run-ports.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { askedAt } from "./run-id.ts";

/** Deletes the blobs whose names, after the prefix, begin with an earlier instant. Gives how many. One that is leased stays. */
export async function deleteOldBlobs(
  container: ContainerClient,
  { before, prefix = "" }: { readonly before: number; readonly prefix?: string },
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  // The service lists names in order, so the first one that is young enough ends the search.
  for await (const { name } of container.listBlobsFlat({ prefix, abortSignal: signal })) {
    if (askedAt(name.slice(prefix.length)) >= before) break;
    const gone = await unlessStatus([404, 412], () => container.deleteBlob(name, { abortSignal: signal }));
    if (gone !== undefined) deleted += 1;
  }
  return deleted;
}

/** @throws STORE_UNAVAILABLE, ABORTED */
export function createOldDetails(
  open: readonly ((signal: AbortSignal) => Promise<ContainerClient>)[],
): Pick<RunStore, "deleteDetails"> {
  return {
    async deleteDetails(before, signal) {
      return await callStore("delete details of old runs", signal, async () => {
        let deleted = 0;
        for (const openContainer of open)
          deleted += await deleteOldBlobs(await openContainer(signal), { before }, signal);
        return deleted;
      });
    },
  };
}
