// A run that was left lying is taken up again, but not for ever: one that ends its own process each time, as when memory
// runs out, never gets to say so itself, and would keep its target from every other run.
import type { RunRecord } from "./run.ts";

/** A run that came no further in so many take-ups has failed. */
const mostTakeUps = 5;

export type TakeUp =
  | { readonly status: "again"; readonly takenUp: NonNullable<RunRecord["takenUp"]> }
  | { readonly status: "givenUp"; readonly times: number };

/** Grows with all that a run gets done: its plan, then each outcome. */
export function progressOf(run: Pick<RunRecord, "digest" | "counted">): number {
  return (run.digest === undefined ? 0 : 1) + (run.counted ?? 0);
}

/** What becomes of an abandoned run. Take-ups after which it came further are forgotten. */
export function takeUp(run: RunRecord): TakeUp {
  const progress = progressOf(run);
  const times = run.takenUp?.progress === progress ? run.takenUp.times : 0;
  return times >= mostTakeUps
    ? { status: "givenUp", times }
    : { status: "again", takenUp: { times: times + 1, progress } };
}
