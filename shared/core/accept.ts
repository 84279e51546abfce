// An accepted plan runs once, and only as far as it still holds: HR and API Management were read again, and a change
// that a fresh plan would not make is left out. None is added: what only the fresh plan has waits for the next run.
import { type Change, changeId } from "./change.ts";
import { dependencies } from "./dependencies.ts";
import { canonicalJson } from "./digest.ts";

/** How long an acceptance may be used, in milliseconds. */
export const acceptanceMs = 4 * 3_600_000;

/** What has to be the same: the values, and whose they are. An account may carry another worker's mark by now. */
function content({ before, after, reason }: Change): string {
  return canonicalJson({ before, after, worker: reason.worker });
}

/** The accepted changes, those that still hold first. A change that now needs one which was not accepted, or which no
 * longer holds, is left out with it. `fresh` is in a plan's order: what a change needs stands before it. */
export function stillHolding(
  accepted: readonly Change[],
  fresh: readonly Change[],
): { readonly holding: readonly Change[]; readonly dropped: readonly Change[] } {
  const then = new Map(accepted.map((change) => [changeId(change), content(change)]));
  const needs = dependencies(fresh);
  const kept = new Set<string>();
  for (const change of fresh) {
    const id = changeId(change);
    const complete = needs.get(id)?.every((need) => kept.has(need)) ?? true;
    if (complete && then.get(id) === content(change)) kept.add(id);
  }
  const holds = (change: Change): boolean => kept.has(changeId(change));
  return { holding: accepted.filter(holds), dropped: accepted.filter((change) => !holds(change)) };
}
