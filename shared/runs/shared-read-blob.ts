// Reads that serve all runs of a tick, each a compressed block blob. They hold people, so they are deleted within minutes:
// names begin with the tick, by which old ones are found.
import type { SharedReadKey } from "../core/shared-read.ts";
import type { RunStore } from "../ports.ts";
import { getGzipLines, type OpenContainer, putGzipLines } from "../storage/gzip-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { deleteOldBlobs } from "./old-details.ts";
import { createPeopleLinesReader, writePeopleLines } from "./people-lines.ts";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createSharedReadBlobs(
  open: OpenContainer,
): Pick<RunStore, "putSharedRead" | "getSharedRead" | "deleteSharedReads"> {
  return {
    async putSharedRead(key, shared, signal) {
      const lines = writePeopleLines(shared);
      await callStore("store the read for the tick", signal, () => putGzipLines(open, nameOf(key), lines, signal));
    },
    async getSharedRead(key, signal) {
      return await callStore("take the read of the tick", signal, async () => {
        const reader = createPeopleLinesReader();
        const found = await getGzipLines(open, nameOf(key), reader.take, signal);
        return found ? reader.finish() : undefined;
      });
    },
    async deleteSharedReads(before, signal) {
      await callStore("delete the reads of old ticks", signal, async () =>
        deleteOldBlobs(await open(signal), before, signal),
      );
    },
  };
}

function nameOf({ tick, name }: SharedReadKey): string {
  return `${String(tick).padStart(13, "0")}-${storageKey(name)}.jsonl.gz`;
}
