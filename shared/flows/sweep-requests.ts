// The sweep: finds what events lost and what time brings, and asks for a look at each. It decides nothing and writes
// nothing to API Management.
import { asAppError } from "../core/errors.ts";
import { foldId } from "../core/fold.ts";
import type { RequestRecord } from "../core/request.ts";
import { openIsDue, submittedIsDue } from "../core/sweep-due.ts";
import type { ApprovalTarget, ApprovalWorld } from "./approval-world.ts";
import { sweepAccess } from "./sweep-access.ts";
import { sweepApprovers } from "./sweep-approvers.ts";
import { warnOfLeavers } from "./warn-leavers.ts";

const most = 10_000;
const minuteMs = 60_000;

/** How often each part of the sweep is made. */
const accessEveryMs = 15 * minuteMs;
const peopleEveryMs = 6 * 60 * minuteMs;

/** A subscription is swept up once in so many seconds, so that a long queue is not made longer. */
const againAfterSeconds = 15 * 60;

export type Sweep = {
  readonly target: ApprovalTarget;
  readonly world: ApprovalWorld;
  readonly signal: AbortSignal;
  /** Asks for a look; once in a quarter of an hour for one subscription. */
  readonly ask: (subscription: string) => Promise<void>;
};

/** Whether it is this sweep's turn: once in so many milliseconds, whichever process sweeps. */
async function isTurn(part: string, everyMs: number, { target, world, signal }: Sweep): Promise<boolean> {
  const window = Math.floor(world.clock.now() / everyMs);
  return world.requests.takeOnce("sweep", `${part}/${target.name}/${window}`, (2 * everyMs) / 1000, signal);
}

async function sweepOpen(sweep: Sweep): Promise<void> {
  const { target, world, signal, ask } = sweep;
  const now = world.clock.now();
  const [open, submitted] = await Promise.all([
    world.requests.listRequests(
      { target: target.name, status: ["new", "asked", "decided", "failed"], limit: most },
      signal,
    ),
    // Requests are answered while the list is read, so it moves; what slips through is found by the next sweep.
    target.apim.listSubscriptions({ state: "submitted", partial: "allowed" }, signal),
  ]);
  const seen = new Set(submitted.map(({ id }) => foldId(id)));
  const known = new Map<string, RequestRecord>(open.map((record) => [foldId(record.subscription), record]));
  for (const record of open)
    if (openIsDue(record, seen.has(foldId(record.subscription)), now)) await ask(record.subscription);
  for (const subscription of submitted) {
    if (known.has(foldId(subscription.id))) continue;
    const found = await world.requests.getRequest(target.name, subscription.id, signal);
    if (submittedIsDue(subscription, found?.value, now)) await ask(subscription.id);
  }
}

async function accessPart(sweep: Sweep): Promise<void> {
  if (await isTurn("access", accessEveryMs, sweep))
    await sweepAccess(sweep, await isTurn("people", peopleEveryMs, sweep));
}

async function approversPart(sweep: Sweep): Promise<void> {
  if (await isTurn("approvers", peopleEveryMs, sweep)) await sweepApprovers(sweep);
}

async function leaversPart(sweep: Sweep): Promise<void> {
  if (await isTurn("leavers", peopleEveryMs, sweep)) await warnOfLeavers(sweep);
}

async function sweepTarget(name: string, world: ApprovalWorld, signal: AbortSignal): Promise<void> {
  const target = await world.openTarget(name, signal);
  if (target === undefined) return;
  let asked = 0;
  const sweep: Sweep = {
    target,
    world,
    signal,
    ask: async (subscription) => {
      const value = `${name}/${foldId(subscription)}/${Math.floor(world.clock.now() / (againAfterSeconds * 1000))}`;
      if (!(await world.requests.takeOnce("swept", value, againAfterSeconds, signal))) return;
      await world.queue.send({ target: name, subscription, via: "sweep" }, {}, signal);
      asked += 1;
    },
  };
  // One after the other, to be gentle with the service; one that fails does not keep the others from their turn.
  const failures: unknown[] = [];
  for (const part of [sweepOpen, accessPart, approversPart, leaversPart])
    await part(sweep).catch((cause) => failures.push(cause));
  if (asked > 0) world.log.info("requests.swept", { target: name, asked });
  if (failures.length > 0) throw failures[0];
}

/** One sweep of all targets. One that fails does not keep the others from theirs.
 * @throws the first failure, after all targets had their turn */
export async function sweepRequests(
  targets: readonly string[],
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<void> {
  const results = await Promise.allSettled(targets.map((name) => sweepTarget(name, world, signal)));
  for (const [index, result] of results.entries()) {
    if (result.status === "rejected")
      world.log.error("requests.sweep.failed", { target: targets[index], code: asAppError(result.reason).code });
  }
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw asAppError(failed.reason);
}
