// A subscription on the wire: without keys since 2019-12-01, except in the answer to a PUT.
import type { Call } from "./call.ts";
import { wireDate, wireDateInTicks } from "./dates.ts";
import { etagOf } from "./etag.ts";
import type { SubscriptionRecord } from "./records.ts";
import { flatUser } from "./render-user.ts";
import { resource } from "./resource.ts";

/** How much of a subscription is shown: `put` has keys, the owner and seven digits of the creation. */
type SubscriptionView = "read" | "put";

/** A subscription in this call's dialect; `place` is `subscriptions` or `users/{id}/subscriptions`. */
export function renderSubscription(
  call: Call,
  item: SubscriptionRecord,
  view: SubscriptionView,
  place = "subscriptions",
): unknown {
  const bare = call.dialect.bareDates;
  const shared = {
    state: item.state,
    createdDate: view === "put" ? wireDateInTicks(item.createdDate, bare) : wireDate(item.createdDate, bare),
    startDate: wireDate(item.startDate, bare),
    expirationDate: wireDate(item.expirationDate, bare),
    endDate: wireDate(item.endDate, bare),
    notificationDate: wireDate(item.notificationDate, bare),
    ...(view === "put" || call.dialect.keysInReads
      ? { primaryKey: item.primaryKey, secondaryKey: item.secondaryKey }
      : {}),
    stateComment: item.stateComment,
  };
  return call.dialect.envelope ? enveloped(call, item, view, place, shared) : flat(call, item, shared);
}

export function subscriptionEtag(item: SubscriptionRecord): string {
  return etagOf(item.version);
}

function flat(call: Call, item: SubscriptionRecord, shared: Readonly<Record<string, unknown>>): unknown {
  return {
    id: `${call.base}/subscriptions/${item.id}`,
    userId: item.ownerId === undefined ? null : `${call.base}/users/${item.ownerId}`,
    productId: item.scope.startsWith("/products/") ? `${call.base}${item.scope}` : null,
    name: item.displayName,
    ...shared,
  };
}

function enveloped(
  call: Call,
  item: SubscriptionRecord,
  view: SubscriptionView,
  place: string,
  shared: Readonly<Record<string, unknown>>,
): unknown {
  const owner = item.ownerId === undefined ? undefined : call.store.users.get(item.ownerId);
  return resource(call, place, item.id, {
    ...(item.ownerId === undefined ? {} : { ownerId: `${call.base}/users/${item.ownerId}` }),
    ...(view === "put" && owner !== undefined ? { user: flatUser(call, owner, "echo") } : {}),
    scope: `${call.base}${item.scope}`,
    displayName: item.displayName,
    ...shared,
    allowTracing: item.allowTracing,
  });
}
