// The name of a run. It begins with the time, so names sort as the runs began.

const letters = "abcdefghijklmnopqrstuvwxyz234567";
const lastMs = 9_999_999_999_999;

/** 13 digits of epoch milliseconds, a hyphen, eight random characters. `random` gives numbers from 0 up to, not
 * including, 1. */
export function createRunId(now: number, random: () => number): string {
  const tail = Array.from({ length: 8 }, () => letters[Math.floor(random() * letters.length)]).join("");
  return `${String(now).padStart(13, "0")}-${tail}`;
}

/** A text that sorts the newer run first; undefined when `id` is not the name of a run. */
export function newestFirstKey(id: string): string | undefined {
  const match = /^(\d{13})-([a-z2-7]{8})$/.exec(id);
  if (match === null) return undefined;
  return `${String(lastMs - Number(match[1])).padStart(13, "0")}-${match[2]}`;
}

/** When the run was asked for, told from a name that begins with its id: a plan's, a journal's, a row's. Infinity for any
 * other name. */
export function askedAt(name: string): number {
  const digits = /^(\d{13})-/.exec(name)?.[1];
  return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
}
