// The second half of a run: the plan is applied, the journal and the ledger are kept, the next slice is asked for.
import { changeId } from "../core/change.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Plan } from "../core/plan.ts";
import type { RunRecord } from "../core/run.ts";
import { apply } from "./apply.ts";
import { markChanges } from "./changes-between.ts";
import { requestRun } from "./request-run.ts";
import { createRunLedger } from "./run-ledger.ts";
import { askForNextSlice, type Planned, type Slice, save } from "./slice.ts";
import { watchCancel } from "./watch-cancel.ts";

export type Applied = { readonly status: "done" | "continues"; readonly run: RunRecord };

/** Applies what is left of the plan until it is done or the slice's time is up.
 * @throws what would meet every other change as well */
export async function applyStage({ run, plan, idsMayBeTaken }: Planned, slice: Slice): Promise<Applied> {
  const { world, target, options, log, signal } = slice;
  const { clock, store } = world;
  const journal = run.slices > 1 || run.request.accept !== undefined ? await store.getOutcomes(run.id, signal) : [];
  const done = new Map(journal.map((outcome) => [outcome.id, outcome]));
  const ledger = createRunLedger(run, plan.changes, journal, { clock, store, retries: target.retries }, signal);
  const deadline = slice.startedAt + options.sliceMs;
  const cancel = watchCancel(run.id, { clock, store, log }, signal);
  let count = plan.changes.filter((change) => done.has(changeId(change))).length;
  const input = {
    runId: run.id,
    changes: plan.changes,
    done,
    maxConcurrency: target.maxConcurrency,
    shouldStop: () => cancel.requestedBy() !== undefined || clock.now() >= deadline,
    onOutcome: (outcome: Outcome) => {
      ledger.add(outcome);
      count += 1;
      options.onProgress?.(count, plan.changes.length);
    },
  };
  let result: "finished" | "stopped";
  try {
    const { policy, apim } = target;
    result = await apply(input, { policy, apim, clock, store, log, idsMayBeTaken }, signal);
  } catch (error) {
    // What was done is counted even when the slice dies; a second failure here would hide the first.
    await ledger.close(signal.aborted ? slice.closing() : signal).catch(() => undefined);
    throw error;
  } finally {
    await cancel.stop();
  }
  const counted = await ledger.close(signal);
  const cancelledBy = cancel.requestedBy();
  if (result === "stopped" && cancelledBy !== undefined) {
    log.warn("run.cancelled", { by: cancelledBy });
    return {
      status: "done",
      run: await save(counted, { status: "cancelled", cancelledBy, finishedAt: clock.now() }, world, signal),
    };
  }
  if (result === "stopped") {
    await askForNextSlice(run, target, world, signal);
    return { status: "continues", run: counted };
  }
  const finished = await save(counted, { status: "finished", finishedAt: clock.now() }, world, signal);
  await markChanges(finished, target, store, signal);
  await followUp(finished, plan, slice);
  return { status: "done", run: finished };
}

/** Accounts that are due to be deleted get a run of their own. */
async function followUp(run: RunRecord, plan: Plan, slice: Slice): Promise<void> {
  const { purpose, worker, target } = run.request;
  if (purpose !== "sync" || worker !== undefined || run.trigger === "cli") return;
  if (!plan.findings.some((finding) => finding.code === "deleteDue")) return;
  await requestRun({ target, mode: "apply", purpose: "delete" }, { trigger: run.trigger }, slice.world, slice.signal);
}
