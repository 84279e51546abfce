// The page of one run of the sync: how it stands, why it was stopped, its plan.
import type { Breach } from "../core/guard.ts";
import type { Plan } from "../core/plan.ts";
import { capacity } from "../core/report.ts";
import type { RunRecord, SourceSummary } from "../core/run.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { counted, factList, form, notice, pill, thousands, tiles } from "./parts.ts";
import { paths } from "./paths.ts";
import { planFindings } from "./plan-findings.ts";
import { askedBy, purposeOf, sum } from "./run-table.ts";
import { table } from "./table.ts";
import { duration, time } from "./time.ts";
import { kindWords, outcomeWords, runWord } from "./words.ts";

/** Whether the plan of a run can be accepted, by whom, or what became of it. */
export type Acceptable =
  /** `newer`: a run of the same target that was asked for later. */
  | { readonly kind: "form"; readonly token: string; readonly newer?: string }
  | { readonly kind: "notByYou" }
  | { readonly kind: "done"; readonly runId: string; readonly by?: string };

function breachTable(breaches: readonly Breach[]): Html {
  return table({
    caption: "Limits that the plan exceeds",
    columns: [
      { text: "Limit" },
      { text: "Planned", number: true },
      { text: "Applied in 24 hours", number: true },
      { text: "Allowed", number: true },
      { text: "In words" },
    ],
    rows: breaches.map(({ limit, group, planned, applied, allowed, text }) => [
      html`<code>${limit}</code>${group !== undefined && html` in ${outside(group)}`}`,
      thousands(planned),
      thousands(applied),
      thousands(allowed),
      outside(text),
    ]),
  });
}

function acceptance(run: RunRecord, acceptable: Acceptable | undefined): Html | undefined {
  if (acceptable === undefined) return undefined;
  if (acceptable.kind === "done")
    return notice(
      "calm",
      html`<p>This plan was accepted${acceptable.by !== undefined && html` by ${outside(acceptable.by)}`}: <a href="${paths.run(acceptable.runId)}">see the run that applies it</a>.</p>`,
    );
  if (acceptable.kind === "notByYou")
    return html`<p class="soft">Somebody with the role <code>operator</code> can accept this plan here.</p>`;
  const body = html`<label class="check"><input type="checkbox" name="read" value="yes" required> I have read the changes below and they should be made</label>
<div class="row"><button class="button">Accept and apply ${counted(sum(run.planned), "change")}</button></div>`;
  return html`<section class="card" aria-labelledby="accept"><h2 id="accept">Accept this plan</h2>
<p>Accepting runs exactly this plan, once, within four hours. What no longer holds by then is left out, and nothing is added. Your name is kept with the run.</p>
${
  acceptable.newer !== undefined &&
  html`<p><strong>This is not the latest run of the target.</strong> <a href="${paths.run(acceptable.newer)}">Look at the latest one first</a>.</p>`
}
${form(paths.accept(run.id), acceptable.token, body)}</section>`;
}

function runFacts(run: RunRecord, now: number): Html {
  const [tone, text] = runWord(run);
  const instant = (at: number | undefined): Child => at !== undefined && time(at, now);
  return factList([
    ["State", pill(tone, text)],
    ["Target", html`<code>${run.request.target}</code>`],
    ["What", purposeOf(run)],
    ["Worker", run.request.worker !== undefined && html`<code>${run.request.worker}</code>`],
    ["Asked for by", askedBy(run)],
    ["Accepted by", run.acceptedBy !== undefined && outside(run.acceptedBy)],
    ["Stopped by", run.cancelledBy !== undefined && outside(run.cancelledBy)],
    ["Asked for", instant(run.createdAt)],
    ["Began", instant(run.startedAt)],
    ["Ended", instant(run.finishedAt)],
    ["Digest", run.digest !== undefined && html`<span class="mono">${run.digest}</span>`, "span"],
  ]);
}

function incomplete({ sources = [] }: RunRecord): readonly SourceSummary[] {
  return sources.filter(({ completeness }) => completeness !== "complete");
}

