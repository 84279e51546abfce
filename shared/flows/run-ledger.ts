// Keeps what a run has done in three places beside the journal: the target's 24-hour window, its memory of accounts,
// and the run's record: its counts, and how many retries are left. Written in batches; the record says how far, so a
// killed run catches up.
import type { Change } from "../core/change.ts";
import { changeId } from "../core/change.ts";
import { type AppError, asAppError } from "../core/errors.ts";
import type { AppliedChange } from "../core/guard.ts";
import type { Outcome } from "../core/outcome.ts";
import { createOutcomeTally } from "../core/report.ts";
import type { RunRecord } from "../core/run.ts";
import type { Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import type { Retries } from "./make-plan.ts";

const batchSize = 100;
const batchMs = 2_000;

export type RunLedger = {
  add(outcome: Outcome): void;
  /** Writes what is left, under this signal. Gives the run's record as it stands. @throws STORE_UNAVAILABLE */
  close(last: AbortSignal): Promise<RunRecord>;
};

/** What a first slice finds done was done by somebody else; a later slice may find what a killed one did unrecorded. */
function counts(outcome: Outcome, run: RunRecord): boolean {
  return outcome.status === "applied" || (outcome.reason === "alreadySo" && run.slices > 1);
}

function linkOf(change: Change): readonly [string, string | undefined] | undefined {
  if (change.kind === "createUser" || change.kind === "adoptUser") return [change.after.worker, change.key];
  return change.kind === "deleteUser" && change.reason.worker !== undefined
    ? [change.reason.worker, undefined]
    : undefined;
}

/** A ledger for one slice. `journal` are the outcomes that stand already; those that the record has not counted are
 * counted first. */
export function createRunLedger(
  initial: RunRecord,
  changes: readonly Change[],
  journal: readonly Outcome[],
  world: { readonly clock: Clock; readonly store: RunStore; readonly retries: Pick<Retries, "left"> },
  signal: AbortSignal,
): RunLedger {
  const { clock, store, retries } = world;
  const byId = new Map(changes.map((change) => [changeId(change), change]));
  let run = initial;
  let written = run.counted ?? 0;
  /** Outcomes that the record does not count yet. */
  const unwritten = journal.slice(written);
  const tally = createOutcomeTally();
  for (const outcome of journal.slice(0, written)) tally.add(outcome);
  let writtenAt = clock.now();
  let writing: Promise<void> = Promise.resolve();
  let waiting = false;
  let failure: AppError | undefined;
  let stop = signal;

  const write = async (): Promise<void> => {
    const batch = [...unwritten];
    const made = batch.flatMap((outcome) => {
      const change = byId.get(outcome.id);
      return change !== undefined && counts(outcome, run) ? [{ outcome, change }] : [];
    });
    const applied = made.map(({ outcome, change }): AppliedChange => {
      const scope = change.reason.code === "outOfScope" ? { outOfScope: true } : {};
      return { at: outcome.at, runId: run.id, kind: change.kind, key: change.key, ...scope };
    });
    const links = new Map(
      made.flatMap(({ change }) => [linkOf(change)].flatMap((link) => (link === undefined ? [] : [link]))),
    );
    if (applied.length > 0) await store.recordApplied(run.request.target, applied, stop);
    if (links.size > 0) await store.rememberLinks(run.request.target, links, stop);
    // Only now: what could not be written is tried again with the next batch.
    unwritten.splice(0, batch.length);
    for (const outcome of batch) tally.add(outcome);
    written += batch.length;
    run = {
      ...run,
      counted: written,
      outcomes: tally.counts(),
      retriesLeft: retries.left(),
      updatedAt: clock.now(),
    };
    await store.putRun(run, stop);
  };

  const schedule = (): void => {
    // One write at work and one that waits: what comes meanwhile goes with the one that waits.
    if (waiting) return;
    waiting = true;
    writtenAt = clock.now();
    writing = writing
      .then(() => {
        waiting = false;
        return write();
      })
      .catch((cause: unknown) => {
        failure ??= asAppError(cause);
      });
  };

  return {
    add(outcome) {
      unwritten.push(outcome);
      if (unwritten.length >= batchSize || clock.now() - writtenAt >= batchMs) schedule();
    },
    async close(last) {
      stop = last;
      schedule();
      await writing;
      if (failure !== undefined) throw failure;
      return run;
    },
  };
}
