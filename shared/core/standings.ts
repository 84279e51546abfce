// What is said of each worker: two maps looked at as one, since there may be 75,000 workers to copy.
import type { Standing } from "./standing.ts";

export type Standings = Iterable<readonly [worker: string, standing: Standing]> &
  Pick<ReadonlyMap<string, Standing>, "get">;

/** Both, in this order. No worker may stand in both; what is added to one of them later counts as well. */
export function joinStandings(first: ReadonlyMap<string, Standing>, second: ReadonlyMap<string, Standing>): Standings {
  return {
    get: (worker) => first.get(worker) ?? second.get(worker),
    *[Symbol.iterator]() {
      yield* first;
      yield* second;
    },
  };
}
