// The plans of runs and what their sources have wrong, each a compressed block blob: a plan of 75,000 changes does not fit
// into a row. Names begin with the run's id, by which old ones are found and deleted.

import type { RunStore } from "../run-ports.ts";
import { getGzipText, type OpenContainer, putGzipText } from "../storage/gzip-blob.ts";
import { storageKey } from "../storage/storage-key.ts";
import { callStore } from "../storage/store-error.ts";
import { readStored, writeStored } from "../storage/stored-wire.ts";

/** @throws STORE_UNAVAILABLE, ABORTED, from every method */
export function createPlanBlobs(
  open: OpenContainer,
): Pick<RunStore, "putPlan" | "getPlan" | "putProblems" | "getProblems"> {
  return {
    async putPlan(runId, plan, signal) {
      const text = writeStored("rollcall-plan-file/1", plan);
      await callStore("store the plan", signal, () => putGzipText(open, planName(runId), text, signal));
    },
    async getPlan(runId, signal) {
      return await callStore("read the plan", signal, async () => {
        const text = await getGzipText(open, planName(runId), signal);
        return text === undefined ? undefined : readStored("rollcall-plan-file/1", text);
      });
    },
    async putProblems(runId, report, signal) {
      const text = writeStored("rollcall-problems/1", report);
      await callStore("store the problems", signal, () => putGzipText(open, problemsName(runId), text, signal));
    },
    async getProblems(runId, signal) {
      return await callStore("read the problems", signal, async () => {
        const text = await getGzipText(open, problemsName(runId), signal);
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
