// Asks for a run: writes its record and puts its name into the queue. Everything that starts a run comes through here.
import { acceptanceMs } from "../core/accept.ts";
import type { RunRecord, RunRequest, RunTrigger } from "../core/run.ts";
import type { Clock, Log } from "../ports.ts";
import type { RunQueue, RunStore } from "../run-ports.ts";

export type RequestWorld = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RunStore;
  readonly queue: RunQueue;
  readonly createId: () => string;
};

export type Asked =
  | { readonly status: "queued"; readonly run: RunRecord }
  | { readonly status: "unknownDigest"; readonly text: string };

/** How many of a target's latest runs are searched for an accepted digest. */
const searchedRuns = 200;

/** Notes that `by` accepts the digest. False when no stored plan of the target has it. */
async function accept(
  target: string,
  digest: string,
  by: string,
  world: RequestWorld,
  signal: AbortSignal,
): Promise<boolean> {
  const runs = await world.store.listRuns({ target, limit: searchedRuns }, signal);
  const planned = runs.find((run) => run.digest === digest && run.request.accept === undefined);
  if (planned === undefined) return false;
  const at = world.clock.now();
  await world.store.putAcceptance(
    { target, digest, planRunId: planned.id, by, at, expiresAt: at + acceptanceMs },
    signal,
  );
  world.log.warn("plan.accepted", { target, digest, by });
  return true;
}

/** The record of a new run, stored and, unless `enqueue` is "no", named in the queue.
 * @throws STORE_UNAVAILABLE */
export async function requestRun(
  request: RunRequest,
  options: { readonly trigger: RunTrigger; readonly by?: string; readonly enqueue?: "yes" | "no" },
  world: RequestWorld,
  signal: AbortSignal,
): Promise<Asked> {
  const { target, accept: digest } = request;
  if (digest !== undefined && !(await accept(target, digest, options.by ?? "unknown", world, signal))) {
    return {
      status: "unknownDigest",
      text: `No stored plan of the target "${target}" has the digest "${digest}"; make a plan and accept its digest`,
    };
  }
  const now = world.clock.now();
  const run: RunRecord = {
    id: world.createId(),
    request,
    trigger: options.trigger,
    ...(options.by === undefined ? {} : { requestedBy: options.by }),
    status: "waiting",
    createdAt: now,
    updatedAt: now,
    slices: 0,
  };
  await world.store.putRun(run, signal);
  if (options.enqueue !== "no") await world.queue.send({ runId: run.id }, {}, signal);
  world.log.info("run.requested", {
    runId: run.id,
    target,
    mode: request.mode,
    purpose: request.purpose,
    trigger: options.trigger,
  });
  return { status: "queued", run };
}
