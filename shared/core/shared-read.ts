// A read of people that serves all runs of one tick of the timer.
import type { PeopleRead } from "./person.ts";
import type { RunRecord } from "./run.ts";

/** What was read of a source, by whichever run came first. */
export type SharedRead = {
  /** When it began, epoch milliseconds. */
  readonly at: number;
  readonly read: PeopleRead;
};

/** What is read the same in one tick. */
export type SharedReadKey = {
  /** The instant of the tick, epoch milliseconds. */
  readonly tick: number;
  /** Tells apart what is read in a tick: the source, under which rules, since when. */
  readonly name: string;
};

/** The key as one text, which begins with the tick in 13 digits. */
export function sharedReadName({ tick, name }: SharedReadKey): string {
  return `${String(tick).padStart(13, "0")}-${name}`;
}

/** Until when runs of the target, of these, have read for themselves (epoch milliseconds): what a run of a tick does next
 * may not come from an earlier read, it would undo what those did. 0 where none has. */
export function lastOwnRead(
  runs: readonly Pick<RunRecord, "request" | "startedAt" | "finishedAt" | "updatedAt">[],
): number {
  const own = runs.filter(({ request, startedAt }) => request.tick === undefined && startedAt !== undefined);
  return Math.max(0, ...own.map(({ finishedAt, updatedAt }) => finishedAt ?? updatedAt));
}
