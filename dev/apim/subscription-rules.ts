// What is true of every subscription: scope, owner, the product's limit, and what a state does to the dates.
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { startOfDay } from "./dates.ts";
import { failure, invalid, invalidField } from "./errors.ts";
import type { Fields, TextRule } from "./json-fields.ts";
import { checkTexts, textOf } from "./json-fields.ts";
import type { SubscriptionFields, SubscriptionState } from "./records.ts";
import { subscriptionStates } from "./records.ts";
import type { Store } from "./store.ts";

const liveStates: readonly SubscriptionState[] = ["submitted", "active", "suspended"];

const portalTransitions: Readonly<Record<SubscriptionState, readonly SubscriptionState[]>> = {
  submitted: ["active", "rejected", "cancelled"],
  active: ["suspended", "cancelled", "expired"],
  suspended: ["active", "cancelled"],
  rejected: ["active"],
  cancelled: ["active"],
  expired: ["active"],
};

/** The request's names for the fields: flat versions say userId, productId and name. */
export function namesOf(call: Call): { readonly owner: string; readonly scope: string; readonly name: string } {
  return call.dialect.envelope
    ? { owner: "ownerId", scope: "scope", name: "displayName" }
    : { owner: "userId", scope: "productId", name: "name" };
}

/** What is wrong with the texts of the body, if anything. */
export function refuseTexts(call: Call, fields: Fields, partial: boolean): Answer | undefined {
  const names = namesOf(call);
  const rules: Readonly<Record<string, TextRule>> = {
    [names.scope]: { required: true },
    [names.name]: { required: true, min: 1, max: 100 },
    state: { oneOf: subscriptionStates },
    primaryKey: { min: 1, max: 256 },
    secondaryKey: { min: 1, max: 256 },
  };
  const problems = checkTexts(fields, rules, partial);
  const expiration = textOf(fields, "expirationDate");
  if (expiration !== undefined && Number.isNaN(Date.parse(expiration))) {
    problems.push({
      code: "ValidationError",
      target: "expirationDate",
      message: "The 'expirationDate' field must be a date.",
    });
  }
  return problems.length > 0 ? invalid(problems) : undefined;
}

/** A scope as the store keeps it, from a relative scope or a full ARM id; undefined when it is none. */
export function scopeOf(text: string): string | undefined {
  const relative = text.replace(/^\/subscriptions\/.*\/service\/[^/]+/i, "");
  if (relative === "/" || relative === "") return "/";
  return /^\/(?:products\/[^/]+|apis(?:\/[^/]+)?)$/.exec(relative)?.[0];
}

/** The last segment of `/users/{id}` or of the full id; a bare id stays. */
export function ownerOf(fields: Fields, name: string): string | undefined {
  return textOf(fields, name)?.split("/").at(-1);
}

/** What forbids this subscription to exist, if anything. */
export function refuseSubscription(call: Call, after: SubscriptionFields): Answer | undefined {
  const { store } = call;
  const names = namesOf(call);
  if (after.ownerId !== undefined && !store.users.has(after.ownerId))
    return invalidField(names.owner, "User not found.");
  const productId = /^\/products\/(.*)$/.exec(after.scope)?.[1];
  if (productId === undefined) return undefined;
  const product = store.products.get(productId);
  if (product === undefined) return invalidField(names.scope, "Product not found.");
  return refuseOverLimit(store, after, product.subscriptionsLimit);
}

// Subscriptions without an owner count as those of one implicit user. Which states count is inferred.
function refuseOverLimit(store: Store, after: SubscriptionFields, limit: number | null): Answer | undefined {
  if (limit === null || !liveStates.includes(after.state)) return undefined;
  const others = store.subscriptionsOf(after.ownerId).filter((id) => {
    const other = store.subscriptions.get(id);
    return id !== after.id && other !== undefined && other.scope === after.scope && liveStates.includes(other.state);
  });
  return others.length >= limit
    ? failure(400, "ValidationError", "Subscriptions limit reached for same user")
    : undefined;
}

/** In strict mode, the refusal of a change of state that the portal does not offer. */
export function refuseTransition(call: Call, before: SubscriptionState, after: SubscriptionState): Answer | undefined {
  if (!call.settings.strictTransitions || before === after || portalTransitions[before].includes(after))
    return undefined;
  return invalidField("state", `Subscription cannot change from ${before} to ${after}.`);
}

/** The state of a new subscription that names none: what the product asks for. */
export function firstState(call: Call, scope: string): SubscriptionState {
  const product = call.store.products.get(scope.replace("/products/", ""));
  return product?.approvalRequired === true && product.subscriptionRequired ? "submitted" : "active";
}

/** The same subscription with the dates that its state and expiration imply: midnight of the activation, the end of a
 * cancelled one, a notice twelve days before expiry. */
export function withDates(item: SubscriptionFields, now: number): SubscriptionFields {
  const over = item.state === "cancelled" || item.state === "expired" || item.state === "rejected";
  return {
    ...item,
    startDate: item.startDate ?? (item.state === "active" ? startOfDay(now) : null),
    endDate: over ? (item.endDate ?? now) : null,
    notificationDate: item.expirationDate === null ? null : startOfDay(item.expirationDate) - 12 * 86_400_000,
  };
}
