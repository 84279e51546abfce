// Who claimed which address when everybody was last read: one compressed blob for each target, written over by each
// whole read. Digests alone stand in it.
import type { RunStore } from "../run-ports.ts";
import { getGzipText, type OpenContainer, putGzipText } from "../storage/gzip-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

const format = "rollcall-claims/1";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createClaimsBlobs(open: OpenContainer): Pick<RunStore, "putClaims" | "getClaims"> {
  return {
    async putClaims(target, claims, signal) {
      const text = writeStored(format, claims);
      await callStore("store the claimed addresses", signal, () => putGzipText(open, nameOf(target), text, signal));
    },
    async getClaims(target, signal) {
      return await callStore("read the claimed addresses", signal, async () => {
        const text = await getGzipText(open, nameOf(target), signal);
        return text === undefined ? undefined : readStored(format, text);
      });
    },
  };
}

function nameOf(target: string): string {
  return `${storageKey(target)}.json.gz`;
}
