// A read of people that serves all runs of one tick of the timer.
import type { PeopleRead } from "./person.ts";

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
