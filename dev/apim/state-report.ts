// Everything in the store as plain JSON, free of any dialect: what a test or a person looks at.
import type { Mail, SubscriptionFields, UserFields } from "./records.ts";
import type { Relation } from "./relation.ts";
import type { Store } from "./store.ts";

export type StateReport = {
  readonly users: readonly UserFields[];
  readonly groups: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly description: string | null;
    readonly type: string;
  }[];
  /** Group id → user ids. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly products: readonly { readonly id: string; readonly displayName: string; readonly state: string }[];
  /** Product id → group ids. */
  readonly links: Readonly<Record<string, readonly string[]>>;
  readonly subscriptions: readonly SubscriptionFields[];
  readonly mails: readonly Mail[];
};

/** A snapshot; later changes of the store do not show in it. */
export function stateReport(store: Store): StateReport {
  return {
    users: [...store.users.values()],
    groups: [...store.groups.values()],
    members: pairs(store.members),
    products: [...store.products.values()],
    links: pairs(store.productGroups),
    subscriptions: [...store.subscriptions.values()],
    mails: [...store.mails],
  };
}

function pairs(relation: Relation): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(relation.lefts().map((left) => [left, [...relation.rightsOf(left).values()]]));
}
