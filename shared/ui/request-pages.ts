// The pages of requests: what is open, what was, and the whole story of one.
import type { RuleStep } from "../core/decision.ts";
import { answerForm } from "./answer-form.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { emptyState, form, pill } from "./parts.ts";
import { paths } from "./paths.ts";
import { requestCard, requestFacts, withoutFacts } from "./request-card.ts";
import { productName, type RequestView, requesterName } from "./request-view.ts";
import { story } from "./story.ts";
import { table } from "./table.ts";
import { time } from "./time.ts";
import { requestWord } from "./words.ts";

/** A request, with the token of its form where the reader may answer it. */
export type Answerable = { readonly view: RequestView; readonly token?: string };

function hrefOf({ record: { target, subscription } }: RequestView): string {
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

function decidedBy({ record: { answer } }: RequestView): Child {
  if (answer === undefined) return html`<span class="soft">nobody</span>`;
  if (answer.by !== undefined) return outside(answer.by);
  return answer.rule === "final" ? "time ran out" : html`rule <code>${answer.rule}</code>`;
}

/** Requests that are over. */
export function historyTable(views: readonly RequestView[], now: number): Html {
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

const stepWords = { yes: "yes", no: "no", failed: "failed" } as const;

function ruleSteps(steps: readonly RuleStep[]): Html {
  return table({
    caption: "What each rule said",
    columns: [{ text: "Rule" }, { text: "Would" }, { text: "Said" }, { text: "Why" }],
    rows: steps.map(({ rule, answer, result, reason }) => [
      html`<code>${rule}</code>`,
      answer,
      pill(result === "yes" ? "good" : result === "failed" ? "warn" : "calm", stepWords[result]),
      reason === undefined ? "" : outside(reason),
    ]),
  });
}

/** One request: facts, form where the reader may answer, story, rules. */
export function requestPage(request: Answerable, hint: string | undefined, now: number): Html {
  const { view } = request;
  const [tone, text] = requestWord(view.record);
  const answer = answering(request, "one");
  return html`<section class="card" aria-labelledby="facts"><div class="row apart"><h2 id="facts">What is known</h2>${pill(tone, text)}</div>
${withoutFacts(view)}${requestFacts(view, now)}</section>
${answer !== undefined && html`<section class="card" aria-labelledby="answer"><h2 id="answer">Your answer</h2>${answer}</section>`}
${hint !== undefined && html`<p class="soft">${hint}</p>`}
<section class="card" aria-labelledby="story"><h2 id="story">Story</h2>${story(view.record, now)}</section>
${view.steps !== undefined && view.steps.length > 0 && ruleSteps(view.steps)}`;
}

/** A failed request, with the token of its form where the reader may take it up again. */
export type Retryable = { readonly view: RequestView; readonly token?: string };

/** Requests at which looking failed until the queue gave up. */
export function failedRequests(requests: readonly Retryable[], now: number): Html {
  if (requests.length === 0)
    return emptyState(
      "Nothing has failed",
      "When a request cannot be looked at again and again, it waits here with its error.",
    );
  return html`<div class="stack">${requests.map(({ view, token }) => {
    const { target, subscription, error, updatedAt } = view.record;
    const retry =
      token === undefined
        ? undefined
        : form(
            paths.retry(target, subscription),
            token,
            html`<div class="row"><button class="button">Try again<span class="hidden"> for ${subscription}</span></button></div>`,
          );
    return html`<article class="card"><div class="row apart">
<h2><a href="${hrefOf(view)}">${outside(requesterName(view))} asks for ${outside(productName(view))}</a></h2>${pill("bad", error?.code ?? "Failed")}</div>
<p>${outside(error?.message ?? "There is no error in the record.")}</p>
<p class="soft small">Subscription <code>${subscription}</code> of <code>${target}</code>, given up ${time(error?.at ?? updatedAt, now)}. What the code means stands in the runbook.</p>${retry}</article>`;
  })}</div>`;
}
