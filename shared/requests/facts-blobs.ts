// The facts that decisions rested on, each a blob of its own, so that they can be deleted while the audit stays.
import type { ContainerClient } from "@azure/storage-blob";
import { factsInstant } from "../core/facts.ts";
import type { RequestStore } from "../request-ports.ts";
import { readBlob } from "../storage/read-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";
import { inParallel } from "../storage/table-rows.ts";

const format = "rollcall-facts/1";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createFactsBlobs(
  open: (signal: AbortSignal) => Promise<ContainerClient>,
): Pick<RequestStore, "putFacts" | "getFacts" | "deleteFacts"> {
  return {
    async putFacts(name, facts, signal) {
      await callStore("store the facts of a decision", signal, async () => {
        const blob = (await open(signal)).getBlockBlobClient(storageKey(name));
        const bytes = Buffer.from(writeStored(format, facts), "utf8");
        await blob.uploadData(bytes, {
          abortSignal: signal,
          blobHTTPHeaders: { blobContentType: "application/json" },
        });
      });
    },
    async getFacts(name, signal) {
      return await callStore("read the facts of a decision", signal, async () => {
        const blob = (await open(signal)).getBlockBlobClient(storageKey(name));
        const bytes = await readBlob(blob, signal);
        return bytes === undefined ? undefined : readStored(format, bytes.toString("utf8"));
      });
    },
    async deleteFacts(before, needed, signal) {
      return await callStore("delete facts of old decisions", signal, async () => {
        const kept = new Set([...needed].map(storageKey));
        const container = await open(signal);
        const old: string[] = [];
        // The service lists names in order, so the first one that is young enough ends the search.
        for await (const { name } of container.listBlobsFlat({ abortSignal: signal })) {
          if ((factsInstant(name) ?? before) >= before) break;
          if (!kept.has(name)) old.push(name);
        }
        let deleted = 0;
        await inParallel(old, async (name) => {
          const gone = await unlessStatus([404], () => container.deleteBlob(name, { abortSignal: signal }));
          if (gone !== undefined) deleted += 1;
        });
        return deleted;
      });
    },
  };
}
