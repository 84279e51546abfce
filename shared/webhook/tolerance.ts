// How old a signed message may be: long enough for clocks that differ, short enough that a caught one is soon useless.

const toleranceSeconds = 5 * 60;
/** The form of seconds since 1970 until the year 5138; milliseconds have more digits. */
const seconds = /^\d{1,11}$/;

/** Whether the time stamp, in whole seconds, is at most five minutes away from `now`, in epoch milliseconds. */
export function isWithinTolerance(timestamp: string, now: number): boolean {
  return seconds.test(timestamp) && Math.abs(Number(timestamp) - now / 1000) <= toleranceSeconds;
}
