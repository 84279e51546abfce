// The order in which the changes of a plan are made: which is ready now, which must wait, which can no longer be made.
// A state machine without time: the applier asks for the next change and tells what became of it.
import { type Change, changeId } from "./change.ts";
import { dependencies } from "./dependencies.ts";
import type { Outcome } from "./outcome.ts";

export type Blocked = { readonly change: Change; readonly dependsOn: string };

export type Schedule = {
  /** Changes that cannot be made because one that they need failed in an earlier slice. */
  readonly blocked: readonly Blocked[];
  /** The next change that may be made now; undefined while all that is left waits for others, or nothing is left. */
  next(): Change | undefined;
  /** A change has its outcome, durably. Gives the changes that can no longer be made because of it. */
  settle(outcome: Pick<Outcome, "id" | "status" | "reason">): readonly Blocked[];
};

/** Whether what depends on the change may go on: it was made, or it was so already. */
function succeeded(outcome: Pick<Outcome, "status" | "reason">): boolean {
  return outcome.status === "applied" || outcome.reason === "alreadySo";
}

/** A change without an outcome, and the ids of those that it still waits for. */
type Waiting = { readonly change: Change; readonly open: Set<string> };

/** A schedule of the changes that have no outcome yet. `done` are the outcomes of earlier slices, by change id. */
export function createSchedule(changes: readonly Change[], done: ReadonlyMap<string, Outcome>): Schedule {
  const needs = dependencies(changes);
  const dependants = new Map<string, Waiting[]>();
  const settled = new Set(done.keys());
  const ready: Change[] = [];
  const doomed: string[] = [];

  const waitFor = (need: string, waiting: Waiting): void => {
    const others = dependants.get(need);
    if (others === undefined) dependants.set(need, [waiting]);
    else others.push(waiting);
    const outcome = done.get(need);
    if (outcome === undefined) waiting.open.add(need);
    else if (!succeeded(outcome)) doomed.push(need);
  };

  for (const change of changes) {
    const id = changeId(change);
    if (settled.has(id)) continue;
    const waiting = { change, open: new Set<string>() };
    for (const need of needs.get(id) ?? []) waitFor(need, waiting);
    if (waiting.open.size === 0) ready.push(change);
  }
  let cursor = 0;

  /** Everything that hangs on a change that failed, directly or through others. */
  const drop = (failed: string): Blocked[] => {
    const blocked: Blocked[] = [];
    const queue = [failed];
    for (let cause = queue.pop(); cause !== undefined; cause = queue.pop()) {
      for (const { change } of dependants.get(cause) ?? []) {
        const id = changeId(change);
        if (settled.has(id)) continue;
        settled.add(id);
        blocked.push({ change, dependsOn: cause });
        queue.push(id);
      }
    }
    return blocked;
  };

  return {
    blocked: doomed.flatMap(drop),
    next() {
      for (let change = ready[cursor]; change !== undefined; change = ready[cursor]) {
        cursor += 1;
        if (!settled.has(changeId(change))) return change;
      }
      return undefined;
    },
    settle(outcome) {
      settled.add(outcome.id);
      if (!succeeded(outcome)) return drop(outcome.id);
      for (const { change, open } of dependants.get(outcome.id) ?? []) {
        if (open.delete(outcome.id) && open.size === 0) ready.push(change);
      }
      return [];
    },
  };
}
