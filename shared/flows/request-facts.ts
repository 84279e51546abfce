// A subscription → everything that the policy decides on, read now: the owner's account and groups, the product and the
// owner's other subscriptions from API Management, the person from what HR last said.
import { createCalendar } from "../core/calendar.ts";
import type { DecisionFacts, HeldSubscription, RequestPolicy } from "../core/decision.ts";
import type { Product, Subscription, User } from "../core/directory.ts";
import { foldId } from "../core/fold.ts";
import {
  type KnownPerson,
  type MissingFacts,
  productFacts,
  requesterFacts,
  requestFacts,
  workerOf,
} from "../core/requester.ts";
import type { Apim, Clock } from "../ports.ts";
import type { KnownWorker, Roster } from "../request-ports.ts";

export type FactsWorld = {
  readonly apim: Pick<Apim, "getUser" | "listUserGroups" | "getProduct" | "listSubscriptions">;
  readonly roster: Pick<Roster, "findWorker">;
  readonly policy: RequestPolicy;
  readonly clock: Pick<Clock, "now">;
  /** Name of the installation in marks. */
  readonly owner: string;
  readonly target: string;
};

export type GatheredFacts = {
  readonly facts: DecisionFacts;
  /** Why `facts.requester` is undefined. */
  readonly missing?: MissingFacts;
  /** The subscription's owner. */
  readonly user?: User;
  /** Undefined where the subscription is for no product, or the product is gone: never decide then. */
  readonly product?: Product;
  /** Key of the worker whose account it is by its mark. */
  readonly worker?: string;
  /** What HR last said about the worker, fresh or not. */
  readonly known?: KnownWorker;
  /** When HR said so, epoch milliseconds. */
  readonly factsReadAt?: number;
};

function knownPerson({ entry, readAt }: KnownWorker): KnownPerson {
  const { person, userId, standing } = entry;
  return { person, standing, readAt, ...(userId !== undefined && { userId }) };
}

function heldBesides(all: readonly Subscription[], own: string): readonly HeldSubscription[] {
  return all.flatMap(({ id, productId, state }) =>
    productId === undefined || foldId(id) === foldId(own) ? [] : [{ product: productId, state }],
  );
}

type Owner = Pick<GatheredFacts, "user" | "worker" | "known"> & {
  readonly groups: readonly string[];
  readonly held: readonly Subscription[];
};

async function readOwner(id: string | undefined, world: FactsWorld, signal: AbortSignal): Promise<Owner> {
  const user = id === undefined ? undefined : (await world.apim.getUser(id, signal))?.value;
  if (user === undefined) return { groups: [], held: [] };
  const worker = workerOf(user, world.owner);
  const [groups, held, known] = await Promise.all([
    world.apim.listUserGroups(user.id, signal),
    world.apim.listSubscriptions({ ownerId: user.id }, signal),
    worker === undefined ? undefined : world.roster.findWorker(world.target, worker, signal),
  ]);
  return {
    user: { ...user, groups },
    groups,
    held,
    ...(worker !== undefined && { worker }),
    ...(known !== undefined && { known }),
  };
}

/** The facts of one request. A user or product that goes away between two reads is APIM_NOT_FOUND: look again.
 * @throws APIM_*, NETWORK, TIMEOUT, ABORTED, STORE_UNAVAILABLE */
export async function gatherFacts(
  subscription: Pick<Subscription, "id" | "displayName" | "ownerId" | "productId" | "createdDate">,
  world: FactsWorld,
  signal: AbortSignal,
): Promise<GatheredFacts> {
  const { policy } = world;
  const { ownerId, productId } = subscription;
  const [{ user, worker, known, groups, held }, product] = await Promise.all([
    readOwner(ownerId, world, signal),
    productId === undefined ? undefined : world.apim.getProduct(productId, signal),
  ]);
  const calendar = createCalendar(world.clock.now());
  const person = known === undefined ? undefined : knownPerson(known);
  const result =
    user === undefined
      ? ({ ok: false, why: ownerId === undefined ? "noOwner" : "noUser" } as const)
      : requesterFacts({ user, groups, known: person }, world.owner, policy, calendar);
  return {
    facts: {
      requester: result.ok ? result.requester : undefined,
      product: productFacts(productId ?? "", product, productId === undefined ? [] : policy.owners(productId)),
      request: requestFacts(subscription, person?.person, policy, calendar),
      subscriptions: heldBesides(held, subscription.id),
    },
    ...(!result.ok && { missing: result.why }),
    ...(user !== undefined && { user }),
    ...(product !== undefined && { product }),
    ...(worker !== undefined && { worker }),
    ...(known !== undefined && { known, factsReadAt: known.readAt }),
  };
}
