// /subscriptions and /subscriptions/{id}, and those of one user or product.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields, flag } from "./call.ts";
import { exists, invalidField, notFound } from "./errors.ts";
import { subscriptionFilter } from "./filter-fields.ts";
import type { Fields } from "./json-fields.ts";
import { memberOf, nullableTextOf, textOf } from "./json-fields.ts";
import { newKey } from "./keys.ts";
import { listAnswer } from "./list.ts";
import { mapSequence, sequenceOf } from "./ordered-map.ts";
import { checkId, checkIfMatch, firstRefusal } from "./preconditions.ts";
import type { SubscriptionFields, SubscriptionRecord } from "./records.ts";
import { subscriptionStates } from "./records.ts";
import { renderSubscription, subscriptionEtag } from "./render-subscription.ts";
import {
  firstState,
  namesOf,
  ownerOf,
  refuseSubscription,
  refuseTexts,
  refuseTransition,
  scopeOf,
  withDates,
} from "./subscription-rules.ts";

export const listSubscriptions: Handler = (call) =>
  listAnswer(call, call.store.subscriptions, {
    filter: subscriptionFilter(call, "all"),
    render: (item) => renderSubscription(call, item, "read"),
  });

export const listSubscriptionsOfUser: Handler = (call, userId) => {
  if (!call.store.users.has(userId)) return notFound("User");
  return listOf(call, call.store.subscriptionsOf(userId), "user", `users/${userId}/subscriptions`);
};

export const listSubscriptionsOfProduct: Handler = (call, productId) => {
  if (!call.store.products.has(productId)) return notFound("Product");
  return listOf(
    call,
    call.store.subscriptionsIn(`/products/${productId}`),
    "all",
    `products/${productId}/subscriptions`,
  );
};

export const getSubscription: Handler = (call, id) => {
  const item = call.store.subscriptions.get(id);
  return item === undefined
    ? notFound("Subscription")
    : ok(200, renderSubscription(call, item, "read"), subscriptionEtag(item));
};

export const getSubscriptionOfUser: Handler = (call, userId, id) => {
  const item = call.store.subscriptions.get(id);
  if (item === undefined || item.ownerId !== userId) return notFound("Subscription");
  return ok(200, renderSubscription(call, item, "read", `users/${userId}/subscriptions`), subscriptionEtag(item));
};

export const putSubscription: Handler = (call, id) => {
  const before = call.store.subscriptions.get(id);
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    before === undefined ? checkId(id, call.dialect.subscriptionId, "sid") : refuseReplacement(call, before),
    refuseTexts(call, fields, false),
  );
  if (refusal !== undefined) return refusal;
  const after = changed(call, fields, before ?? blankSubscription(call, id));
  if (after === undefined) return invalidField(namesOf(call).scope, "Scope should be within the scope of the service.");
  const state = memberOf(subscriptionStates, textOf(fields, "state")) ?? before?.state ?? firstState(call, after.scope);
  const item = store(call, before, { ...after, state });
  if ("status" in item) return item;
  if (call.dialect.putReturnsEntity)
    return ok(before === undefined ? 201 : 200, renderSubscription(call, item, "put"), subscriptionEtag(item));
  return empty(before === undefined ? 201 : 204, { ETag: subscriptionEtag(item) });
};

export const patchSubscription: Handler = (call, id) => {
  const before = call.store.subscriptions.get(id);
  if (before === undefined) return notFound("Subscription");
  const fields = bodyFields(call);
  const refusal = firstRefusal(checkIfMatch(call, subscriptionEtag(before)), refuseTexts(call, fields, true));
  if (refusal !== undefined) return refusal;
  const after = changed(call, fields, before);
  if (after === undefined) return invalidField(namesOf(call).scope, "Scope should be within the scope of the service.");
  const item = store(call, before, after);
  if ("status" in item) return item;
  return call.dialect.patchReturnsEntity
    ? ok(200, renderSubscription(call, item, "read"), subscriptionEtag(item))
    : empty(204, { ETag: subscriptionEtag(item) });
};

export const deleteSubscription: Handler = (call, id) => {
  const item = call.store.subscriptions.get(id);
  if (item === undefined) return empty(204);
  const refusal = checkIfMatch(call, subscriptionEtag(item));
  if (refusal !== undefined) return refusal;
  call.store.deleteSubscription(id);
  return empty(call.dialect.deletedStatus);
};

function listOf(call: Call, ids: readonly string[], list: "all" | "user", place: string): Answer {
  return listAnswer(
    call,
    mapSequence(sequenceOf(ids), (id) => call.store.subscriptions.get(id)),
    {
      filter: subscriptionFilter(call, list),
      render: (item) => renderSubscription(call, item, "read", place),
    },
  );
}

function blankSubscription(call: Call, id: string): SubscriptionFields {
  return {
    id,
    ownerId: undefined,
    scope: "/",
    displayName: null,
    state: "active",
    createdDate: call.now,
    startDate: null,
    expirationDate: null,
    endDate: null,
    notificationDate: null,
    primaryKey: newKey(),
    secondaryKey: newKey(),
    stateComment: null,
    allowTracing: false,
  };
}

// Undefined when the scope is none.
function changed(
  call: Call,
  fields: Fields,
  before: SubscriptionFields | SubscriptionRecord,
): SubscriptionFields | undefined {
  const names = namesOf(call);
  const scopeText = textOf(fields, names.scope);
  const scope = scopeText === undefined ? before.scope : scopeOf(scopeText);
  if (scope === undefined) return undefined;
  const comment = nullableTextOf(fields, "stateComment");
  const expiration = nullableTextOf(fields, "expirationDate");
  return {
    ...before,
    scope,
    ownerId: ownerOf(fields, names.owner) ?? before.ownerId,
    displayName: textOf(fields, names.name) ?? before.displayName,
    state: memberOf(subscriptionStates, textOf(fields, "state")) ?? before.state,
    stateComment: comment === undefined ? before.stateComment : comment,
    expirationDate:
      expiration === undefined ? before.expirationDate : expiration === null ? null : Date.parse(expiration),
    primaryKey: textOf(fields, "primaryKey") ?? before.primaryKey,
    secondaryKey: textOf(fields, "secondaryKey") ?? before.secondaryKey,
    allowTracing: typeof fields.allowTracing === "boolean" ? fields.allowTracing : before.allowTracing,
  };
}

function store(
  call: Call,
  before: SubscriptionRecord | undefined,
  after: SubscriptionFields,
): SubscriptionRecord | Answer {
  const refusal = firstRefusal(
    before === undefined ? undefined : refuseTransition(call, before.state, after.state),
    refuseSubscription(call, after),
  );
  if (refusal !== undefined) return refusal;
  const item = call.store.putSubscription(withDates(after, call.now));
  if (flag(call, "notify")) call.store.mails.push({ kind: "subscription", to: item.ownerId ?? "" });
  return item;
}

function refuseReplacement(call: Call, before: SubscriptionRecord): Answer | undefined {
  return call.dialect.createOnly ? exists("Subscription") : checkIfMatch(call, subscriptionEtag(before));
}
