// One worker's part of a plan.

import type { Accounts } from "./accounts.ts";
import { type Change, changeId } from "./change.ts";
import { dependencies } from "./dependencies.ts";
import type { Finding } from "./finding.ts";
import type { RowProblem } from "./person.ts";
import type { Standings } from "./standings.ts";
import type { Workers } from "./workers.ts";

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

/** Without those about other workers, where the plan is about one. */
export function concerning<T extends { readonly worker?: string }>(
  things: readonly T[],
  worker: string | undefined,
): readonly T[] {
  if (worker === undefined) return things;
  return things.filter((thing) => thing.worker === undefined || thing.worker === worker);
}

type Known = {
  readonly workers: Pick<Workers, "leftOut">;
  readonly standings: Pick<Standings, "get">;
  readonly accounts: Pick<Accounts, "byWorker" | "duplicates" | "outOfReach">;
  readonly problems: readonly Pick<RowProblem, "worker">[];
};

/** That neither HR nor an account names the worker whom the plan is about: most likely the key is a wrong one. */
export function unknownWorker(worker: string, { workers, standings, accounts, problems }: Known): readonly Finding[] {
  const hasAccount =
    accounts.byWorker.has(worker) || accounts.duplicates.has(worker) || accounts.outOfReach.has(worker);
  const hasRow = standings.get(worker) !== undefined || problems.some((problem) => problem.worker === worker);
  if (hasAccount || hasRow || workers.leftOut([worker]).size > 0) return [];
  const text = "The worker is in no row that was read and has no account: nothing is known of that key";
  return [{ code: "workerUnknown", worker, text }];
}
