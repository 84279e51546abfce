// Deletes what is kept of people for requests when nobody needs it any more: facts of old decisions, and the rosters of
// targets that left the rules. The audit keeps its records with the facts' hash. Facts of access that is there stay as
// long as it is: a review compares its owner with them.
import type { Subscription } from "../core/directory.ts";
import { asAppError } from "../core/errors.ts";
import { foldId } from "../core/fold.ts";
import type { RequestRecord } from "../core/request.ts";
import type { Clock, Log } from "../ports.ts";
import type { RequestStore, Roster } from "../request-ports.ts";
import type { ApprovalTarget } from "./approval-world.ts";

const dayMs = 86_400_000;
const answerMs = 120_000;
const all = Number.MAX_SAFE_INTEGER;

export type ForgetWorld = {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly requests: Pick<RequestStore, "takeOnce" | "deleteFacts" | "listRequests">;
  readonly roster: Pick<Roster, "keepOnly">;
  /** Undefined where the rules say nothing about requests. */
  readonly openTarget: (
    name: string,
    signal: AbortSignal,
  ) => Promise<{ readonly apim: Pick<ApprovalTarget["apim"], "listSubscriptions"> } | undefined>;
};

/** Folded ids of what is active. A service that cannot be asked counts as one where everything is: nothing is deleted
 * too soon, and what can be deleted elsewhere is. */
async function activeIn(
  target: string,
  { openTarget, log }: ForgetWorld,
  signal: AbortSignal,
): Promise<{ has(id: string): boolean }> {
  // A service that does not answer is not waited for until nothing can be deleted any more.
  const stop = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  try {
    const active: readonly Subscription[] =
      (await (await openTarget(target, stop))?.apim.listSubscriptions({ state: "active" }, stop)) ?? [];
    return new Set(active.map(({ id }) => foldId(id)));
  } catch (cause) {
    if (signal.aborted) throw cause;
    const { code } = asAppError(cause);
    log.warn("requests.facts.kept", { target, code });
    return { has: () => true };
  }
}

/** Names of the facts that reviews of one target compare with, now or once an open question is answered. */
async function neededFacts(target: string, world: ForgetWorld, signal: AbortSignal): Promise<readonly string[]> {
  const [records, active] = await Promise.all([
    world.requests.listRequests({ target, status: ["asked", "decided", "answered", "failed"], limit: all }, signal),
    activeIn(target, world, signal),
  ]);
  const isNeeded = ({ status, answer, subscription }: RequestRecord): boolean => {
    if (status === "asked" || status === "decided") return true;
    return answer?.answer !== "reject" && active.has(foldId(subscription));
  };
  return records.flatMap((record) => (isNeeded(record) && record.facts !== undefined ? [record.facts.blob] : []));
}

async function forgetOld(
  targets: readonly string[],
  before: number,
  world: ForgetWorld,
  signal: AbortSignal,
): Promise<number> {
  const needed = await Promise.all(targets.map((target) => neededFacts(target, world, signal)));
  return world.requests.deleteFacts(before, new Set(needed.flat()), signal);
}

/** Once a day, whichever process asks. `targets` are all of the rules. @throws STORE_UNAVAILABLE, ABORTED */
export async function forgetFacts(
  targets: readonly string[],
  { keepFactsDays }: { readonly keepFactsDays: number },
  world: ForgetWorld,
  signal: AbortSignal,
): Promise<void> {
  const now = world.clock.now();
  const isTurn = await world.requests.takeOnce("forget", String(Math.floor(now / dayMs)), (2 * dayMs) / 1000, signal);
  if (!isTurn) return;
  const results = await Promise.allSettled([
    forgetOld(targets, now - keepFactsDays * dayMs, world, signal),
    world.roster.keepOnly(targets, signal),
  ]);
  const [facts, rosters] = results.map((result) => (result.status === "fulfilled" ? result.value : 0));
  if (facts !== 0 || rosters !== 0) world.log.info("requests.facts.deleted", { facts, rosters });
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
