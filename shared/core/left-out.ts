// Which rows give nobody anything: those that state an end, and those outside the scope. They are kept small while a
// source is read. What is left out depends on the scope rule and on the date; where either is another one by the time
// of a plan, the rows are looked at again.
import type { Calendar } from "./calendar.ts";
import { createPackedPeople } from "./packed-people.ts";
import type { LeftOutRows, Person } from "./person.ts";
import type { PeoplePolicy } from "./policy.ts";
import { type Fact, statedEnd, todayOf } from "./row-facts.ts";

/** What decides whether a row is left out. */
export type Scope = Pick<PeoplePolicy, "defaultTimeZone" | "scope"> & Required<Pick<PeoplePolicy, "scopeText">>;

/** The scope of a policy that knows the text of its rule. Where sources are merged, a row of one of them says too little
 * to be left out by. */
export function scopeOf({ defaultTimeZone, scope, scopeText, precedence }: PeoplePolicy): Scope | undefined {
  return scopeText === undefined || precedence !== undefined ? undefined : { defaultTimeZone, scope, scopeText };
}

export type LeftOut = {
  /** Keeps the row if it is left out. False for one that has to be kept whole. */
  take(person: Person): boolean;
  rows(): LeftOutRows;
};

/** Why the row, by itself, gives nobody anything. A row that holds its worker or waits for its day is not left out. */
function whyLeftOut({ person, today }: Fact, { scope }: Pick<PeoplePolicy, "scope">): "ended" | "outside" | undefined {
  if (person.unreadable.length > 0 || person.status === "unknown") return undefined;
  if (statedEnd(person, today) !== undefined) return "ended";
  if (person.startDate !== undefined && person.startDate > today) return undefined;
  const result = scope(person, today);
  return result.ok && !result.value ? "outside" : undefined;
}

/** The rows of a source that are left out on the days of the calendar. */
export function createLeftOut(source: string, scope: Scope, calendar: Calendar): LeftOut {
  const packed = createPackedPeople(source);
  const todays = new Map<string, string>();
  let outside = 0;
  let lastZone: string | undefined;
  return {
    take(person) {
      const today = todayOf(person, scope, calendar);
      const why = whyLeftOut({ person, today }, scope);
      if (why === undefined) return false;
      if (why === "outside") outside += 1;
      const zone = person.timeZone ?? "";
      if (zone !== lastZone) todays.set(zone, today);
      lastZone = zone;
      packed.add(person);
      return true;
    },
    rows: () => ({
      size: packed.size,
      outside: () => outside,
      find: packed.find,
      all: packed.all,
      scope: scope.scopeText,
      todays,
    }),
  };
}

function stillHolds(rows: LeftOutRows, people: PeoplePolicy, calendar: Calendar): boolean {
  if (rows.scope !== people.scopeText) return false;
  return [...rows.todays].every(([zone, today]) => calendar.today(zone || people.defaultTimeZone) === today);
}

/** Workers of rows that were left out and are to be no longer, by another rule or on another day. */
export function workersBack(rows: LeftOutRows, people: PeoplePolicy, calendar: Calendar): ReadonlySet<string> {
  const back = new Set<string>();
  if (stillHolds(rows, people, calendar)) return back;
  for (const person of rows.all()) {
    const today = todayOf(person, people, calendar);
    if (whyLeftOut({ person, today }, people) === undefined) back.add(person.worker);
  }
  return back;
}
