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
  /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?|Z|[+-]\d{2}:\d{2})?$/;
// OData version 2 (SuccessFactors) and older Microsoft services: milliseconds since 1970 in UTC, and how far the local
// clock is from it.
const odataDate = /^\/Date\((-?\d{1,15})(?:([+-])(\d{1,4}))?\)\/$/;
const zeroDate = "0000-00-00";

/** What stands for "no end" in HR systems: Workday and SAP write the first, Oracle HCM the second. */
const endless: ReadonlySet<string> = new Set(["9999-12-31", "4712-12-31"]);

/** The date that the text names, `YYYY-MM-DD`: an ISO date, also with a zone as XML and Workday write it
 * (`2025-05-14-07:00`), an ISO date-time (its own date, whatever the offset), or `/Date(milliseconds)/` (its date in
 * UTC), or `/Date(milliseconds+offset)/` (its date on the local clock). Empty and `0000-00-00` are none. Days that no calendar has are invalid. */
export function parseCalendarDate(text: string): CalendarDate {
  if (text === "") return none;
  const written = isoDate.exec(text)?.[1];
  if (written !== undefined) return written === zeroDate ? none : existing(written);
  const [, milliseconds, sign, offset] = odataDate.exec(text) ?? [];
  if (milliseconds === undefined) return invalid;
  const dates = offsetMinutes(sign, offset).map((minutes) => fromMilliseconds(Number(milliseconds) + minutes * 60_000));
  const [first = invalid] = dates;
  return dates.every((each) => each.kind === "date" && first.kind === "date" && each.date === first.date)
    ? first
    : invalid;
}

/** One system writes minutes, another hours and minutes. Offsets that exist are quarters of an hour up to 14 hours, so
 * mostly one reading is left; where both are, the date counts only if it is the same in both. */
function offsetMinutes(sign: string | undefined, digits: string | undefined): readonly number[] {
  if (digits === undefined) return [0];
  const inMinutes = Number(digits);
  const inHours = digits.length === 4 ? Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)) : inMinutes;
  const clockLike = digits.length !== 4 || Number(digits.slice(2)) < 60;
  const candidates = clockLike ? [inMinutes, inHours] : [inMinutes];
  const real = candidates.filter((minutes) => minutes <= 14 * 60 && minutes % 15 === 0);
  return real.map((minutes) => (sign === "-" ? -minutes : minutes));
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
