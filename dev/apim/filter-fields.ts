// The fields that each list can be filtered by. Flat versions have their own names and fewer rules.
import type { Call } from "./call.ts";
import type { FilterField, FilterFields, FilterOperators } from "./filter.ts";
import type { GroupRecord, ProductRecord, SubscriptionRecord, UserRecord } from "./records.ts";

type Value = string | number | null;

function field<T>(operators: FilterOperators, read: (item: T) => Value | readonly Value[]): FilterField<T> {
  return {
    operators,
    read(item) {
      const value = read(item);
      return typeof value === "object" && value !== null ? value : [value];
    },
  };
}

function pick<T>(fields: FilterFields<T>, without: readonly string[]): FilterFields<T> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !without.includes(name)));
}

/** Fields of a list of users; a group's list of users has no `state`. */
export function userFilter(call: Call, list: "all" | "group"): FilterFields<UserRecord> {
  const shared: FilterFields<UserRecord> = {
    firstName: field("all", (user) => user.firstName),
    lastName: field("all", (user) => user.lastName),
    email: field("all", (user) => user.email),
    note: field("all", (user) => user.note),
    registrationDate: field("comparisons", (user) => user.registrationDate),
  };
  if (!call.dialect.envelope) {
    return {
      ...shared,
      id: field("all", (user) => [user.id, `/users/${user.id}`]),
      state: field("all", (user) => user.state),
    };
  }
  const all = {
    ...shared,
    name: field("all", (user: UserRecord) => user.id),
    state: field("eq", (user: UserRecord) => user.state),
  };
  return list === "all" ? all : pick(all, ["state"]);
}

/** Fields of a list of groups: of the service, of one user, or of one product. */
export function groupFilter(call: Call, list: "all" | "user" | "product"): FilterFields<GroupRecord> {
  const names = (group: GroupRecord) => [group.id, group.displayName];
  if (!call.dialect.envelope) {
    return {
      id: field("all", (group) => [group.id, `/groups/${group.id}`]),
      name: field("all", names),
      description: field("all", (group) => group.description),
      type: field("equality", (group) => group.type),
    };
  }
  const texts = list === "product" ? "equality" : "all";
  const all: FilterFields<GroupRecord> = {
    name: field(list === "product" ? "comparisons" : "all", names),
    displayName: field(texts, (group) => group.displayName),
    description: field(texts, (group) => group.description),
    externalId: field("eq", (group) => group.externalId),
  };
  return list === "all" ? all : pick(all, ["externalId"]);
}

export function productFilter(call: Call): FilterFields<ProductRecord> {
  const shared: FilterFields<ProductRecord> = {
    name: field("all", (product) => [product.id, product.displayName]),
    description: field("all", (product) => product.description),
    terms: field("all", (product) => product.terms),
  };
  if (!call.dialect.envelope)
    return { ...shared, id: field("all", (product) => product.id), state: field("all", (product) => product.state) };
  return {
    ...shared,
    displayName: field("all", (product) => product.displayName),
    state: field("eq", (product) => product.state),
  };
}

/** Fields of a list of subscriptions; a user's own list has no `state`. */
export function subscriptionFilter(call: Call, list: "all" | "user"): FilterFields<SubscriptionRecord> {
  const owner = (item: SubscriptionRecord) =>
    item.ownerId === undefined ? null : [item.ownerId, `/users/${item.ownerId}`, `${call.base}/users/${item.ownerId}`];
  const product = (item: SubscriptionRecord) => {
    const id = /^\/products\/(.*)$/.exec(item.scope)?.[1];
    return id === undefined ? null : [id, item.scope, `${call.base}${item.scope}`];
  };
  const shared: FilterFields<SubscriptionRecord> = {
    name: field("all", (item) => (call.dialect.envelope ? item.id : item.displayName)),
    stateComment: field("all", (item) => item.stateComment),
    userId: field("all", owner),
    productId: field("all", product),
  };
  const state = (operators: FilterOperators) => ({ state: field(operators, (item: SubscriptionRecord) => item.state) });
  if (!call.dialect.envelope) return { ...shared, id: field("all", (item) => item.id), ...state("all") };
  const all: FilterFields<SubscriptionRecord> = {
    ...shared,
    displayName: field("all", (item) => item.displayName),
    ownerId: field("all", owner),
    scope: field("all", (item) => [item.scope, `${call.base}${item.scope}`]),
    ...state("eq"),
  };
  return list === "all" ? all : pick(all, ["state"]);
}
