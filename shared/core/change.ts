// The closed set of things that Rollcall may do to a service. A change is a value: it can be counted, sorted,
// hashed, printed, stored and run later. The kinds are also the keys of `limits`.
import type { SubscriptionState, UserState } from "./directory.ts";

/** In the order in which they are applied: access is taken before it is given, and a thing exists before it is used. */
export const changeKinds = [
  "suspendSubscription",
  "transferSubscription",
  "blockUser",
  "removeProductLink",
  "removeMember",
  "deleteUser",
  "createGroup",
  "adoptGroup",
  "updateGroup",
  "addProductLink",
  "adoptUser",
  "updateUser",
  "createUser",
  "unblockUser",
  "addMember",
  "resumeSubscription",
  "deleteGroup",
] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** Why a change is in a plan: what HR says, which rule, what was decided. */
export type ReasonCode =
  | "joiner"
  | "adopted"
  | "markRestored"
  | "hrValueChanged"
  | "leaverStated"
  | "leaverAbsent"
  | "outOfScope"
  | "rehire"
  | "deleteAfterDays"
  | "unblockedByOthers"
  | "groupRuleHolds"
  | "groupRuleEnded"
  | "groupInRules"
  | "groupLeftRules"
  | "productInRules"
  | "productLeftRules"
  | "leaverSubscription"
  | "rehireSubscription";

export type Reason = {
  readonly code: ReasonCode;
  readonly worker?: string;
  /** Name of the source and the line of the row, where one row says it. */
  readonly source?: string;
  readonly line?: number;
  /** The person's fields behind it, and the rule that read them. */
  readonly fields?: readonly string[];
  readonly rule?: string;
  /** One sentence for a reader; names fields, rules and dates, never a name or an address. */
  readonly text: string;
};

export type AccountFields = { readonly firstName: string; readonly lastName: string; readonly email: string };

type Made<Kind extends ChangeKind, Before, After> = {
  readonly kind: Kind;
  /** Id of the thing: a user, a group, a subscription; `group/user` for a membership, `product/group` for a link. */
  readonly key: string;
  readonly before: Before;
  readonly after: After;
  readonly reason: Reason;
};

export type Change =
  | Made<"createUser", null, AccountFields & { readonly worker: string }>
  | Made<"adoptUser", AccountFields & { readonly state: UserState }, AccountFields & { readonly worker: string }>
  | Made<"updateUser", Partial<AccountFields>, Partial<AccountFields>>
  /** `marked` is false for an account whose mark was wiped and that only memory knows as ours. */
  | Made<
      "blockUser",
      { readonly state: UserState; readonly marked: boolean },
      { readonly state: "blocked"; readonly worker: string }
    >
  | Made<"unblockUser", { readonly state: "blocked" }, { readonly state: "active" }>
  | Made<"deleteUser", { readonly state: "blocked" }, null>
  | Made<"createGroup", null, { readonly displayName: string }>
  | Made<"adoptGroup", { readonly displayName: string }, { readonly displayName: string }>
  | Made<"updateGroup", { readonly displayName: string }, { readonly displayName: string }>
  | Made<"deleteGroup", { readonly displayName: string }, null>
  | Made<"addMember", null, { readonly group: string; readonly user: string }>
  | Made<"removeMember", { readonly group: string; readonly user: string }, null>
  | Made<"addProductLink", null, { readonly product: string; readonly group: string }>
  | Made<"removeProductLink", { readonly product: string; readonly group: string }, null>
  | Made<
      "suspendSubscription",
      { readonly state: SubscriptionState; readonly ownerId: string },
      { readonly state: "suspended" }
    >
  | Made<"resumeSubscription", { readonly state: "suspended"; readonly ownerId: string }, { readonly state: "active" }>
  | Made<"transferSubscription", { readonly ownerId: string }, { readonly ownerId: string }>;

export type ChangeOf<Kind extends ChangeKind> = Extract<Change, { kind: Kind }>;

/** The change's name within a plan: unique, stable, safe to log. */
export function changeId(change: { readonly kind: ChangeKind; readonly key: string }): string {
  return `${change.kind}:${change.key}`;
}

/** Order by kind as `changeKinds` lists them, then by key; independent of the order of the input. */
export function compareChanges(a: Change, b: Change): number {
  const byKind = changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind);
  if (byKind !== 0) return byKind;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
