// The pages of requests: what is open, what was, and the whole story of one.
import type { RuleStep } from "../core/decision.ts";
import { answerForm } from "./answer-form.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { emptyState, notice, pill } from "./parts.ts";
import { paths } from "./paths.ts";
import { requestCard, requestFacts, reviewNote, withoutFacts } from "./request-card.ts";
import { productName, requesterName, type ShownRequest } from "./shown-request.ts";
import { story } from "./story.ts";
import { table } from "./table.ts";
import { time } from "./time.ts";
import { requestWord } from "./words.ts";

/** A request, with the token of its form where the reader may answer it. */
export type Answerable = { readonly view: ShownRequest; readonly token?: string };

function hrefOf({ record: { target, subscription } }: ShownRequest): string {
  return paths.request(target, subscription);
}

function answering({ view, token }: Answerable, id: string): Html | undefined {
  const { target, subscription } = view.record;
  return token === undefined ? undefined : answerForm({ action: paths.answer(target, subscription), token, id });
}

/** Open requests, those that wait longest first. */
export function openRequests(requests: readonly Answerable[], now: number): Html {
  if (requests.length === 0)
    return emptyState(
      "Nothing waits",
      "Requests that a rule can answer are answered at once. The ones that need a person appear here.",
    );
  return html`<div class="stack">${requests.map((request, index) => {
    const answer = answering(request, String(index));
    const actions =
      answer === undefined ? undefined : html`<details><summary>Answer this request</summary>${answer}</details>`;
    return requestCard(request.view, hrefOf(request.view), actions, now);
  })}</div>`;
}

function decidedBy({ record: { answer } }: ShownRequest): Child {
  if (answer === undefined) return html`<span class="soft">nobody</span>`;
  if (answer.by !== undefined) return outside(answer.by);
  return answer.rule === "final" ? "time ran out" : html`rule <code>${answer.rule}</code>`;
}

/** Requests that are over. */
export function historyTable(views: readonly ShownRequest[], now: number): Html {
  if (views.length === 0)
    return emptyState(
      "No history yet",
      "Once a request is answered, it can be looked up here with who or what decided.",
    );
  return table({
    caption: "Requests that are over, the latest first",
    columns: [{ text: "Request" }, { text: "Ended as" }, { text: "Decided by" }, { text: "When" }],
    rows: views.map((view) => {
      const [tone, text] = requestWord(view.record);
      return [
        html`<a href="${hrefOf(view)}">${outside(requesterName(view))}, ${outside(productName(view))}</a>`,
        pill(tone, text),
        decidedBy(view),
        time(view.record.outcome?.at ?? view.record.updatedAt, now),
      ];
    }),
  });
}

const stepWords = {
  yes: pill("good", "yes"),
  no: pill("calm", "no", "minus"),
  failed: pill("warn", "failed"),
} as const;

function ruleSteps(steps: readonly RuleStep[]): Html {
  const reasons = steps.some(({ reason }) => reason !== undefined);
  return table({
    caption: "What each rule said",
    columns: [{ text: "Rule" }, { text: "Would" }, { text: "Said" }, ...(reasons ? [{ text: "Why" }] : [])],
    rows: steps.map(({ rule, answer, result, reason }) => [
      html`<code>${rule}</code>`,
      answer,
      stepWords[result],
      ...(reasons ? [reason === undefined ? "" : outside(reason)] : []),
    ]),
  });
}

/** One request: facts, form where the reader may answer, story, rules. */
export function requestPage(request: Answerable, hint: string | undefined, now: number): Html {
  const { view } = request;
  const [tone, text] = requestWord(view.record);
  const answer = answering(request, "one");
  return html`<section class="card" aria-labelledby="facts"><div class="row apart"><h2 id="facts">What is known</h2>${pill(tone, text)}</div>
${reviewNote(view)}${withoutFacts(view)}${requestFacts(view, now)}</section>
${answer !== undefined && html`<section class="card" aria-labelledby="answer"><h2 id="answer">Your answer</h2>${answer}</section>`}
${hint !== undefined && html`<p class="soft">${hint}</p>`}
<section class="card" aria-labelledby="story"><h2 id="story">Story</h2>${story(view.record, now)}</section>
${view.steps !== undefined && view.steps.length > 0 && ruleSteps(view.steps)}`;
}

/** The page behind a link: what is asked, and the form. */
export function linkedRequest(
  view: ShownRequest,
  { action, token }: { readonly action: string; readonly token: string },
  now: number,
): Html {
  return html`<section class="card" aria-labelledby="facts"><h2 id="facts">What is known</h2>${reviewNote(view)}${withoutFacts(view)}${requestFacts(view, now)}</section>
<section class="card" aria-labelledby="answer"><h2 id="answer">Your answer</h2>
<p class="soft">Opening this page has changed nothing. Your answer counts once, with your name.</p>${answerForm({ action, token, id: "link" })}</section>`;
}

/** The page behind a link whose question is over. */
export function closedRequest(view: ShownRequest, now: number): Html {
  return html`${notice("calm", html`<p>This question is over: the request has been answered or withdrawn. There is nothing left to do.</p>`)}
<section class="card" aria-labelledby="story"><h2 id="story">Story</h2>${story(view.record, now)}</section>`;
}
