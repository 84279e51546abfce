// The run store in memory, for tests, for the benchmarks, and for trying things out. It keeps to the same contract as the
// one in a storage account.

import { AppError } from "../core/errors.ts";
import type { AppliedChange } from "../core/guard.ts";
import type { Outcome } from "../core/outcome.ts";
import type { PeopleReport } from "../core/people-report.ts";
import type { Plan } from "../core/plan.ts";
import { forgottenWorker, isOpen, type RunRecord } from "../core/run.ts";
import type { SharedRead, SharedReadKey } from "../core/shared-read.ts";
import type { Clock } from "../ports.ts";
import type { Acceptance, Lease, RunStore } from "../run-ports.ts";
import { checkSignal } from "./check-signal.ts";
import { checkLeaseSeconds, leaseLostError } from "./lease-blob.ts";
import { createRememberedInProcess } from "./remembered-in-process.ts";
import { newestFirstKey } from "./run-id.ts";

/** An empty run store in memory. Its leases run out by `clock`. */
export function createMemoryRunStore(options: { readonly clock: Pick<Clock, "now"> }): RunStore {
  const { clock } = options;
  return {
    ...createRuns(),
    ...createAcceptances(),
    ...createApplied(),
    ...createRememberedInProcess(),
    ...createSharedReads(),
    ...createLeases(clock),
  };
}

function createRuns(): Pick<
  RunStore,
  | "putRun"
  | "replaceRun"
  | "getRun"
  | "listRuns"
  | "putPlan"
  | "getPlan"
  | "putProblems"
  | "getProblems"
  | "openJournal"
  | "appendOutcomes"
  | "getOutcomes"
  | "requestCancel"
  | "cancelRequestedBy"
  | "deleteDetails"
> {
  const cancels = new Map<string, string>();
  const runs = new Map<string, RunRecord>();
  const plans = new Map<string, Plan>();
  const reports = new Map<string, PeopleReport>();
  const journals = new Map<string, Outcome[]>();
  return {
    async putRun(run, signal) {
      checkSignal(signal);
      if (newestFirstKey(run.id) === undefined) {
        throw new AppError("BUG", `Cannot store the run: its id is "${run.id}", an id from createRunId was expected`);
      }
      runs.set(run.id, run);
    },
    async replaceRun(was, run, signal) {
      checkSignal(signal);
      if (JSON.stringify(runs.get(run.id)) !== JSON.stringify(was)) return false;
      runs.set(run.id, run);
      return true;
    },
    async getRun(id, signal) {
      checkSignal(signal);
      return runs.get(id);
    },
    async listRuns({ target, limit }, signal) {
      checkSignal(signal);
      const found = [...runs.values()].filter((run) => target === undefined || run.request.target === target);
      const key = (run: RunRecord) => newestFirstKey(run.id) ?? "";
      return found.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, limit);
    },
    async putPlan(runId, plan, signal) {
      checkSignal(signal);
      plans.set(runId, plan);
    },
    async getPlan(runId, signal) {
      checkSignal(signal);
      return plans.get(runId);
    },
    async putProblems(runId, report, signal) {
      checkSignal(signal);
      reports.set(runId, report);
    },
    async getProblems(runId, signal) {
      checkSignal(signal);
      return reports.get(runId);
    },
    openJournal() {},
    async appendOutcomes(runId, outcomes, signal) {
      checkSignal(signal);
      const journal = journals.get(runId) ?? [];
      journals.set(runId, journal);
      for (const outcome of outcomes) journal.push(outcome);
    },
    async getOutcomes(runId, signal) {
      checkSignal(signal);
      return [...(journals.get(runId) ?? [])];
    },
    async requestCancel(runId, by, signal) {
      checkSignal(signal);
      cancels.set(runId, by);
    },
    async cancelRequestedBy(runId, signal) {
      checkSignal(signal);
      return cancels.get(runId);
    },
    async deleteDetails(before, signal) {
      checkSignal(signal);
      const isOld = (runId: string) => Number(runId.slice(0, 13)) < before;
      for (const [id, run] of runs) {
        const { worker } = run.request;
        if (isOld(id) && worker !== undefined && !isOpen(run))
          runs.set(id, { ...run, request: { ...run.request, worker: forgottenWorker } });
      }
      const all = [plans, reports, journals, cancels];
      const old = all.map((details) => [...details.keys()].filter(isOld).map((id) => details.delete(id)));
      return old.flat().length;
    },
  };
}

