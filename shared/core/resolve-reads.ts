// What all reads of a target together say about each worker.
import type { Calendar } from "./calendar.ts";
import { mergeSources } from "./merge-sources.ts";
import type { SpacedRead } from "./person.ts";
import type { Policy } from "./policy.ts";
import { besideReads, type RememberedClaims } from "./remembered-claims.ts";
import { resolveWorkers, type Workers } from "./workers.ts";

/** The workers of the reads, those in several sources merged where the rules say so. `remembered` is what the
 * last read of everybody showed, for reads of some workers and for those that broke off. */
export function resolveReads(
  reads: readonly SpacedRead[],
  policy: Policy,
  calendar: Calendar,
  remembered?: RememberedClaims,
): Workers {
  const { precedence } = policy.people;
  const beside = besideReads(reads, remembered);
  if (precedence !== undefined) return resolveWorkers(mergeSources(reads, precedence), policy, calendar, [], beside);
  const people = reads.flatMap(({ read }) => read.people);
  return resolveWorkers(
    people,
    policy,
    calendar,
    reads.flatMap(({ read }) => read.leftOut ?? []),
    beside,
  );
}
