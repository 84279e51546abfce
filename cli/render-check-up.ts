// What the doctor found, as lines of a terminal.
import type { Checked } from "../shared/core/check-up.ts";
import { printable } from "../shared/core/printable.ts";

const words: Readonly<Record<Checked["status"], string>> = {
  ok: "ok",
  warning: "WARNING",
  failed: "FAILED",
  notTried: "not tried",
};

const widestName = 32;

function took(ms: number): string {
  return ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`;
}

/** One thing: a line, and a second one for what to do. */
export function* renderChecked(checked: Checked): Generator<string> {
  const { name, status, ms, text } = checked;
  const code = checked.status === "failed" ? `${checked.code}: ` : "";
  yield `${words[status].padEnd(9)}  ${printable(name).padEnd(widestName)}  ${took(ms).padStart(8)}  ${code}${text.split("\n").map(printable).join("\n           ")}`;
  if (checked.status === "failed")
    yield `           do: ${checked.todo}; docs/runbook.md has more under ${checked.code}`;
}

/** The last line. */
export function checkUpSummary(checks: readonly Checked[]): string {
  const count = (status: Checked["status"]) => checks.filter((check) => check.status === status).length;
  const [failed, warnings, notTried] = [count("failed"), count("warning"), count("notTried")];
  if (failed + warnings + notTried === 0) return `All is well: ${checks.length} things were tried`;
  return `${count("ok")} of ${checks.length} things are well; ${failed} failed, ${warnings} with a warning, ${notTried} not tried`;
}
