// What a plan left alone and somebody should know about: findings, and rows of HR that could not be used.
import type { Finding } from "../core/finding.ts";
import type { RowProblem } from "../core/person.ts";
import type { Plan } from "../core/plan.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { counted } from "./parts.ts";
import { table } from "./table.ts";

const shown = 100;

function about({ worker, user, group, product, subscription }: Finding): Child {
  const named = { worker, user, group, product, subscription };
  const given = Object.entries(named).filter(([, id]) => id !== undefined);
  return html`<ul class="diff">${given.map(([name, id = ""]) => html`<li><span class="soft">${name}</span> <span class="mono">${outside(id)}</span></li>`)}</ul>`;
}

function findingTable(findings: readonly Finding[]): Html {
  return table({
    caption: "Findings",
    columns: [{ text: "Finding" }, { text: "About" }, { text: "What it says" }],
    rows: findings.slice(0, shown).map((one) => [html`<code>${one.code}</code>`, about(one), outside(one.text)]),
  });
}

function problemTable(problems: readonly RowProblem[]): Html {
  return table({
    caption: "Rows of HR that could not be used as they are",
    columns: [{ text: "Problem" }, { text: "Where" }, { text: "Field" }, { text: "What it says" }],
    rows: problems
      .slice(0, shown)
      .map(({ code, source, line, field = "", reason }) => [
        html`<code>${code}</code>`,
        html`${outside(source)}, line ${line}`,
        outside(field),
        outside(reason),
      ]),
  });
}

function rest(count: number): Html | undefined {
  return count <= shown
    ? undefined
    : html`<p class="soft">The first ${shown} of ${counted(count, "entry").replace(/ys$/, "ies")}. <code>rollcall plan --json</code> shows all.</p>`;
}

export function planFindings({ findings, problems }: Pick<Plan, "findings" | "problems">): Html | undefined {
  if (findings.length === 0 && problems.length === 0) return undefined;
  return html`<section class="stack" aria-labelledby="left-alone"><h2 id="left-alone">Left alone and reported</h2>
${findings.length > 0 && findingTable(findings)}${rest(findings.length)}
${problems.length > 0 && problemTable(problems)}${rest(problems.length)}</section>`;
}
