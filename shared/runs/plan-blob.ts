// The plans of runs and what their sources have wrong, each a compressed block blob: a plan of 75,000 changes does not fit
// into a row. Names begin with the run's id, by which old ones are found and deleted.

import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { ContainerClient } from "@azure/storage-blob";
import type { RunStore } from "../ports.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore, unlessStatus } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

type Open = (signal: AbortSignal) => Promise<ContainerClient>;

async function putText(open: Open, name: string, text: string, signal: AbortSignal): Promise<void> {
  const bytes = await promisify(gzip)(text);
  const blob = (await open(signal)).getBlockBlobClient(name);
  // No content encoding: an HTTP client that decompresses by itself would meet another length than announced.
  await blob.uploadData(bytes, { abortSignal: signal, blobHTTPHeaders: { blobContentType: "application/gzip" } });
}

async function getText(open: Open, name: string, signal: AbortSignal): Promise<string | undefined> {
  const blob = (await open(signal)).getBlockBlobClient(name);
  const bytes = await unlessStatus([404], () => blob.downloadToBuffer(0, undefined, { abortSignal: signal }));
  return bytes === undefined ? undefined : (await promisify(gunzip)(bytes)).toString("utf8");
}

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createPlanBlobs(open: Open): Pick<RunStore, "putPlan" | "getPlan" | "putProblems" | "getProblems"> {
  return {
    async putPlan(runId, plan, signal) {
      const text = writeStored("rollcall-plan-file/1", plan);
      await callStore("store the plan", signal, () => putText(open, planName(runId), text, signal));
    },
    async getPlan(runId, signal) {
      return await callStore("read the plan", signal, async () => {
        const text = await getText(open, planName(runId), signal);
        return text === undefined ? undefined : readStored("rollcall-plan-file/1", text);
      });
    },
    async putProblems(runId, report, signal) {
      const text = writeStored("rollcall-problems/1", report);
      await callStore("store the problems", signal, () => putText(open, problemsName(runId), text, signal));
    },
    async getProblems(runId, signal) {
      return await callStore("read the problems", signal, async () => {
        const text = await getText(open, problemsName(runId), signal);
        return text === undefined ? undefined : readStored("rollcall-problems/1", text);
      });
    },
  };
}

function planName(runId: string): string {
  return `${storageKey(runId)}.json.gz`;
}

function problemsName(runId: string): string {
  return `${storageKey(runId)}.problems.json.gz`;
}
