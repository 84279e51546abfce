// A confirmation: the one thing that a link is for is done, once. Everything is read again first; the salt is spent
// before the write, so that a form which is sent twice writes once. What fails after that is asked for anew in the portal.
import type { AuditEntry } from "../core/audit-chain.ts";
import type { DelegationRefusal } from "../core/delegation.ts";
import { delegatedSubscriptionId } from "../core/delegation-salt.ts";
import type { Product, User } from "../core/directory.ts";
import { AppError } from "../core/errors.ts";
import { foldName } from "../core/fold.ts";
import { writeMark } from "../core/mark.ts";
import { workerParts } from "../core/person.ts";
import type { Principal } from "../core/principal.ts";
import type { Tagged } from "../ports.ts";
import {
  type DelegationWorld,
  findLinked,
  readToConfirm,
  spend,
  type ToConfirm,
  type VerifiedLink,
} from "./delegate.ts";

export type Confirmed =
  | { readonly kind: "done"; readonly what: ToConfirm }
  | { readonly kind: "refused"; readonly why: DelegationRefusal }
  | { readonly kind: "spent" }
  /** Nothing to confirm: the link is for another operation. */
  | { readonly kind: "notForThis" };

type Act = {
  readonly link: VerifiedLink;
  readonly account: Tagged<User>;
  readonly worker: string;
  readonly what: ToConfirm;
  readonly by: string;
};

function auditEntry({ link, account, what, by }: Act, world: DelegationWorld): AuditEntry {
  const common = { at: world.clock.now(), target: world.target, user: account.value.id, by };
  switch (what.operation) {
    case "Subscribe":
      return {
        ...common,
        action: "subscriptionRequested",
        subscription: delegatedSubscriptionId(world.target, link.salt),
        product: what.product.id,
        text: "The owner asks for the product through the developer portal",
      };
    case "Unsubscribe": {
      const { id, productId } = what.subscription.value;
      return {
        ...common,
        action: "subscriptionCancelled",
        subscription: id,
        ...(productId !== undefined && { product: productId }),
        text: "The owner ends the subscription through the developer portal",
      };
    }
    case "CloseAccount":
      return { ...common, action: "accountClosed", text: "The owner closes the account through the developer portal" };
  }
}

/** What changed is looked at soon; where the queue is away, the sweep finds it. */
async function lookAt(subscription: string, world: DelegationWorld, signal: AbortSignal): Promise<void> {
  try {
    await world.queue.send({ target: world.target, subscription, via: "delegation" }, {}, signal);
  } catch {
    world.log.warn("delegation.notQueued", { target: world.target });
  }
}

async function subscribe(
  { link, account }: Act,
  { id: productId, displayName }: Product,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<void> {
  const id = delegatedSubscriptionId(world.target, link.salt);
  const name = foldName(displayName, 100) || productId;
  const wanted = { displayName: name, productId, ownerId: account.value.id, state: "submitted" } as const;
  await world.apim.putSubscription(id, wanted, signal);
  await lookAt(id, world, signal);
}

/** Closed by its owner is not blocked by Rollcall: without `blocked` in the mark no later run opens the account again,
 * although HR has the person at work. A line in the note says what happened. */
function closedNote(note: string, worker: string, { owner, clock }: DelegationWorld): string {
  const { numberSpace, employeeNumber } = workerParts(worker);
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  const kept = writeMark(note, { owner, space: numberSpace, key: employeeNumber });
  return `${kept}\nClosed by its owner in the developer portal on ${day}`;
}

async function act(it: Act, world: DelegationWorld, signal: AbortSignal): Promise<void> {
  const { what, account } = it;
  switch (what.operation) {
    case "Subscribe":
      return subscribe(it, what.product, world, signal);
    case "Unsubscribe": {
      const { value, etag } = what.subscription;
      await world.apim.patchSubscription(value.id, { state: "cancelled" }, etag, signal);
      return lookAt(value.id, world, signal);
    }
    case "CloseAccount": {
      const { value, etag } = account;
      const note = closedNote(value.note, it.worker, world);
      return world.apim.patchUser(value.id, { state: "blocked", note }, etag, signal);
    }
  }
}

/** Does what the person confirmed. @throws STORE_UNAVAILABLE, APIM_*, NETWORK, TIMEOUT, ABORTED */
export async function confirmDelegation(
  link: VerifiedLink,
  person: Principal,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<Confirmed> {
  const ready = await findLinked(link, person, world, signal);
  if (!ready.ok) return { kind: "refused", why: ready.why };
  const what = await readToConfirm(link, ready.account.value, world, signal);
  if (what === undefined) return { kind: "notForThis" };
  if (typeof what === "string") return { kind: "refused", why: what };
  if (!(await spend(link, world, signal))) return { kind: "spent" };
  const it: Act = { link, account: ready.account, worker: ready.worker, what, by: person.name };
  await world.audit.append(auditEntry(it, world), signal);
  try {
    await act(it, world, signal);
  } catch (error) {
    if (error instanceof AppError && error.context.limitReached === true)
      return { kind: "refused", why: "limitReached" };
    throw error;
  }
  world.log.info("delegation.confirmed", { target: world.target, operation: what.operation });
  return { kind: "done", what };
}
