// Calendar dates as HR systems write them. A date is never turned into an instant: "2025-05-14T00:00:00+02:00" is
// 14 May, wherever it is read. Only formats that can be read in one way are read.

export type CalendarDate =
  | { readonly kind: "date"; readonly date: string }
  /** The field is empty, or holds what stands for no date. */
  | { readonly kind: "none" }
  | { readonly kind: "invalid" };

const none = { kind: "none" } as const;
const invalid = { kind: "invalid" } as const;

const isoDate =
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
// OData version 2 (SuccessFactors): milliseconds since 1970 in UTC. An offset other than zero is written in minutes by
// one system and in hours and minutes by another, so it is not read.
const odataDate = /^\/Date\((-?\d{1,15})(?:\+0000)?\)\/$/;
const zeroDate = "0000-00-00";

/** What stands for "no end" in HR systems: Workday and SAP write the first, Oracle HCM the second. */
const endless: ReadonlySet<string> = new Set(["9999-12-31", "4712-12-31"]);

/** The date that the text names, `YYYY-MM-DD`: an ISO date, an ISO date-time (its own date, whatever the offset),
 * or `/Date(milliseconds)/` (its date in UTC). Empty and `0000-00-00` are none. Days that no calendar has are invalid. */
export function parseCalendarDate(text: string): CalendarDate {
  if (text === "") return none;
  const written = isoDate.exec(text)?.[1];
  if (written !== undefined) return written === zeroDate ? none : existing(written);
  const milliseconds = odataDate.exec(text)?.[1];
  return milliseconds === undefined ? invalid : fromMilliseconds(Number(milliseconds));
}

/** Like `parseCalendarDate`, for the end of something: a far date that stands for "no end" is none. */
export function parseEndDate(text: string): CalendarDate {
  const parsed = parseCalendarDate(text);
  return parsed.kind === "date" && endless.has(parsed.date) ? none : parsed;
}

/** 2025-02-30 is taken by `Date` as 2 March: only what comes back as it went in is a day. */
function existing(date: string): CalendarDate {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return invalid;
  return instant.toISOString().slice(0, 10) === date ? { kind: "date", date } : invalid;
}

function fromMilliseconds(milliseconds: number): CalendarDate {
  const instant = new Date(milliseconds);
  if (Number.isNaN(instant.getTime())) return invalid;
  const date = instant.toISOString().slice(0, 10);
  return /^\d{4}-/.test(date) ? { kind: "date", date } : invalid;
}