/** Nobody is taken for gone then, which a reader of the plan has to know first. */
function incompleteNotice(run: RunRecord): Html | undefined {
  const names = incomplete(run).map(({ source }) => html`<code>${source}</code> `);
  if (names.length === 0) return undefined;
  return notice(
    "warn",
    html`<p>HR was not read completely: ${names}. Nobody is taken for gone because of that; who HR says has left is blocked as usual. The reasons stand below, with the sources.</p>`,
  );
}

function sourceTable(run: RunRecord): Html | undefined {
  if (run.sources === undefined || run.sources.length === 0) return undefined;
  return table({
    caption: "What HR's sources gave",
    columns: [
      { text: "Source" },
      { text: "Read" },
      { text: "People", number: true },
      { text: "Problems", number: true },
      { text: "Why" },
    ],
    rows: run.sources.map(({ source, completeness, people, problems, incompleteBecause }) => [
      outside(source),
      pill(completeness === "complete" ? "good" : "warn", completeness),
      thousands(people),
      thousands(problems),
      incompleteBecause.map((reason) => html`<div>${outside(reason)}</div>`),
    ]),
  });
}

function planNumbers(run: RunRecord, plan: Plan | undefined): Html | undefined {
  const planned = Object.entries(run.planned ?? {}).map(([kind, count]) => [kind, count ?? 0] as const);
  const words: Readonly<Record<string, readonly [string, string]>> = kindWords;
  const counts = planned.map(([kind, count]) => [words[kind]?.[1] ?? kind, count] as const);
  if (run.planned === undefined) return undefined;
  if (counts.length === 0)
    return html`<p>Nothing to change${incomplete(run).length === 0 && ": the accounts are in step with HR"}.</p>`;
  const cost = plan === undefined ? undefined : capacity(plan);
  return html`${tiles(counts)}${
    cost !== undefined &&
    html`<p class="soft">${counted(cost.writes, "write")}${
      cost.secondsAtArmRate > 0 && `, at least ${duration(cost.secondsAtArmRate)} through Resource Manager`
    }; ${counted(cost.usersAfter, "user")} afterwards.</p>`
  }`;
}

function outcomeNumbers(run: RunRecord): Html | undefined {
  if (run.outcomes === undefined) return undefined;
  const { applied, skipped, held, failed } = run.outcomes;
  const counts = { applied, skipped, held, failed } as const;
  const pills = (["applied", "skipped", "held", "failed"] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => pill(outcomeWords[status][0], `${outcomeWords[status][1]} ${thousands(counts[status])}`));
  return pills.length === 0 ? undefined : html`<div class="row">${pills}</div>`;
}

export type RunPage = {
  readonly run: RunRecord;
  /** Undefined before it is planned, and after its details were deleted. */
  readonly plan?: Plan;
  readonly acceptable?: Acceptable;
  /** The changes, from `plan-diff`. */
  readonly changes?: Html;
};

function verdictNotice({ verdict, error }: RunRecord): Html | undefined {
  if (error !== undefined)
    return notice(
      "bad",
      html`<p>The run could not go on: <code>${error.code}</code></p><p>${outside(error.message)}</p>`,
    );
  if (verdict?.status !== "blocked") return undefined;
  return notice(
    "warn",
    html`<p>The guard stopped this plan before the first write, because it changes more than the limits allow. Nothing was written.</p>`,
  );
}

/** One run: how it stands, why it was stopped, what it would do or did. */
export function runPage({ run, plan, acceptable, changes }: RunPage, now: number): Html {
  const gone = plan === undefined && run.planned !== undefined;
  return html`${verdictNotice(run)}${incompleteNotice(run)}
<section class="card" aria-labelledby="run"><h2 id="run">The run</h2>${runFacts(run, now)}${outcomeNumbers(run)}</section>
${run.verdict?.status === "blocked" && breachTable(run.verdict.breaches)}
${acceptance(run, acceptable)}
<section class="stack" aria-labelledby="plan"><h2 id="plan">The plan</h2>${planNumbers(run, plan)}
${gone && html`<p class="soft">The changes themselves were deleted, as the settings say for details of old runs.</p>`}
${run.planned === undefined && html`<p class="soft">There is no plan yet.</p>`}${changes}</section>
${sourceTable(run)}
${plan !== undefined && planFindings(plan)}`;
}
