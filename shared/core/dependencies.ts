// Which change has to come before which. Only these pairs matter; everything else may run side by side.
import { type Change, changeId, compareChanges } from "./change.ts";
import { foldAddress, foldId } from "./fold.ts";

/** Folded address → the updateUser that gives it away. */
function releases(changes: readonly Change[]): ReadonlyMap<string, Change> {
  const found = new Map<string, Change>();
  for (const change of changes) {
    if (change.kind === "updateUser" && change.before.email !== undefined) {
      found.set(foldAddress(change.before.email), change);
    }
  }
  return found;
}

function takenAddress(change: Change): string | undefined {
  if (change.kind !== "createUser" && change.kind !== "updateUser") return undefined;
  return change.after.email === undefined ? undefined : foldAddress(change.after.email);
}

/** Ids of the changes that each one might depend on, whether or not the plan has them. */
function prerequisites(change: Change): readonly string[] {
  const forGroup = (group: string): string[] => [`createGroup:${foldId(group)}`, `adoptGroup:${foldId(group)}`];
  switch (change.kind) {
    case "addMember":
      return [
        ...forGroup(change.after.group),
        ...["createUser", "adoptUser", "unblockUser"].map((kind) => `${kind}:${foldId(change.after.user)}`),
      ];
    case "removeMember":
      return [`adoptGroup:${foldId(change.before.group)}`, `adoptUser:${foldId(change.before.user)}`];
    case "addProductLink":
      return forGroup(change.after.group);
    case "removeProductLink":
      return [`adoptGroup:${foldId(change.before.group)}`];
    case "updateUser":
      return [`adoptUser:${foldId(change.key)}`];
    case "resumeSubscription":
      return ["unblockUser", "adoptUser"].map((kind) => `${kind}:${foldId(change.before.ownerId)}`);
    default:
      return [];
  }
}

/** For each change that needs any, the changes of this plan that have to be applied before it. */
function needsOf(changes: readonly Change[]): ReadonlyMap<Change, readonly Change[]> {
  const byId = new Map(changes.map((change) => [`${change.kind}:${foldId(change.key)}`, change]));
  const released = releases(changes);
  const needs = new Map<Change, readonly Change[]>();
  for (const change of changes) {
    const before = prerequisites(change).flatMap((id) => byId.get(id) ?? []);
    const address = takenAddress(change);
    const release = address === undefined ? undefined : released.get(address);
    if (release !== undefined && release !== change) before.push(release);
    if (before.length > 0) needs.set(change, before);
  }
  return needs;
}

/** For each change, by id, the ids of the changes of this plan that have to be applied before it. */
export function dependencies(changes: readonly Change[]): ReadonlyMap<string, readonly string[]> {
  return new Map([...needsOf(changes)].map(([change, needs]) => [changeId(change), needs.map(changeId)]));
}

/** The changes in the order in which they can be applied one after the other: by kind, then by key, and what a change
 * needs is pulled ahead of it. Independent of the order of the input. */
export function sortChanges(changes: readonly Change[]): readonly Change[] {
  const sorted = [...changes].sort(compareChanges);
  const needs = needsOf(sorted);
  const entered = new Set<Change>();
  const placed: Change[] = [];
  for (const change of sorted) {
    if (entered.has(change)) continue;
    entered.add(change);
    // A chain of moves is as long as the number of people in it: walked with a stack of its own, not by recursion.
    const stack = [change];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = needs.get(top)?.find((other) => !entered.has(other));
      if (need === undefined) {
        placed.push(top);
        stack.pop();
      } else {
        entered.add(need);
        stack.push(need);
      }
    }
  }
  return placed;
}
