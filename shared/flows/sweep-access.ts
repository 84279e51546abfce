// The part of the sweep about access that is there: what ends, what nobody approved, whose keys a leaver knows, and
// whose owner is no longer who they were.
import { reviewReason } from "../core/access.ts";
import type { Subscription } from "../core/directory.ts";
import { foldId } from "../core/fold.ts";
import { inTurns } from "../core/in-turns.ts";
import { parseMark } from "../core/mark.ts";
import type { RequestRecord } from "../core/request.ts";
import { createdAtOf, explainsActive, recordAbout } from "../core/request-view.ts";
import { accessIsDue } from "../core/sweep-due.ts";
import { baselineName } from "./baseline.ts";
import type { Sweep } from "./sweep-requests.ts";

const most = 100_000;

async function takeBaseline(found: readonly Subscription[], { target, world, signal }: Sweep): Promise<void> {
  const now = world.clock.now();
  await inTurns(found, async ({ id, ownerId, productId, ...rest }) => {
    const createdAt = createdAtOf(rest);
    const record: RequestRecord = {
      target: target.name,
      subscription: id,
      round: 1,
      status: "closed",
      via: "sweep",
      ...(ownerId !== undefined && { ownerId }),
      ...(productId !== undefined && { productId }),
      ...(createdAt !== undefined && { createdAt }),
      firstSeenAt: now,
      updatedAt: now,
      outcome: { code: "baseline", text: "It was active before Rollcall began to look at requests", at: now },
    };
    await world.requests.putRequest(record, undefined, signal);
  });
  const text = `${found.length} active subscriptions to products with approval were there before`;
  await world.audit.append({ at: now, target: target.name, action: "baseline", by: "rollcall", text }, signal);
  // Last, so that a baseline that breaks off is taken again.
  await world.requests.putFacts(
    baselineName(target.name),
    { salt: "", facts: { at: now, count: found.length } },
    signal,
  );
  world.log.info("requests.baseline", { target: target.name, subscriptions: found.length });
}

function keysMayBeDue({ stateComment }: Subscription, { target }: Sweep): boolean {
  const mark = parseMark(stateComment);
  return (
    target.leaver.regenerateAfterDays !== undefined && mark.kind === "mark" && mark.fields.transferred !== undefined
  );
}

async function reviewIsDue(record: RequestRecord, { target, world, signal }: Sweep): Promise<boolean> {
  if (record.worker === undefined || record.answer?.answer !== "approve") return false;
  const known = await world.roster.findWorker(target.name, record.worker, signal);
  if (known === undefined) return false;
  const { facts } = record;
  // Somebody's leaving needs no facts of then to be seen; they only tell that it was known.
  const then = facts === undefined ? undefined : await world.requests.getFacts(facts.blob, signal);
  return reviewReason(then?.facts, known.entry, target.policy.review.whenChanged) !== undefined;
}

/** Whether a subscription is an owner's, to a product with approval. */
function mayNeedApproval({ ownerId, productId }: Subscription, needsApproval: ReadonlySet<string>): boolean {
  return ownerId !== undefined && productId !== undefined && needsApproval.has(foldId(productId));
}

/** Whether the record tells why its subscription is active; one about an older subscription of that id does not. */
function isExplained(subscription: Subscription, record: RequestRecord): boolean {
  const about = recordAbout(record, subscription);
  return about !== undefined && explainsActive(about);
}

/** @param people whether it is also compared what owners were and what they are, and what nobody approved is looked for */
export async function sweepAccess(sweep: Sweep, people: boolean): Promise<void> {
  const { target, world, signal, ask } = sweep;
  const [active, products, listed, baseline] = await Promise.all([
    target.apim.listSubscriptions({ state: "active" }, signal),
    target.apim.listProducts(signal),
    // The open ones as well: access that people are asked about ends as well.
    world.requests.listRequests(
      { target: target.name, status: ["answered", "asked", "decided", "failed"], limit: most },
      signal,
    ),
    world.requests.getFacts(baselineName(target.name), signal),
  ]);
  const needsApproval = new Set(
    products.filter(({ approvalRequired }) => approvalRequired).map(({ id }) => foldId(id)),
  );
  const records = new Map(listed.map((record) => [foldId(record.subscription), record]));
  const unknown: Subscription[] = [];
  const now = world.clock.now();
  const look = async (subscription: Subscription): Promise<void> => {
    const record = records.get(foldId(subscription.id));
    const mayBeUnapproved = mayNeedApproval(subscription, needsApproval);
    const reads = mayBeUnapproved && record === undefined && (people || baseline === undefined);
    const found = reads ? await world.requests.getRequest(target.name, subscription.id, signal) : undefined;
    if (reads && found === undefined) unknown.push(subscription);
    const known = record ?? found?.value;
    const isUnapproved =
      mayBeUnapproved && (known === undefined ? reads : !isExplained(subscription, known)) && baseline !== undefined;
    const isDue =
      accessIsDue(subscription, record, now) ||
      keysMayBeDue(subscription, sweep) ||
      isUnapproved ||
      (people && record !== undefined && (await reviewIsDue(record, sweep)));
    if (isDue) await ask(subscription.id);
  };
  await inTurns(active, look);
  // A look that died behind its write: the subscription tells nothing of it any more.
  for (const { status, claim, subscription } of listed)
    if (status === "answered" && claim !== undefined && claim.until <= now) await ask(subscription);
  if (baseline === undefined) await takeBaseline(unknown, sweep);
}
