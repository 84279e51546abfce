// Subscriptions that Rollcall suspended and whose owner is at work again: a run that unblocked the account and could not
// resume them has left them behind. The next run takes them up from what the store remembers.
import type { Subscription, User } from "./directory.ts";

/** What the store remembers of one suspension: when, and whose subscription it was. */
export type Suspension = { readonly at: number; readonly ownerId: string };

/** Whose subscriptions to look at: active accounts for which a suspension is remembered. Leavers are blocked, so nobody
 * is looked at as long as everything is as it should be. */
export function ownersToResume(remembered: ReadonlyMap<string, Suspension>, users: readonly User[]): readonly string[] {
  if (remembered.size === 0) return [];
  const owners = new Set([...remembered.values()].map(({ ownerId }) => ownerId));
  return users.filter(({ id, state }) => state === "active" && owners.has(id)).map(({ id }) => id);
}

/** Remembered suspensions of these owners that are over: somebody else resumed the subscription, cancelled it, took it
 * away. `subscriptions` are all of these owners, by owner. */
export function endedSuspensions(
  remembered: ReadonlyMap<string, Suspension>,
  owners: readonly string[],
  subscriptions: ReadonlyMap<string, readonly Subscription[]>,
): readonly string[] {
  const looked = new Set(owners);
  return [...remembered].flatMap(([id, { ownerId }]) => {
    if (!looked.has(ownerId)) return [];
    const still = subscriptions.get(ownerId)?.find((subscription) => subscription.id === id);
    return still?.state === "suspended" ? [] : [id];
  });
}
