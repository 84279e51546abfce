// Changes that somebody else makes, past both doors and all rules: a person in the Azure portal, another program.
import { startOfDay } from "./dates.ts";
import { newKey } from "./keys.ts";
import type {
  GroupFields,
  GroupRecord,
  ProductFields,
  ProductRecord,
  SubscriptionFields,
  SubscriptionRecord,
  UserFields,
  UserRecord,
} from "./records.ts";
import type { Store } from "./store.ts";
import { removeUser, storeUser } from "./user-rules.ts";

type Some<T extends { readonly id: string }> = Partial<T> & Pick<T, "id">;

/** Each put makes the entity, or changes only the named fields of what exists. */
export type OutsideEdits = {
  putUser(fields: Some<UserFields>): UserRecord;
  /** With its memberships and subscriptions. */
  deleteUser(id: string): void;
  putGroup(fields: Some<GroupFields>): GroupRecord;
  deleteGroup(id: string): void;
  addMember(groupId: string, userId: string): void;
  removeMember(groupId: string, userId: string): void;
  putProduct(fields: Some<ProductFields>): ProductRecord;
  linkGroup(productId: string, groupId: string): void;
  unlinkGroup(productId: string, groupId: string): void;
  putSubscription(fields: Some<SubscriptionFields>): SubscriptionRecord;
  deleteSubscription(id: string): void;
};

export function createOutsideEdits(store: Store, now: () => number): OutsideEdits {
  return {
    putUser(fields) {
      const before = store.users.get(fields.id) ?? newUser(fields, now());
      return storeUser(store, { ...before, ...fields });
    },
    deleteUser(id) {
      removeUser(store, id);
    },
    putGroup(fields) {
      const before = store.groups.get(fields.id);
      return store.putGroup({
        displayName: fields.id,
        description: null,
        builtIn: false,
        type: "custom",
        externalId: null,
        ...before,
        ...fields,
      });
    },
    deleteGroup(id) {
      store.deleteGroup(id);
    },
    addMember(groupId, userId) {
      store.members.add(groupId, userId);
    },
    removeMember(groupId, userId) {
      store.members.remove(groupId, userId);
    },
    putProduct(fields) {
      const before = store.products.get(fields.id) ?? newProduct(fields.id);
      return store.putProduct({ ...before, ...fields });
    },
    linkGroup(productId, groupId) {
      store.productGroups.add(productId, groupId);
    },
    unlinkGroup(productId, groupId) {
      store.productGroups.remove(productId, groupId);
    },
    putSubscription(fields) {
      const before = store.subscriptions.get(fields.id) ?? newSubscription(fields.id, now());
      return store.putSubscription({ ...before, ...fields });
    },
    deleteSubscription(id) {
      store.deleteSubscription(id);
    },
  };
}

function newUser(fields: Some<UserFields>, now: number): UserFields {
  const email = fields.email ?? `${fields.id}@example.com`;
  return {
    id: fields.id,
    firstName: "First",
    lastName: "Last",
    email,
    state: "active",
    registrationDate: now,
    note: null,
    identities: [{ provider: "Aad", id: email }],
  };
}

function newProduct(id: string): ProductFields {
  return {
    id,
    displayName: id,
    description: null,
    terms: null,
    subscriptionRequired: true,
    approvalRequired: true,
    subscriptionsLimit: null,
    state: "published",
  };
}

function newSubscription(id: string, now: number): SubscriptionFields {
  return {
    id,
    ownerId: undefined,
    scope: "/apis",
    displayName: id,
    state: "active",
    createdDate: now,
    startDate: startOfDay(now),
    expirationDate: null,
    endDate: null,
    notificationDate: null,
    primaryKey: newKey(),
    secondaryKey: newKey(),
    stateComment: null,
    allowTracing: false,
  };
}
