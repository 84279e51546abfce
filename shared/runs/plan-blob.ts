// The plans of runs, each a compressed block blob: a plan of 75,000 changes does not fit into a row.

import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { ContainerClient } from "@azure/storage-blob";
import type { RunStore } from "../ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

const format = "rollcall-plan-file/1";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createPlanBlobs(
  open: (signal: AbortSignal) => Promise<ContainerClient>,
): Pick<RunStore, "putPlan" | "getPlan"> {
  return {
    async putPlan(runId, plan, signal) {
      await callStore("store the plan", signal, async () => {
        const bytes = await promisify(gzip)(writeStored(format, plan));
        const blob = (await open(signal)).getBlockBlobClient(nameOf(runId));
        // No content encoding: an HTTP client that decompresses by itself would meet another length than announced.
        await blob.uploadData(bytes, { abortSignal: signal, blobHTTPHeaders: { blobContentType: "application/gzip" } });
      });
    },
    async getPlan(runId, signal) {
      return await callStore("read the plan", signal, async () => {
        const blob = (await open(signal)).getBlockBlobClient(nameOf(runId));
        const bytes = await unlessStatus([404], () => blob.downloadToBuffer(0, undefined, { abortSignal: signal }));
        if (bytes === undefined) return undefined;
        return readStored(format, (await promisify(gunzip)(bytes)).toString("utf8"));
      });
    },
  };
}

function nameOf(runId: string): string {
  return `${storageKey(runId)}.json.gz`;
}
