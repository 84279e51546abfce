// Sources and service → plan → verdict. A dry run ends here; it is the same path as a run that writes.
import { createCalendar } from "../core/calendar.ts";
import type { Directory, Subscription } from "../core/directory.ts";
import { guard, type Verdict, windowMs } from "../core/guard.ts";
import { endedSuspensions, ownersToResume } from "../core/left-suspended.ts";
import type { PeopleReport } from "../core/people-report.ts";
import type { SpacedRead } from "../core/person.ts";
import { draftPlan, type Plan, type PlanPurpose, planSubscriptionOwners } from "../core/plan.ts";
import type { Policy } from "../core/policy.ts";
import type { RememberedClaims } from "../core/remembered-claims.ts";
import type { WorkerEntry } from "../core/roster-entries.ts";
import { isUntouched } from "../core/untouched.ts";
import type { Apim, Clock, Log } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";
import { claimsToKeep, recentClaims } from "./claims.ts";
import { askAbout, readPeople, type SpacedSource } from "./read-people.ts";

/** Retries of requests to the service: a run has so many, however many slices it takes. */
export type Retries = {
  /** How many are left, whole ones. */
  left(): number;
  /** Goes on with so many. */
  resume(left: number): void;
};

/** Everything about one target that a run needs. */
export type Target = {
  readonly policy: Policy;
  readonly apim: Apim;
  /** Those of `apim`: of a new run until a slice says what its run has left. */
  readonly retries: Retries;
  readonly sources: readonly SpacedSource[];
  /** How often the timer starts a run. */
  readonly everyMinutes: number;
  /** The same as long as the rules are; without it each read is whole. */
  readonly rulesDigest?: string;
  /** Requests under way at once, at most. */
  readonly maxConcurrency: number;
  /** Name of the limits that the target shares with others; such targets take turns. */
  readonly bucket?: string;
};

export type PlanWorld = {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RunStore;
  /** Called when much that was needed so far is needed no more. */
  readonly releaseMemory?: (() => void) | undefined;
};

export type PlannedRun = {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly reads: readonly SpacedRead[];
  readonly roster: readonly WorkerEntry[];
  /** Who claims which address, where the request wants that written down and everybody was read. */
  readonly claims?: RememberedClaims;
  /** What HR should know about its rows. */
  readonly report: PeopleReport;
  /** Rollcall has done nothing in the service yet, as its lists say that were read just now. */
  readonly untouched: boolean;
};

/** Of those out of scope the report of a run names so many; `rollcall people --problems` names all. */
const listedOutOfScope = 10_000;

async function readDirectory(target: Target, signal: AbortSignal): Promise<Directory> {
  const { apim, policy } = target;
  const linksProducts = policy.groups.some((group) => group.products !== undefined);
  const [users, groups, products] = await Promise.all([
    apim.listUsers(signal),
    apim.listGroups(signal),
    linksProducts ? apim.listProducts(signal) : Promise.resolve([]),
  ]);
  return { users, groups, products };
}

/** Beyond this many owners, one reading of the whole list costs fewer requests. */
const ownersReadOneByOne = 20;

async function readSubscriptions(
  apim: Apim,
  owners: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Subscription[]>> {
  const found = new Map<string, Subscription[]>();
  if (owners.length === 0) return found;
  const lists =
    owners.length <= ownersReadOneByOne
      ? await Promise.all(owners.map((ownerId) => apim.listSubscriptions({ ownerId }, signal)))
      : [await apim.listSubscriptions({}, signal)];
  for (const subscription of lists.flat()) {
    const { ownerId } = subscription;
    if (ownerId === undefined) continue;
    const list = found.get(ownerId);
    if (list === undefined) found.set(ownerId, [subscription]);
    else list.push(subscription);
  }
  return found;
}

/** Does things side by side; the first failure stops the others, so that nothing goes on reading for nobody. */
async function together<T extends readonly unknown[]>(
  signal: AbortSignal,
  start: (stop: AbortSignal) => readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<readonly [...T]> {
  const failed = new AbortController();
  try {
    return await Promise.all(start(AbortSignal.any([signal, failed.signal])));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

export type PlanRequest = {
  readonly purpose: PlanPurpose;
  readonly worker?: string;
  /** Sources that can be asked about one worker are asked about this one only: nobody is missing from such a read. */
  readonly alone?: boolean;
  /** Where who claims which address is to be written down: the salt of its digests. */
  readonly salt?: string;
};

/** Reads, plans and guards; writes nothing to the service. `now` is the instant whose dates count, epoch milliseconds.
 * @throws what the sources, the service and the store throw */
export async function makePlan(
  target: Target,
  request: PlanRequest,
  world: PlanWorld,
  now: number,
  signal: AbortSignal,
): Promise<PlannedRun> {
  const { policy, apim } = target;
  const { store, log } = world;
  const startedAt = world.clock.now();
  const [reads, directory, memory, applied] = await together(signal, (stop) => [
    readPeople(request.alone === true ? target.sources.map(askAbout(request.worker)) : target.sources, world, stop),
    readDirectory(target, stop),
    store.getTargetMemory(policy.target, stop),
    store.appliedSince(policy.target, world.clock.now() - windowMs, stop),
  ]);
  const claims = await recentClaims(target, reads, world, signal);
  world.releaseMemory?.();
  const draft = draftPlan({
    policy,
    calendar: createCalendar(now),
    purpose: request.purpose,
    reads,
    directory,
    links: memory.links,
    suspended: new Set(memory.suspended.keys()),
    ...(request.worker === undefined ? {} : { worker: request.worker }),
    ...(claims === undefined ? {} : { claims }),
  });
  const first = draft.whole(new Map());
  const waiting = request.purpose === "sync" ? ownersToResume(memory.suspended, directory.users) : [];
  const owners = [...new Set([...planSubscriptionOwners(first, policy), ...waiting])];
  const subscriptions = await readSubscriptions(apim, owners, signal);
  const planned = owners.length === 0 ? first : draft.whole(subscriptions);
  const over = endedSuspensions(memory.suspended, waiting, subscriptions);
  if (over.length > 0) {
    await store.rememberSuspended(policy.target, new Map(over.map((id) => [id, undefined])), signal);
  }
  const verdict = guard(planned, policy.limits, applied);
  log.info("plan.made", {
    digest: planned.digest,
    changes: planned.changes.length,
    findings: planned.findings.length,
    problems: planned.problems.length,
    verdict: verdict.status,
  });
  const kept = claimsToKeep(target, reads, draft, request.salt, startedAt);
  return {
    plan: planned,
    verdict,
    reads,
    roster: draft.roster(),
    ...(kept === undefined ? {} : { claims: kept }),
    report: draft.report(listedOutOfScope),
    untouched: isUntouched(directory.users, memory.links),
  };
}
