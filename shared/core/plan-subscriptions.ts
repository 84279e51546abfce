// The part of a plan that concerns the keys of those who leave and of those who come back. A blocked user's keys stop
// working anyway; suspending them says so, and a transfer keeps what others depend on alive.
import type { Accounts } from "./accounts.ts";
import type { Change } from "./change.ts";
import type { Subscription, User } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { foldId } from "./fold.ts";
import { parseMark } from "./mark.ts";
import { workerKey } from "./person.ts";
import type { LeaverSubscriptions, Policy } from "./policy.ts";
import type { Leaver, UsersPart } from "./users-draft.ts";

export type SubscriptionsPart = { readonly changes: readonly Change[]; readonly findings: readonly Finding[] };

type Draft = { readonly changes: Change[]; readonly findings: Finding[] };

export type SubscriptionsInput = {
  readonly users: Pick<UsersPart, "leaving" | "memberships">;
  readonly accounts: Accounts;
  /** All users of the service. */
  readonly everybody: readonly User[];
  readonly policy: Policy;
  /** Subscriptions by owner's user id. */
  readonly subscriptions: ReadonlyMap<string, readonly Subscription[]>;
  /** Ids of those that Rollcall remembers to have suspended. */
  readonly suspended: ReadonlySet<string>;
};

type Heir = { readonly user: string } | { readonly missing: string };

function namedHeir(id: string, { accounts, everybody, users }: SubscriptionsInput): Heir {
  const user = everybody.find((other) => foldId(other.id) === foldId(id));
  if (user === undefined) return { missing: `the rules name the user "${id}", which does not exist` };
  const kind = accounts.ownershipOf(user)?.kind;
  if (kind !== "own" && kind !== "stranger") {
    return {
      missing: `the rules name the user "${id}", which is ${kind === "protected" ? kind : "not ours to touch"}`,
    };
  }
  const stays = user.state === "active" && !users.leaving.has(user.id);
  return stays ? { user: user.id } : { missing: `the rules name the user "${id}", which is not active or leaves` };
}

function managerHeir({ person }: Leaver, { accounts, users }: SubscriptionsInput): Heir {
  if (person?.manager === undefined) return { missing: "HR names no manager for the leaver" };
  const account = accounts.byWorker.get(workerKey(person.numberSpace, person.manager));
  const usable = account?.user.state === "active" && !users.leaving.has(account.user.id);
  return usable ? { user: account.user.id } : { missing: "the manager has no active account" };
}

type LeaverRule = Exclude<LeaverSubscriptions, { kind: "keep" }>;

function planLeaver(draft: Draft, userId: string, leaver: Leaver, rule: LeaverRule, input: SubscriptionsInput): void {
  const heir =
    rule.kind === "suspend"
      ? undefined
      : "user" in rule.to
        ? namedHeir(rule.to.user, input)
        : managerHeir(leaver, input);
  for (const { id, state } of input.subscriptions.get(userId) ?? []) {
    if (state !== "active") continue;
    const about = { subscription: id, user: userId };
    if (heir === undefined) {
      const reason = { code: "leaverSubscription", text: `Its owner leaves: ${leaver.statement.text}` } as const;
      const before = { state, ownerId: userId };
      draft.changes.push({ kind: "suspendSubscription", key: id, before, after: { state: "suspended" }, reason });
    } else if ("missing" in heir) {
      const text = `The subscription cannot be handed over: ${heir.missing}. The block goes ahead and stops its keys`;
      draft.findings.push({ code: "transferImpossible", ...about, text });
    } else {
      const text = `Its owner leaves, the rules hand it over: ${leaver.statement.text}`;
      const [before, after] = [{ ownerId: userId }, { ownerId: heir.user }];
      draft.changes.push({
        kind: "transferSubscription",
        key: id,
        before,
        after,
        reason: { code: "leaverSubscription", text },
      });
      const known = "The leaver knows both keys of the subscription; regenerate them";
      draft.findings.push({ code: "keysKnownToLeaver", ...about, text: known });
    }
  }
}

/** The comment and the store both have to say that Rollcall suspended it, and that it was this owner who left. */
function suspendedByUs(subscription: Subscription, ownerId: string, input: SubscriptionsInput): boolean {
  const mark = parseMark(subscription.stateComment);
  if (subscription.state !== "suspended" || mark.kind !== "mark" || !input.suspended.has(subscription.id)) return false;
  const { owner, key = "", blocked } = mark.fields;
  return owner === input.policy.owner && blocked !== undefined && foldId(key) === foldId(ownerId);
}

/** Changes of the subscriptions of those who leave and of those who are back. */
export function planSubscriptions(input: SubscriptionsInput): SubscriptionsPart {
  const draft: Draft = { changes: [], findings: [] };
  const { users, subscriptions } = input;
  const rule = input.policy.lifecycle.leaver.subscriptions;
  if (rule.kind !== "keep")
    for (const [userId, leaver] of users.leaving) planLeaver(draft, userId, leaver, rule, input);
  for (const { user: userId, gives } of users.memberships) {
    const list = gives ? (subscriptions.get(userId) ?? []) : [];
    for (const subscription of list) {
      if (!suspendedByUs(subscription, userId, input)) continue;
      const reason = {
        code: "rehireSubscription",
        text: "Rollcall suspended it when its owner left, and the owner is back",
      } as const;
      const before = { state: "suspended", ownerId: userId } as const;
      draft.changes.push({
        kind: "resumeSubscription",
        key: subscription.id,
        before,
        after: { state: "active" },
        reason,
      });
    }
  }
  return draft;
}
