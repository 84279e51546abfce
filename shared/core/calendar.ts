// Which calendar day it is where somebody works. Dates are compared as dates: an instant would move them by a day
// for half of the world.
import { Temporal } from "temporal-polyfill";

export type Calendar = {
  /** The instant behind it, epoch milliseconds. */
  readonly now: number;
  /** Today's date, `YYYY-MM-DD`, in a zone. @throws RangeError for a zone that does not exist; sources check zones */
  today(zone: string): string;
};

/** A calendar that stands still at an instant. Each zone is computed once. */
export function createCalendar(now: number): Calendar {
  const instant = Temporal.Instant.fromEpochMilliseconds(now);
  const known = new Map<string, string>();
  return {
    now,
    today(zone) {
      const found = known.get(zone);
      if (found !== undefined) return found;
      const date = instant.toZonedDateTimeISO(zone).toPlainDate().toString();
      known.set(zone, date);
      return date;
    },
  };
}

/** The date so many days later (or earlier, when negative). */
export function addDays(date: string, days: number): string {
  return days === 0 ? date : Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Epoch milliseconds of an ISO instant, or undefined for a text that is none: others may have edited it. */
export function epochMs(instant: string): number | undefined {
  try {
    return Temporal.Instant.from(instant).epochMilliseconds;
  } catch {
    return undefined;
  }
}
