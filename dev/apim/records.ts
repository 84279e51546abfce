// What the simulated service holds, free of any dialect. `version` is a row version that grows with each write.

export type Identity = { readonly provider: string; readonly id: string };

export const userStates = ["active", "blocked", "pending", "deleted"] as const;
type UserState = (typeof userStates)[number];

export type UserFields = {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly state: UserState;
  /** Epoch milliseconds, as every instant of the store. */
  readonly registrationDate: number;
  readonly note: string | null;
  readonly identities: readonly Identity[];
};

export const groupTypes = ["custom", "system", "external"] as const;
type GroupType = (typeof groupTypes)[number];

export type GroupFields = {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly builtIn: boolean;
  readonly type: GroupType;
  readonly externalId: string | null;
};

export const productStates = ["notPublished", "published"] as const;
type ProductState = (typeof productStates)[number];

export type ProductFields = {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly terms: string | null;
  readonly subscriptionRequired: boolean;
  readonly approvalRequired: boolean;
  readonly subscriptionsLimit: number | null;
  readonly state: ProductState;
};

export const subscriptionStates = ["suspended", "active", "expired", "submitted", "rejected", "cancelled"] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

export type SubscriptionFields = {
  readonly id: string;
  /** Undefined: stands alone, without an owner. */
  readonly ownerId: string | undefined;
  /** `/products/{id}`, `/apis`, `/apis/{id}`, or `/` for everything. */
  readonly scope: string;
  readonly displayName: string | null;
  readonly state: SubscriptionState;
  readonly createdDate: number;
  readonly startDate: number | null;
  readonly expirationDate: number | null;
  readonly endDate: number | null;
  readonly notificationDate: number | null;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly stateComment: string | null;
  readonly allowTracing: boolean;
};

export type Versioned<T> = T & { readonly version: number };
export type UserRecord = Versioned<UserFields>;
export type GroupRecord = Versioned<GroupFields>;
export type ProductRecord = Versioned<ProductFields>;
export type SubscriptionRecord = Versioned<SubscriptionFields>;

/** The keys of the direct door, and whether it is open. */
export type AccessRecord = Versioned<{
  readonly identifier: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly enabled: boolean;
}>;

export type DelegationRecord = Versioned<{
  readonly url: string | null;
  /** Base64; the bytes are the key. */
  readonly validationKey: string;
  readonly secondaryValidationKey: string;
  readonly subscriptions: boolean;
  readonly userRegistration: boolean;
}>;

/** A message that the service would have sent, so that a test can say "nobody got mail". */
export type Mail = { readonly kind: string; readonly to: string };

/** A user delete that was accepted with 202 and takes effect at `dueAt`. */
export type DeleteOperation = { readonly id: string; readonly userId: string; readonly dueAt: number };
