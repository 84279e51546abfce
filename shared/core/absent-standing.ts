// Whoever is in no row at all.
import { deciding } from "./merge-sources.ts";
import { holdsSpace, type SpacedRead, workerParts } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Standing } from "./standing.ts";

/** Who is in no row at all has left only when every source that could name them was read completely. */
export function absentStanding(worker: string, reads: readonly SpacedRead[], { people }: Policy): Standing | undefined {
  const { numberSpace } = workerParts(worker);
  const holding = reads.filter(({ spaces }) => holdsSpace(spaces, numberSpace));
  const proved = holding.length > 0 && holding.every(({ read }) => read.completeness === "complete");
  if (!proved) return undefined;
  const names = deciding(holding, numberSpace, people.precedence).map(({ read }) => read.source);
  const text = `The worker is in no row of ${names.join(", ")}, read completely`;
  return { kind: "leaver", code: "leaverAbsent", statement: { fields: ["employeeNumber"], text } };
}
