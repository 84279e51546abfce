// What all reads of a target together say about each worker.
import type { Calendar } from "./calendar.ts";
import { mergeSources } from "./merge-sources.ts";
import type { SpacedRead } from "./person.ts";
import type { Policy } from "./policy.ts";
import { claimsBeside, type RememberedClaims } from "./remembered-claims.ts";
import { resolveWorkers, type Workers } from "./workers.ts";

/** The workers of the reads, those in several sources merged where the rules say so. `remembered` is who claimed which
 * address when everybody was last read, for reads of some workers only. */
export function resolveReads(
  reads: readonly SpacedRead[],
  policy: Policy,
  calendar: Calendar,
  remembered?: RememberedClaims,
): Workers {
  const { precedence } = policy.people;
  const others = claimsBeside(reads, remembered);
  if (precedence !== undefined) return resolveWorkers(mergeSources(reads, precedence), policy, calendar, [], others);
  const people = reads.flatMap(({ read }) => read.people);
  return resolveWorkers(
    people,
    policy,
    calendar,
    reads.flatMap(({ read }) => read.leftOut ?? []),
    others,
  );
}
