// Where a whole read of a source keeps the rows that give nobody anything, whatever its kind.
import { createCalendar } from "../core/calendar.ts";
import { createLeftOut, type LeftOut, scopeOf } from "../core/left-out.ts";
import type { SourceDeps } from "./source-deps.ts";

/** Undefined where every row is kept whole: no rules are given, or those under which a row says too little by itself. */
export function openLeftOut(
  source: string,
  { people, clock }: Pick<SourceDeps, "people" | "clock">,
): LeftOut | undefined {
  const scope = people && scopeOf(people);
  return scope && createLeftOut(source, scope, createCalendar(clock.now()));
}
