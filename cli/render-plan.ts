// A plan for a person at a terminal: what would happen, to whom and why, what was left alone, what the guard says.
import type { Change } from "../shared/core/change.ts";
import type { Verdict } from "../shared/core/guard.ts";
import type { Plan } from "../shared/core/plan.ts";
import { printable } from "../shared/core/printable.ts";
import { capacity, countChanges, countProblems, describeChange, type PlaceText } from "../shared/core/report.ts";
import type { SourceSummary } from "../shared/core/run.ts";
import { renderFound } from "./render-found.ts";
import { renderSources } from "./render-sources.ts";
import { counted } from "./words.ts";

const shownPerKind = 5;
const wholePlan = "plan --json";

function table(counts: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(counts);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.map(([name, count]) => `  ${name.padEnd(width)}  ${String(count).padStart(6)}`);
}

function some<T>(things: readonly T[], show: (thing: T) => string, most: number): string[] {
  const lines = things.slice(0, most).map((thing) => `  ${printable(show(thing))}`);
  return things.length > most ? [...lines, `  … and ${things.length - most} more (${wholePlan} shows all)`] : lines;
}

function byKind(changes: readonly Change[], placeText: PlaceText): string[] {
  const kinds = [...new Set(changes.map(({ kind }) => kind))];
  return kinds.flatMap((kind) =>
    some(
      changes.filter((change) => change.kind === kind),
      (change) => describeChange(change, placeText),
      shownPerKind,
    ),
  );
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The guard's verdict, a line for each reason. */
export function renderVerdict(verdict: Verdict): string[] {
  if (verdict.status === "allowed") return ["Guard: allowed"];
  return ["Guard: BLOCKED, nothing is written", ...verdict.breaches.map(({ text }) => `  ${printable(text)}`)];
}

export type ShownPlan = {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly sources: readonly SourceSummary[];
  /** The target's way to API Management, where the rules still have it. */
  readonly door?: "arm" | "direct";
  readonly placeText: PlaceText;
};

/** What the plan costs. Only Resource Manager makes its callers wait by a known rate. */
function capacityLine({ plan, door }: ShownPlan): string {
  const { writes, usersAfter, secondsAtArmRate } = capacity(plan);
  const wait = `, at least ${duration(secondsAtArmRate)} through Resource Manager`;
  return `Capacity: ${counted(writes, "write")}${door === "arm" && secondsAtArmRate > 0 ? wait : ""}; ${counted(usersAfter, "user")} afterwards`;
}

/** The whole plan as lines. */
export function renderPlan(shown: ShownPlan): string[] {
  const { plan, verdict, sources, placeText } = shown;
  const problems = countProblems(plan);
  const lines = [
    `Plan for ${printable(plan.target)}: ${plan.changes.length === 0 ? "nothing to change" : counted(plan.changes.length, "change")}`,
    ...renderSources(sources),
  ];
  if (plan.changes.length > 0)
    lines.push("", ...table(countChanges(plan.changes)), "", ...byKind(plan.changes, placeText));
  if (Object.keys(problems).length > 0) {
    const found = [...plan.problems.map(({ reason, ...problem }) => ({ ...problem, text: reason })), ...plan.findings];
    lines.push("", "Left alone and reported:", ...table(problems), "", ...renderFound(found, placeText, wholePlan));
  }
  lines.push("", capacityLine(shown), ...renderVerdict(verdict), `Digest: ${plan.digest}`);
  return lines;
}
