// The one store behind both doors: records by id in creation order, with the indexes that the rules ask for.
import type { OrderedMap } from "./ordered-map.ts";
import { createOrderedMap } from "./ordered-map.ts";
import type {
  AccessRecord,
  DelegationRecord,
  DeleteOperation,
  GroupFields,
  GroupRecord,
  Mail,
  ProductFields,
  ProductRecord,
  SubscriptionFields,
  SubscriptionRecord,
  UserFields,
  UserRecord,
  Versioned,
} from "./records.ts";
import type { Relation } from "./relation.ts";
import { createRelation } from "./relation.ts";

type Readable<T> = Omit<OrderedMap<T>, "set" | "delete" | "clear">;

export type Store = {
  readonly users: Readable<UserRecord>;
  readonly groups: Readable<GroupRecord>;
  readonly products: Readable<ProductRecord>;
  readonly subscriptions: Readable<SubscriptionRecord>;
  /** Group → users. */
  readonly members: Relation;
  /** Product → groups. */
  readonly productGroups: Relation;
  readonly mails: Mail[];
  /** Every accepted long-running delete, and the ids of those that have no effect yet. */
  readonly deletes: Map<string, DeleteOperation>;
  readonly runningDeletes: Set<string>;
  access(): AccessRecord;
  delegation(): DelegationRecord;
  putAccess(fields: Omit<AccessRecord, "version">): void;
  putDelegation(fields: Omit<DelegationRecord, "version">): void;
  /** Each put gives the record a new row version. */
  putUser(fields: UserFields): UserRecord;
  putGroup(fields: GroupFields): GroupRecord;
  putProduct(fields: ProductFields): ProductRecord;
  putSubscription(fields: SubscriptionFields): SubscriptionRecord;
  /** Takes the memberships along; subscriptions are the caller's business. */
  deleteUser(id: string): boolean;
  deleteGroup(id: string): boolean;
  deleteProduct(id: string): boolean;
  deleteSubscription(id: string): boolean;
  /** The user that holds this address, case ignored. */
  userIdByEmail(email: string): string | undefined;
  /** Ids of the subscriptions of one owner; undefined asks for those without an owner. */
  subscriptionsOf(ownerId: string | undefined): readonly string[];
  subscriptionsIn(scope: string): readonly string[];
  clear(): void;
  /** Tells of every subscription that is made, changed or deleted from now on; the result ends it. */
  watchSubscriptions(listener: (change: "Created" | "Updated" | "Deleted", id: string) => void): () => void;
};

export function createStore(first: {
  readonly access: Omit<AccessRecord, "version">;
  readonly delegation: Omit<DelegationRecord, "version">;
}): Store {
  const users = createOrderedMap<UserRecord>();
  const groups = createOrderedMap<GroupRecord>();
  const products = createOrderedMap<ProductRecord>();
  // The URL of a subscription leads to it in any capitals, and the answer has the spelling that it was made with.
  const subscriptions = createOrderedMap<SubscriptionRecord>((id) => id.toLowerCase());
  const members = createRelation();
  const productGroups = createRelation();
  const emails = new Map<string, string>();
  const byOwner = createRelation();
  const byScope = createRelation();
  const mails: Mail[] = [];
  const deletes = new Map<string, DeleteOperation>();
  const runningDeletes = new Set<string>();
  const watchers = new Set<(change: "Created" | "Updated" | "Deleted", id: string) => void>();
  let lastVersion = 2000;
  let access = versioned(first.access);
  let delegation = versioned(first.delegation);

  function versioned<T>(fields: T): Versioned<T> {
    // Users carry two row versions in their ETag, so every write takes two.
    lastVersion += 2;
    return { ...fields, version: lastVersion };
  }

  function put<T extends { readonly id: string }>(into: OrderedMap<Versioned<T>>, fields: T): Versioned<T> {
    const record = versioned(fields);
    into.set(fields.id, record);
    return record;
  }

  function forgetEmail(id: string): void {
    const email = users.get(id)?.email.toLowerCase();
    if (email !== undefined && emails.get(email) === id) emails.delete(email);
  }

  return {
    users,
    groups,
    products,
    subscriptions,
    members,
    productGroups,
    mails,
    deletes,
    runningDeletes,
    access: () => access,
    delegation: () => delegation,
    putAccess(fields) {
      access = versioned(fields);
    },
    putDelegation(fields) {
      delegation = versioned(fields);
    },
    putUser(fields) {
      forgetEmail(fields.id);
      emails.set(fields.email.toLowerCase(), fields.id);
      return put(users, fields);
    },
    putGroup: (fields) => put(groups, fields),
    putProduct: (fields) => put(products, fields),
    putSubscription(fields) {
      const change = subscriptions.has(fields.id) ? "Updated" : "Created";
      byOwner.dropRight(fields.id);
      byScope.dropRight(fields.id);
      byOwner.add(fields.ownerId ?? "", fields.id);
      byScope.add(fields.scope, fields.id);
      const record = put(subscriptions, fields);
      for (const listener of watchers) listener(change, fields.id);
      return record;
    },
    deleteUser(id) {
      forgetEmail(id);
      members.dropRight(id);
      return users.delete(id);
    },
    deleteGroup(id) {
      members.dropLeft(id);
      productGroups.dropRight(id);
      return groups.delete(id);
    },
    deleteProduct(id) {
      productGroups.dropLeft(id);
      return products.delete(id);
    },
    deleteSubscription(given) {
      const { id } = subscriptions.get(given) ?? { id: given };
      byOwner.dropRight(id);
      byScope.dropRight(id);
      const deleted = subscriptions.delete(id);
      if (deleted) for (const listener of watchers) listener("Deleted", id);
      return deleted;
    },
    watchSubscriptions(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    userIdByEmail: (email) => emails.get(email.toLowerCase()),
    subscriptionsOf: (ownerId) => [...byOwner.rightsOf(ownerId ?? "").values()],
    subscriptionsIn: (scope) => [...byScope.rightsOf(scope).values()],
    clear() {
      for (const collection of [
        users,
        groups,
        products,
        subscriptions,
        members,
        productGroups,
        byOwner,
        byScope,
        emails,
        deletes,
        runningDeletes,
      ]) {
        collection.clear();
      }
      mails.length = 0;
    },
  };
}
