// What API Management has. Field names are API Management's own; ids are the last segment of a resource's path.

export type UserState = "active" | "blocked" | "pending" | "deleted";

export type UserIdentity = { readonly provider: string; readonly id: string };

export type User = {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly state: UserState;
  readonly note: string;
  readonly identities: readonly UserIdentity[];
  /** Ids of the groups that the user is a member of, built-in ones included. */
  readonly groups: readonly string[];
};

export type GroupType = "custom" | "system" | "external";

export type Group = {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly builtIn: boolean;
  readonly type: GroupType;
};

export type Product = {
  readonly id: string;
  readonly displayName: string;
  readonly state: "published" | "notPublished";
  readonly approvalRequired: boolean;
  /** What somebody who asks for it agrees to; absent for no terms. */
  readonly terms?: string;
  /** Ids of the groups that see the product. */
  readonly groups: readonly string[];
};

export type SubscriptionState = "submitted" | "active" | "rejected" | "suspended" | "cancelled" | "expired";

export type Subscription = {
  readonly id: string;
  readonly displayName: string;
  /** User id; absent for a subscription without an owner. */
  readonly ownerId?: string;
  /** The scope as the service writes it, and the product's id where the scope is a product. */
  readonly scope: string;
  readonly productId?: string;
  readonly state: SubscriptionState;
  readonly stateComment: string;
  /** Instant of the creation as the service writes it: in its oldest versions without a zone, which is UTC. */
  readonly createdDate?: string;
  /** Where its access ends, epoch milliseconds. The service keeps the date and does nothing about it. */
  readonly expiresAt?: number;
};

/** The part of a service that a plan compares with. Products are read only when a rule links any. */
export type Directory = {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
  readonly products: readonly Product[];
};
