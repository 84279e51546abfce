// What the developer portal hands over, for the person who is signed in. The link was verified before; here it is asked
// whose account it is about and what is true now. Opening a link changes nothing, it signs in or asks for a confirmation.
import type { Delegation, DelegationRefusal } from "../core/delegation.ts";
import { saltKey } from "../core/delegation-salt.ts";
import type { Product, Subscription, User } from "../core/directory.ts";
import { foldId } from "../core/fold.ts";
import type { Principal } from "../core/principal.ts";
import type { Apim, Clock, Log, Tagged } from "../ports.ts";
import type { Audit, RequestQueue, RequestStore } from "../request-ports.ts";
import { type DelegateWorld, findDelegate } from "./find-delegate.ts";

export type DelegationWorld = DelegateWorld & {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly apim: Pick<
    Apim,
    | "getUser"
    | "listUserGroups"
    | "getProduct"
    | "getSubscription"
    | "createUserToken"
    | "putSubscription"
    | "patchSubscription"
    | "patchUser"
  >;
  readonly requests: Pick<RequestStore, "takeOnce">;
  readonly queue: Pick<RequestQueue, "send">;
  readonly audit: Pick<Audit, "append">;
};

/** A link whose signature holds. */
export type VerifiedLink = { readonly delegation: Delegation; readonly salt: string };

/** What waits for a confirmation. */
export type ToConfirm =
  | { readonly operation: "Subscribe"; readonly product: Product }
  | { readonly operation: "Unsubscribe"; readonly subscription: Tagged<Subscription> }
  | { readonly operation: "CloseAccount" };

export type Opened =
  | { readonly kind: "token"; readonly token: string; readonly returnUrl: string }
  | { readonly kind: "confirm"; readonly what: ToConfirm }
  | { readonly kind: "explain"; readonly operation: "ChangePassword" | "ChangeProfile" }
  | { readonly kind: "signOut" }
  | { readonly kind: "refused"; readonly why: DelegationRefusal }
  /** The link has done what it was for. */
  | { readonly kind: "spent" };

/** A year: a link has no end of its own. */
const keepSaltSeconds = 365 * 86_400;
const tokenMs = 5 * 60_000;

/** The person's account, if the link is about it. */
export type Ready =
  | { readonly ok: true; readonly account: Tagged<User>; readonly worker: string }
  | { readonly ok: false; readonly why: DelegationRefusal };

/** The link's salt, taken for good; false where it was taken before. @throws STORE_UNAVAILABLE */
export function spend({ salt }: VerifiedLink, world: DelegationWorld, signal: AbortSignal): Promise<boolean> {
  return world.requests.takeOnce("delegation", saltKey(world.target, salt), keepSaltSeconds, signal);
}

/** Who is signed in, if the link is theirs. @throws as `findDelegate` */
export async function findLinked(
  { delegation }: VerifiedLink,
  person: Principal,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<Ready> {
  const delegate = await findDelegate(person, world, signal);
  if (!delegate.ok) return delegate;
  const named = "userId" in delegation ? delegation.userId : delegate.account.value.id;
  return foldId(named) === foldId(delegate.account.value.id) ? delegate : { ok: false, why: "otherPerson" };
}

async function visibleProduct(
  productId: string,
  user: User,
  { apim }: DelegationWorld,
  signal: AbortSignal,
): Promise<Product | undefined> {
  const [product, groups] = await Promise.all([
    apim.getProduct(productId, signal),
    apim.listUserGroups(user.id, signal),
  ]);
  if (product?.state !== "published") return undefined;
  // The management API itself lets an administrator subscribe anybody to anything.
  const own = new Set(groups.map(foldId));
  return product.groups.some((group) => own.has(foldId(group))) ? product : undefined;
}

const endable: readonly string[] = ["submitted", "active", "suspended"];

async function ownSubscription(
  id: string,
  user: User,
  { apim }: DelegationWorld,
  signal: AbortSignal,
): Promise<Tagged<Subscription> | undefined> {
  const subscription = await apim.getSubscription(id, signal);
  const owner = subscription?.value.ownerId;
  const own = owner !== undefined && foldId(owner) === foldId(user.id);
  return own && endable.includes(subscription?.value.state ?? "") ? subscription : undefined;
}

/** What the link asks to confirm, as it is now; `undefined` for an operation that needs no confirmation. */
export async function readToConfirm(
  { delegation }: VerifiedLink,
  user: User,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<ToConfirm | DelegationRefusal | undefined> {
  switch (delegation.operation) {
    case "Subscribe": {
      const product = await visibleProduct(delegation.productId, user, world, signal);
      return product === undefined ? "productHidden" : { operation: "Subscribe", product };
    }
    case "Unsubscribe": {
      const subscription = await ownSubscription(delegation.subscriptionId, user, world, signal);
      return subscription === undefined ? "nothingToEnd" : { operation: "Unsubscribe", subscription };
    }
    case "CloseAccount":
      return { operation: "CloseAccount" };
    default:
      return undefined;
  }
}

async function signIn(
  link: VerifiedLink & { readonly delegation: { readonly returnUrl: string } },
  user: User,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<Opened> {
  // Made before the salt is spent, so that an outage of API Management does not use the link up.
  const token = await world.apim.createUserToken(user.id, world.clock.now() + tokenMs, signal);
  if (!(await spend(link, world, signal))) return { kind: "spent" };
  world.log.info("delegation.signedIn", { target: world.target });
  return { kind: "token", token, returnUrl: link.delegation.returnUrl };
}

/** What becomes of the link when the person opens it.
 * @throws STORE_UNAVAILABLE, APIM_*, NETWORK, TIMEOUT, ABORTED */
export async function openDelegation(
  link: VerifiedLink,
  person: Principal,
  world: DelegationWorld,
  signal: AbortSignal,
): Promise<Opened> {
  const ready = await findLinked(link, person, world, signal);
  if (!ready.ok) return { kind: "refused", why: ready.why };
  const { delegation } = link;
  const user = ready.account.value;
  switch (delegation.operation) {
    case "SignIn":
    case "SignUp":
      return signIn({ ...link, delegation }, user, world, signal);
    case "ChangePassword":
    case "ChangeProfile":
      return { kind: "explain", operation: delegation.operation };
    case "SignOut":
      return { kind: "signOut" };
    case "Subscribe":
    case "Unsubscribe":
    case "CloseAccount": {
      const what = await readToConfirm(link, user, world, signal);
      if (what === undefined || typeof what === "string") return { kind: "refused", why: what ?? "nothingToEnd" };
      return { kind: "confirm", what };
    }
  }
}
