// `rollcall audit verify`: whether the audit is whole, and where it is not.
import type { DayCheck } from "../../shared/core/audit-verify.ts";
import { printable } from "../../shared/core/printable.ts";
import { verifyAudit, verifyOneDay } from "../../shared/flows/verify-audit.ts";
import { type Context, exitCodes, type Options } from "../command.ts";

type Audit = Parameters<typeof verifyAudit>[1];
type TargetCheck = DayCheck & { readonly target: string };

function linesOf({ target, day, records, end, faults }: TargetCheck): readonly string[] {
  const head = `${printable(target)} ${day}: ${records} records`;
  if (faults.length === 0) return [`${head}, whole; number ${end.number} has the hash ${end.hash}`];
  return [`${head}, NOT WHOLE`, ...faults.map(({ kind, text }) => `  ${kind}: ${text}`)];
}

async function* checksOf(
  target: string,
  { day, since, noted }: Options,
  audit: Audit,
  signal: AbortSignal,
): AsyncGenerator<TargetCheck> {
  if (day !== undefined) {
    const place = { target, day, ...(noted !== undefined && { noted }) };
    yield { target, ...(await verifyOneDay(place, audit, signal)) };
    return;
  }
  const range = { target, ...(since !== undefined && { since }) };
  for await (const check of verifyAudit(range, audit, signal)) yield { target, ...check };
}

/** Prints a line for each day, and gives 1 when a day is not whole. */
export async function verifyTargets(
  targets: readonly string[],
  audit: Audit,
  { options, terminal, signal }: Context,
): Promise<number> {
  const checked: TargetCheck[] = [];
  for (const target of targets) {
    for await (const check of checksOf(target, options, audit, signal)) {
      checked.push(check);
      if (!options.json) linesOf(check).forEach(terminal.print);
    }
  }
  const whole = checked.every(({ faults }) => faults.length === 0);
  if (options.json) terminal.print(JSON.stringify({ whole, days: checked }, undefined, 2));
  else if (checked.length === 0) terminal.print("The audit holds nothing yet");
  return whole ? exitCodes.done : exitCodes.someFailed;
}
