// The first half of a run: the plan, stored before anything is written to the service.
import { stillHolding } from "../core/accept.ts";
import { type Change, changeId } from "../core/change.ts";
import { AppError, asAppError } from "../core/errors.ts";
import type { Outcome } from "../core/outcome.ts";
import type { SpacedRead } from "../core/person.ts";
import type { Plan } from "../core/plan.ts";
import { countChanges, countProblems } from "../core/report.ts";
import type { RunRecord } from "../core/run.ts";
import { withChanges } from "./changes-between.ts";
import { keepClaims } from "./claims.ts";
import { makePlan, type PlannedRun } from "./make-plan.ts";
import { summarizeReads } from "./read-people.ts";
import { type Planned, type Slice, save } from "./slice.ts";

/** The stored plan that was accepted, as far as it still holds; what does not is in the journal as skipped. */
async function acceptedPlan(
  run: RunRecord,
  digest: string,
  fresh: Plan,
  slice: Slice,
): Promise<{ plan: Plan; accepted: readonly Change[]; by: string }> {
  const { world, signal } = slice;
  const taken = { target: run.request.target, digest, runId: run.id };
  const acceptance = await world.store.takeAcceptance(taken, world.clock.now(), signal);
  const stored = acceptance === undefined ? undefined : await world.store.getPlan(acceptance.planRunId, signal);
  if (acceptance === undefined || stored === undefined) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot run the accepted plan: the acceptance of "${digest}" has expired or was used, accept a plan again`,
    );
  }
  const { holding, dropped } = stillHolding(stored.changes, fresh.changes);
  const at = world.clock.now();
  const skipped = dropped.map((change): Outcome => {
    const text = "HR or the service changed after the plan was accepted, the change no longer holds";
    return {
      id: changeId(change),
      kind: change.kind,
      key: change.key,
      status: "skipped",
      reason: "changedMeanwhile",
      text,
      at,
    };
  });
  if (skipped.length > 0) await world.store.appendOutcomes(run.id, skipped, signal);
  const plan = { ...stored, base: fresh.base, changes: holding };
  return { plan, accepted: stored.changes, by: acceptance.by };
}

/** With several sources each read is whole, so nobody asks from where changes count. */
function changesFromOf(reads: readonly SpacedRead[]): Pick<RunRecord, "changesFrom"> {
  const [only, ...others] = reads;
  const mark = only?.read.changesFrom;
  return mark === undefined || others.length > 0 ? {} : { changesFrom: { ...mark, source: only?.read.source ?? "" } };
}

/** A plan for another day, or for one worker, tells nothing about today or about the others. */
function isForToday({ worker, now }: RunRecord["request"]): boolean {
  return worker === undefined && now === undefined;
}

/** Writes down what HR says, for answering requests between two runs. Only after reads that are whole: what was there
 * stays otherwise, and grows old. A failure costs requests their facts for a while, never the run.
 * @throws ABORTED */
async function keepRoster(run: RunRecord, { reads, roster }: PlannedRun, slice: Slice): Promise<void> {
  const { world, log, signal } = slice;
  if (!isForToday(run.request) || !reads.every(({ read }) => read.completeness === "complete")) return;
  try {
    const at = Math.min(world.clock.now(), ...reads.flatMap(({ read }) => read.began ?? []));
    await world.roster.put(run.request.target, roster, at, signal);
  } catch (cause) {
    const { code } = asAppError(cause);
    if (code === "ABORTED") throw cause;
    log.warn("roster.unwritten", { code });
  }
}

function readEverybody({ reads }: PlannedRun): boolean {
  return reads.every(({ read }) => read.evidence.partial === undefined);
}

/** Reads, plans, guards, and stores the plan. An accepted plan takes the place of the fresh one.
 * @throws what reading and the store throw; CONFIG_INVALID for an acceptance that has expired */
export async function planStage(run: RunRecord, slice: Slice): Promise<Planned> {
  const { world, target, signal } = slice;
  const { purpose, worker, accept, now } = run.request;
  const request = {
    purpose,
    ...(worker === undefined ? {} : { worker }),
    alone: run.trigger === "event",
    // A run's id is as good a salt as any, and each run has its own.
    ...(isForToday(run.request) ? { salt: run.id } : {}),
  };
  const { clock, store, releaseMemory } = world;
  const planWorld = { clock, log: slice.log, store, releaseMemory };
  const reading = withChanges(run, target, world.store);
  const fresh = await makePlan(reading, request, planWorld, now ?? world.clock.now(), signal);
  const accepted = accept === undefined ? undefined : await acceptedPlan(run, accept, fresh.plan, slice);
  const plan = accepted?.plan ?? fresh.plan;
  // Whom the service has and what was drafted goes, before what HR says is written and the changes are made.
  releaseMemory?.();
  await Promise.all([
    world.store.putPlan(run.id, plan, signal),
    keepRoster(run, fresh, slice),
    keepClaims(run.request.target, fresh.claims, { store, log: slice.log }, signal),
    // After a read of one worker, or of who changed, the report would be of nobody else.
    ...(readEverybody(fresh) ? [world.store.putProblems(run.id, fresh.report, signal)] : []),
  ]);
  const saved = await save(
    run,
    {
      sources: summarizeReads(fresh.reads),
      ...changesFromOf(fresh.reads),
      digest: plan.digest,
      verdict: accepted === undefined ? fresh.verdict : { status: "allowed" },
      ...(accepted === undefined ? {} : { acceptedBy: accepted.by }),
      // What no longer holds has its outcome already, so it counts as planned as well.
      planned: countChanges(accepted?.accepted ?? plan.changes),
      problems: countProblems(plan),
      retriesLeft: target.retries.left(),
    },
    world,
    signal,
  );
  return { run: saved, plan, idsMayBeTaken: !fresh.untouched };
}

/** The plan that an earlier slice stored. @throws STORE_UNAVAILABLE */
export async function storedPlan(run: RunRecord, slice: Slice): Promise<Planned> {
  const plan = await slice.world.store.getPlan(run.id, slice.signal);
  if (plan === undefined)
    throw new AppError("STORE_UNAVAILABLE", `Cannot go on with the run "${run.id}": its stored plan is missing`);
  return { run, plan, idsMayBeTaken: true };
}
