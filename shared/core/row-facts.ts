// What one row says by itself: which day it is where its person works, and whether it states an end.
import type { Calendar } from "./calendar.ts";
import { type Person, personDateFields, personTextFields } from "./person.ts";
import type { PeoplePolicy } from "./policy.ts";

/** Where the statement stands, for the reason of a change. */
export type Statement = {
  readonly source?: string;
  readonly line?: number;
  readonly fields: readonly string[];
  readonly text: string;
};

/** A row, and the date where its person works. */
export type Fact = { readonly person: Person; readonly today: string };

/** The zone in which a day ends last: nobody's last day is over before it is over there. */
const latestZone = "Etc/GMT+12";

/** Today's date where the person works; where the zone cannot be read, the latest date that may still be today. */
export function todayOf(person: Person, people: Pick<PeoplePolicy, "defaultTimeZone">, calendar: Calendar): string {
  if (person.unreadable.includes("timeZone")) return calendar.today(latestZone);
  return calendar.today(person.timeZone ?? people.defaultTimeZone);
}

const factFields = ["status", ...personTextFields, ...personDateFields] as const;

/** What the row says, as one text: equal for rows that say the same, wherever they stand. */
export function factsKey(person: Person): string {
  return JSON.stringify([factFields.map((field) => person[field]), person.unreadable]);
}

/** What the row states about the end of the work, or undefined where it states none. */
export function statedEnd(person: Person, today: string): Statement | undefined {
  const at = { source: person.source, line: person.line };
  if (person.status === "ended") return { ...at, fields: ["status"], text: "HR says that the work has ended" };
  if (person.status === "unknown") return undefined;
  if (person.endDate !== undefined && person.endDate < today) {
    return { ...at, fields: ["endDate"], text: `The last day, ${person.endDate}, has passed` };
  }
  return undefined;
}
