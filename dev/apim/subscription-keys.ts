// Keys of a subscription: reading them since 2019-12-01, and making new ones.
import { empty, ok } from "./answer.ts";
import type { Handler } from "./call.ts";
import { failure, notFound } from "./errors.ts";
import { newKey } from "./keys.ts";
import { subscriptionEtag } from "./render-subscription.ts";

export const listSubscriptionSecrets: Handler = (call, id) => {
  const item = call.store.subscriptions.get(id);
  if (item === undefined) return notFound("Subscription");
  return ok(200, { primaryKey: item.primaryKey, secondaryKey: item.secondaryKey }, subscriptionEtag(item));
};

/** POST regeneratePrimaryKey or regenerateSecondaryKey. 2014 documents a 409 in states that cannot be used. */
export function regenerateSubscriptionKey(which: "primaryKey" | "secondaryKey"): Handler {
  return (call, id) => {
    const item = call.store.subscriptions.get(id);
    if (item === undefined) return notFound("Subscription");
    if (call.dialect.createOnly && ["rejected", "cancelled", "expired"].includes(item.state)) {
      return failure(409, "Conflict", "Operation is not allowed in the current state of the subscription.");
    }
    call.store.putSubscription({ ...item, [which]: newKey() });
    return empty(204);
  };
}
