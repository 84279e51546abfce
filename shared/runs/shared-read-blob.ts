// Reads that serve all runs of a tick, each a compressed block blob. They hold people, so they are deleted within minutes:
// names begin with the tick, by which old ones are found.
import { sharedReadName } from "../core/shared-read.ts";
import type { RunStore } from "../run-ports.ts";
import { getGzipLines, type OpenContainer, putGzipLines } from "../storage/gzip-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { deleteOldBlobs } from "./old-details.ts";
import { createPeopleLinesReader, writePeopleLines } from "./people-lines.ts";

/** Of the blobs that are leased for reading, one for each read. */
const leasePrefix = storageKey("read/");

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createSharedReadBlobs(open: {
  readonly reads: OpenContainer;
  readonly leases: OpenContainer;
}): Pick<RunStore, "putSharedRead" | "getSharedRead" | "deleteSharedReads"> {
  return {
    async putSharedRead(key, shared, signal) {
      const blob = { name: nameOf(key), began: shared.at };
      const lines = writePeopleLines(shared);
      await callStore("store the read for the tick", signal, () => putGzipLines(open.reads, blob, lines, signal));
    },
    async getSharedRead(key, notBefore, signal) {
      return await callStore("take the read of the tick", signal, async () => {
        const reader = createPeopleLinesReader();
        const found = await getGzipLines(open.reads, { name: nameOf(key), notBefore }, reader.take, signal);
        return found ? reader.finish() : undefined;
      });
    },
    async deleteSharedReads(before, signal) {
      await callStore("delete the reads of old ticks", signal, async () => {
        await deleteOldBlobs(await open.reads(signal), { before }, signal);
        await deleteOldBlobs(await open.leases(signal), { before, prefix: leasePrefix }, signal);
      });
    },
  };
}

function nameOf(key: Parameters<typeof sharedReadName>[0]): string {
  return `${storageKey(sharedReadName(key))}.jsonl.gz`;
}
