// What a new service holds, and on request a crowd of invented people.
import { startOfDay } from "./dates.ts";
import { inventGroup, inventUser } from "./invented-people.ts";
import type { Random } from "./random.ts";
import type { GroupFields, ProductFields, SubscriptionFields } from "./records.ts";
import type { Store } from "./store.ts";
import { storeUser } from "./user-rules.ts";

const builtInGroups: readonly GroupFields[] = [
  builtInGroup("administrators", "Administrators", "Microsoft Azure subscription administrators fall into this group."),
  builtInGroup("developers", "Developers", "Signed-in users fall into this group."),
  builtInGroup("guests", "Guests", "Unauthenticated users visiting the developer portal fall into this group."),
];

const products: readonly ProductFields[] = [
  product(
    "starter",
    "Starter",
    "Subscribers will be able to run 5 calls/minute up to a maximum of 100 calls/week.",
    false,
  ),
  product(
    "unlimited",
    "Unlimited",
    "Subscribers have completely unlimited access to the API. Administrator approval is required.",
    true,
  ),
];

// The service was made on this day.
const made = Date.UTC(2022, 10, 14, 9, 12, 44, 530);

/** User 1, the system groups, two products and three subscriptions. */
export function seedService(store: Store, random: Random): void {
  for (const group of builtInGroups) store.putGroup(group);
  const email = "admin@contoso.com";
  storeUser(store, {
    id: "1",
    firstName: "Administrator",
    lastName: "",
    email,
    state: "active",
    registrationDate: made,
    note: null,
    identities: [{ provider: "Azure", id: email }],
  });
  store.members.add("administrators", "1");
  for (const item of products) {
    store.putProduct(item);
    for (const group of builtInGroups) store.productGroups.add(item.id, group.id);
    store.putSubscription(subscription(random, random.bytes(12).toString("hex"), "1", `/products/${item.id}`, null));
  }
  store.putSubscription(subscription(random, "master", undefined, "/", "Built-in all-access subscription"));
}

/** So many users and groups; each user is in developers and in up to three of the groups. */
export function seedCrowd(store: Store, random: Random, users: number, groups: number): void {
  const groupIds = Array.from({ length: groups }, (_item, index) => store.putGroup(inventGroup(random, index + 1)).id);
  for (let number = 1; number <= users; number += 1) {
    const user = storeUser(store, inventUser(random, number));
    const count = groups === 0 ? 0 : random.below(4);
    for (let turn = 0; turn < count; turn += 1) {
      const groupId = groupIds[random.below(groupIds.length)];
      if (groupId !== undefined) store.members.add(groupId, user.id);
    }
  }
}

function builtInGroup(id: string, displayName: string, members: string): GroupFields {
  const description = `${displayName} is a built-in group. Its membership is managed by the system. ${members}`;
  return { id, displayName, description, builtIn: true, type: "system", externalId: null };
}

function product(id: string, displayName: string, description: string, approvalRequired: boolean): ProductFields {
  return {
    id,
    displayName,
    description,
    terms: "",
    subscriptionRequired: true,
    approvalRequired,
    subscriptionsLimit: 1,
    state: "published",
  };
}

function subscription(
  random: Random,
  id: string,
  ownerId: string | undefined,
  scope: string,
  displayName: string | null,
): SubscriptionFields {
  return {
    id,
    ownerId,
    scope,
    displayName,
    state: "active",
    createdDate: made,
    startDate: startOfDay(made),
    expirationDate: null,
    endDate: null,
    notificationDate: null,
    primaryKey: random.bytes(16).toString("hex"),
    secondaryKey: random.bytes(16).toString("hex"),
    stateComment: null,
    allowTracing: false,
  };
}
