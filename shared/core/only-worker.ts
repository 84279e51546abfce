// One worker's part of a plan.
import { type Change, changeId } from "./change.ts";
import { dependencies } from "./dependencies.ts";

/** Which user a change is about, where it is about one. */
function userOf(change: Change): string | undefined {
  switch (change.kind) {
    case "createUser":
    case "adoptUser":
    case "updateUser":
    case "blockUser":
    case "unblockUser":
    case "deleteUser":
      return change.key;
    case "addMember":
      return change.after.user;
    case "removeMember":
      return change.before.user;
    case "suspendSubscription":
    case "resumeSubscription":
    case "transferSubscription":
      return change.before.ownerId;
    default:
      return undefined;
  }
}

/** Only one worker's changes, of all changes in their order. What needs a change that is not the worker's (a group that
 * is yet to be made, an address that somebody else has to give away) waits for the next whole run. */
export function onlyWorker(changes: readonly Change[], worker: string): readonly Change[] {
  const users = new Set(changes.filter((change) => change.reason.worker === worker).map(userOf));
  const needs = dependencies(changes);
  const kept = new Set<string>();
  return changes.filter((change) => {
    const user = userOf(change);
    const id = changeId(change);
    if (user === undefined || !users.has(user)) return false;
    if (needs.get(id)?.some((need) => !kept.has(need)) === true) return false;
    kept.add(id);
    return true;
  });
}
