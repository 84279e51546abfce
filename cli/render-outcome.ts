// What became of one change of a run.
import type { Outcome } from "../shared/core/outcome.ts";
import { printable } from "../shared/core/printable.ts";

/** With the code, by which docs/runbook.md is ordered. */
export function renderOutcome({ status, id, text, reason, code }: Outcome): string {
  const why = printable(text ?? reason ?? "");
  return `  ${status.padEnd(7)} ${printable(id)}: ${why}${code === undefined ? "" : ` (${code})`}`;
}
