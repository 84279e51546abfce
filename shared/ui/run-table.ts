// The list of the sync's runs.
import type { RunRecord } from "../core/run.ts";
import { type Html, html, outside } from "./html.ts";
import { emptyState, pill, thousands } from "./parts.ts";
import { paths } from "./paths.ts";
import { table } from "./table.ts";
import { distance, exactTime } from "./time.ts";
import { runWord, triggerWords } from "./words.ts";

/** What was asked for. */
export function purposeOf({ request }: RunRecord): string {
  const what =
    request.mode === "plan" ? "Plan" : request.accept === undefined ? "Plan and apply" : "Apply what was accepted";
  return `${what}${request.purpose === "delete" ? " (deletes)" : ""}${request.worker === undefined ? "" : ", one worker"}`;
}

export function sum(counts: Readonly<Record<string, number | undefined>> | undefined): number {
  return Object.values(counts ?? {}).reduce<number>((all, count) => all + (count ?? 0), 0);
}

export function askedBy({ trigger, requestedBy }: RunRecord): Html {
  return html`${triggerWords[trigger]}${requestedBy !== undefined && html`, ${outside(requestedBy)}`}`;
}

/** The runs, the latest first. */
export function runTable(runs: readonly RunRecord[], now: number): Html {
  if (runs.length === 0)
    return emptyState(
      "No runs yet",
      html`The timer asks for one when a target is due; <code>POST /api/sync</code> and <code>rollcall plan</code> ask at once.`,
    );
  return table({
    caption: "Runs, the latest first",
    columns: [
      { text: "Asked for" },
      { text: "Target" },
      { text: "What" },
      { text: "By" },
      { text: "State" },
      { text: "Changes", number: true },
      { text: "Applied", number: true },
      { text: "Failed", number: true },
    ],
    rows: runs.map((run) => {
      const [tone, text] = runWord(run);
      return [
        html`<a href="${paths.run(run.id)}">${distance(run.createdAt, now)}</a><div class="soft small">${exactTime(run.createdAt)}</div>`,
        html`<code>${run.request.target}</code>`,
        purposeOf(run),
        askedBy(run),
        pill(tone, text),
        run.planned === undefined ? "" : thousands(sum(run.planned)),
        run.outcomes === undefined ? "" : thousands(run.outcomes.applied),
        run.outcomes === undefined ? "" : thousands(run.outcomes.failed),
      ];
    }),
  });
}