function createAcceptances(): Pick<RunStore, "putAcceptance" | "takeAcceptance"> {
  const acceptances = new Map<string, Acceptance>();
  const takenBy = new Map<string, string>();
  const keyOf = (target: string, digest: string) => JSON.stringify([target, digest]);
  return {
    async putAcceptance(acceptance, signal) {
      checkSignal(signal);
      const key = keyOf(acceptance.target, acceptance.digest);
      acceptances.set(key, acceptance);
      takenBy.delete(key);
    },
    async takeAcceptance({ target, digest, runId }, now, signal) {
      checkSignal(signal);
      const key = keyOf(target, digest);
      const acceptance = acceptances.get(key);
      if (acceptance === undefined || now >= acceptance.expiresAt) return undefined;
      const taker = takenBy.get(key) ?? runId;
      takenBy.set(key, taker);
      return taker === runId ? acceptance : undefined;
    },
  };
}

function createApplied(): Pick<RunStore, "appliedSince" | "recordApplied"> {
  const applied = new Map<string, Map<string, AppliedChange>>();
  return {
    async appliedSince(target, since, signal) {
      checkSignal(signal);
      const changes = [...(applied.get(target)?.values() ?? [])].filter((change) => change.at >= since);
      return changes.sort((a, b) => a.at - b.at);
    },
    async recordApplied(target, changes, signal) {
      checkSignal(signal);
      const window = applied.get(target) ?? new Map<string, AppliedChange>();
      applied.set(target, window);
      for (const change of changes) window.set(nameOf(change), change);
    },
  };
}

function createSharedReads(): Pick<RunStore, "putSharedRead" | "getSharedRead" | "deleteSharedReads"> {
  const reads = new Map<number, Map<string, SharedRead>>();
  return {
    async putSharedRead({ tick, name }: SharedReadKey, shared, signal) {
      checkSignal(signal);
      reads.set(tick, new Map([...(reads.get(tick) ?? []), [name, shared]]));
    },
    async getSharedRead({ tick, name }: SharedReadKey, notBefore, signal) {
      checkSignal(signal);
      const shared = reads.get(tick)?.get(name);
      return shared !== undefined && shared.at >= notBefore ? shared : undefined;
    },
    async deleteSharedReads(before, signal) {
      checkSignal(signal);
      for (const tick of [...reads.keys()]) if (tick < before) reads.delete(tick);
    },
  };
}

/** The same for the same change of the same run at the same time, so that recording it again adds nothing. */
function nameOf({ at, runId, kind, key }: AppliedChange): string {
  return JSON.stringify([at, runId, kind, key]);
}

function createLeases(clock: Pick<Clock, "now">): Pick<RunStore, "acquireLease"> {
  const held = new Map<string, { readonly owner: symbol; readonly until: number }>();
  return {
    async acquireLease(name, seconds, signal): Promise<Lease | undefined> {
      checkLeaseSeconds(seconds);
      checkSignal(signal);
      const holder = held.get(name);
      if (holder !== undefined && clock.now() < holder.until) return undefined;
      const owner = Symbol(name);
      held.set(name, { owner, until: clock.now() + seconds * 1000 });
      return {
        async renew(renewSignal) {
          checkSignal(renewSignal);
          // As with a blob, a lease that ran out can be kept as long as nobody else has taken it.
          if (held.get(name)?.owner !== owner) throw leaseLostError();
          held.set(name, { owner, until: clock.now() + seconds * 1000 });
        },
        async release(releaseSignal) {
          checkSignal(releaseSignal);
          if (held.get(name)?.owner === owner) held.delete(name);
        },
      };
    },
  };
}
