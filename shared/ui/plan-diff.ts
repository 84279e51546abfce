// The changes of a plan as a person reads them: by kind, each with what was, what will be, why, and what became of it.
import { type Change, type ChangeKind, changeId, changeKinds } from "../core/change.ts";
import type { Outcome } from "../core/outcome.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { counted, pill, thousands } from "./parts.ts";
import { paths } from "./paths.ts";
import { table } from "./table.ts";
import { kindWords, outcomeWords } from "./words.ts";

/** How many changes of each kind the overview shows, and how many stand on a page of one kind. */
const shownOfKind = 10;
const shownOnPage = 200;

type Values = Readonly<Record<string, unknown>>;

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What the reason beside the change says as well, and what says nothing to a reader. */
const unshown: ReadonlySet<string> = new Set(["worker", "marked"]);

/** Field by field: what was, struck out, and what will be. Of a thing that stays, what is not mentioned stays as well. */
function diff({ before, after }: { readonly before: Values | null; readonly after: Values | null }): Html {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const lines = fields
    .filter((field) => !unshown.has(field))
    .map((field) => {
      const was = before?.[field];
      const becomes = after?.[field];
      const stays = after !== null && (becomes === undefined || becomes === was);
      if (stays) return html`<li><span class="soft">${field}</span> ${outside(shown(was))}</li>`;
      return html`<li><span class="soft">${field}</span> ${
        was !== undefined && html`<del><span class="hidden">was </span>${outside(shown(was))}</del> `
      }${becomes !== undefined && html`<ins><span class="hidden">will be </span>${outside(shown(becomes))}</ins>`}</li>`;
    });
  return html`<ul class="diff">${lines}</ul>`;
}

function why({ reason }: Change): Html {
  const { text, worker, source, line, fields, rule } = reason;
  const where = source === undefined ? undefined : `${source}${line === undefined ? "" : `, line ${line}`}`;
  const details: readonly Child[] = [
    worker !== undefined && html`worker <code>${worker}</code>`,
    where !== undefined && html`from ${outside(where)}`,
    fields !== undefined && fields.length > 0 && html`field ${fields.join(", ")}`,
    rule !== undefined && html`rule <code>${rule}</code>`,
  ].filter((one) => one !== false);
  return html`<div>${outside(text)}</div><div class="soft small">${details.map((one, index) => html`${index > 0 && " · "}${one}`)}</div>`;
}

function became(outcome: Outcome | undefined): Child {
  if (outcome === undefined) return html`<span class="soft">not yet</span>`;
  const [tone, text] = outcomeWords[outcome.status];
  const more = [outcome.code ?? outcome.reason, outcome.text].filter((one) => one !== undefined).join(": ");
  return html`${pill(tone, text)}${more !== "" && html`<div class="small soft">${outside(more)}</div>`}`;
}

type Outcomes = ReadonlyMap<string, Outcome>;

function changeTable(caption: string, changes: readonly Change[], outcomes: Outcomes | undefined): Html {
  return table({
    caption,
    columns: [
      { text: "What" },
      { text: "Change" },
      { text: "Why" },
      ...(outcomes === undefined ? [] : [{ text: "Became" }]),
    ],
    rows: changes.map((change) => [
      html`<span class="mono">${outside(change.key)}</span>`,
      diff(change),
      why(change),
      ...(outcomes === undefined ? [] : [became(outcomes.get(changeId(change)))]),
    ]),
  });
}

/** Plus for what gives access, minus for what takes it. */
function kindPill(kind: ChangeKind, count: number): Html {
  const [tone] = kindWords[kind];
  return pill(tone, thousands(count), tone === "good" ? "plus" : tone === "bad" ? "minus" : "dot");
}

/** All changes of a plan, some of each kind; the rest of a kind has pages of its own. */
export function planChanges(runId: string, changes: readonly Change[], outcomes: Outcomes | undefined): Html {
  const kinds = changeKinds.filter((kind) => changes.some((change) => change.kind === kind));
  const sections = kinds.map((kind, index) => {
    const own = changes.filter((change) => change.kind === kind);
    const title = kindWords[kind][1];
    const caption = own.length > shownOfKind ? `${title}: the first ${shownOfKind}` : title;
    const rest =
      own.length > shownOfKind &&
      html`<p><a href="${paths.run(runId, { kind })}">Show all ${thousands(own.length)}<span class="hidden"> of: ${title}</span></a></p>`;
    return html`<details${index < 3 && html` open`}><summary>${title} ${kindPill(kind, own.length)}</summary>
${changeTable(caption, own.slice(0, shownOfKind), outcomes)}${rest}</details>`;
  });
  return html`<div class="stack">${sections}</div>`;
}

/** The changes of one kind, page by page, counted from 1. */
export function changesOfKind(
  runId: string,
  kind: ChangeKind,
  changes: readonly Change[],
  page: number,
  outcomes: Outcomes | undefined,
): Html {
  const own = changes.filter((change) => change.kind === kind);
  const last = Math.max(1, Math.ceil(own.length / shownOnPage));
  const at = Math.min(Math.max(1, page), last);
  const from = (at - 1) * shownOnPage;
  const some = own.slice(from, from + shownOnPage);
  const link = (to: number, text: string): Child =>
    to >= 1 &&
    to <= last &&
    to !== at &&
    html`<a class="button quiet" href="${paths.run(runId, { kind, page: to })}">${text}</a>`;
  const caption = `${kindWords[kind][1]}: ${own.length === 0 ? "none" : `${thousands(from + 1)} to ${thousands(from + some.length)}`} of ${counted(own.length, "change")}`;
  return html`${changeTable(caption, some, outcomes)}
<nav aria-label="Pages" class="row">${link(at - 1, "Previous")}<span class="soft">Page ${at} of ${last}</span>${link(at + 1, "Next")}</nav>`;
}
