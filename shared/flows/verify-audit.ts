// Checks a target's audit. A day's end is held against what the next day's first record says about it.
import type { ChainEnd } from "../core/audit-chain.ts";
import { type DayCheck, dayBeforeOf, verifyDay } from "../core/audit-verify.ts";
import type { Audit } from "../request-ports.ts";

/** Checks one day. `noted` is its end as the log has it. @throws STORE_UNAVAILABLE, ABORTED */
export async function verifyOneDay(
  place: { readonly target: string; readonly day: string; readonly noted?: ChainEnd },
  audit: Audit,
  signal: AbortSignal,
): Promise<DayCheck> {
  const { target, day, noted } = place;
  const next = (await audit.days(target, signal)).find((each) => each > day);
  const named = next === undefined ? undefined : dayBeforeOf(await audit.read(target, next, signal));
  const known = [...(noted === undefined ? [] : [noted]), ...(named?.day === day ? [named] : [])];
  return verifyDay(day, await audit.read(target, day, signal), known);
}

/** Checks all days, one after the other, so that at most two are in memory. A day that the following one names must be
 * there, unless it lies before `since`. @throws STORE_UNAVAILABLE, ABORTED */
export async function* verifyAudit(
  { target, since = "" }: { readonly target: string; readonly since?: string },
  audit: Audit,
  signal: AbortSignal,
): AsyncGenerator<DayCheck> {
  let before: { readonly day: string; readonly lines: readonly string[] } | undefined;
  for (const day of (await audit.days(target, signal)).filter((each) => each >= since)) {
    const lines = await audit.read(target, day, signal);
    const named = dayBeforeOf(lines);
    const isBefore = named !== undefined && named.day === before?.day;
    if (before !== undefined) yield verifyDay(before.day, before.lines, isBefore ? [named] : []);
    if (named !== undefined && !isBefore && named.day >= since) yield verifyDay(named.day, [], [named]);
    before = { day, lines };
  }
  if (before !== undefined) yield verifyDay(before.day, before.lines, []);
}
