// `rollcall audit verify`: whether the audit is whole, and where it is not.
import type { DayCheck } from "../../shared/core/audit-verify.ts";
import { AppError } from "../../shared/core/errors.ts";
import { printable } from "../../shared/core/printable.ts";
import { verifyAudit, verifyOneDay } from "../../shared/flows/verify-audit.ts";
import { type Context, exitCodes, type Options } from "../command.ts";
import { counted } from "../words.ts";

type Audit = Parameters<typeof verifyAudit>[1];
type TargetCheck = DayCheck & { readonly target: string };

/** No record, and nothing that says that there was one. */
function isNothing({ records, faults }: Pick<TargetCheck, "records" | "faults">): boolean {
  return records === 0 && faults.length === 0;
}

function linesOf({ target, day, records, end, faults }: TargetCheck): readonly string[] {
  if (isNothing({ records, faults })) return [`${printable(target)} ${day}: no records`];
  const head = `${printable(target)} ${day}: ${counted(records, "record")}`;
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

/** Nobody should take days that are not there for whole ones. */
function nothingThere(targets: readonly string[], { day, since }: Options): AppError {
  const names = targets.map((target) => `"${target}"`).join(", ");
  return new AppError(
    "CONFIG_INVALID",
    `Cannot verify the audit ${day === undefined ? `since ${since}` : `of ${day}`}: ${names} ${targets.length === 1 ? "has" : "have"} no records of that time, expected a day that "rollcall audit verify" lists`,
  );
}

/** Prints a line for each day, and gives 1 when a day is not whole.
 * @throws CONFIG_INVALID where days were asked for by name and there are no records of them */
export async function verifyTargets(
  targets: readonly string[],
  audit: Audit,
  { options, terminal, signal }: Context,
): Promise<number> {
  const checked: TargetCheck[] = [];
  for (const target of targets) {
    for await (const check of checksOf(target, options, audit, signal)) {
      checked.push(check);
      if (!options.json && !isNothing(check)) linesOf(check).forEach(terminal.print);
    }
  }
  const isNamed = options.day !== undefined || options.since !== undefined;
  if (isNamed && checked.every(isNothing)) throw nothingThere(targets, options);
  const whole = checked.every(({ faults }) => faults.length === 0);
  if (options.json) terminal.print(JSON.stringify({ whole, days: checked }, undefined, 2));
  else checked.filter(isNothing).flatMap(linesOf).forEach(terminal.print);
  if (!options.json && checked.length === 0) terminal.print("The audit holds nothing yet");
  return whole ? exitCodes.done : exitCodes.someFailed;
}
