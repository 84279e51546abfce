// What an approver has to know about one request: who asks, for what, since when, and what happens without an answer.
import type { Question } from "../core/request.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { chips, factList, pill } from "./parts.ts";
import { productName, requesterName, type ShownRequest } from "./shown-request.ts";
import { time } from "./time.ts";
import { requestWord, roleWords } from "./words.ts";

function known(text: string | undefined): Html | undefined {
  return text === undefined || text === "" ? undefined : outside(text);
}

function approvers(question: Question | undefined): Html | undefined {
  return chips(
    (question?.approvers ?? []).map(
      ({ address, role }) => html`${outside(address)} <span class="soft">${roleWords[role]}</span>`,
    ),
  );
}

function lastDay(question: Question | undefined, now: number): Html | undefined {
  if (question === undefined) return undefined;
  const answer = question.finalAnswer === "approve" ? "Approved" : "Rejected";
  return html`${answer} ${time(question.finalAt, now)}`;
}

function otherSubscriptions({ facts }: ShownRequest): Child {
  if (facts === undefined) return undefined;
  if (facts.subscriptions.length === 0) return "None";
  return chips(
    facts.subscriptions.map(({ product, state }) => html`${outside(product)} <span class="soft">${state}</span>`),
  );
}

/** The facts by themselves, for the page of one request. */
export function requestFacts(view: ShownRequest, now: number): Html {
  const { record, facts, manager } = view;
  const person = facts?.requester?.person ?? {};
  const waits = record.status === "asked";
  return factList([
    ["Department", known(person.department)],
    ["Title", known(person.title)],
    ["Organisation", known(person.organization)],
    ["Manager", known(manager)],
    ["Groups", chips((facts?.requester?.groups ?? []).map(outside))],
    ["Product", html`${outside(productName(view))} <code>${record.productId ?? "unknown"}</code>`],
    ["Name that the developer gave", known(facts?.request.name)],
    ["Other subscriptions", otherSubscriptions(view)],
    ["Waiting", time(record.question?.askedAt ?? record.firstSeenAt, now)],
    ["Rule that asked", record.question === undefined ? undefined : html`<code>${record.question.rule}</code>`],
    ["Asked", approvers(record.question)],
    ["Without an answer", waits && lastDay(record.question, now)],
    ["As HR said", view.factsReadAt !== undefined && time(view.factsReadAt, now)],
    ["Service", html`<code>${record.target}</code>`],
    ["Subscription", html`<code>${record.subscription}</code>`],
  ]);
}

/** "Ada Berg asks for Payments API". */
export function requestTitle(view: ShownRequest): string {
  return `${requesterName(view)} asks for ${productName(view)}`;
}

/** Says it plainly where nothing vouches for the requester. */
export function withoutFacts({ record, facts, missing }: ShownRequest): Html | undefined {
  if (facts?.requester !== undefined) return undefined;
  const why =
    facts === undefined
      ? record.facts === undefined
        ? "Nobody has looked at the facts of this request yet."
        : "The facts of this request were deleted, or could not be read."
      : `${missing ?? "Nothing is known about who asks"}, so no rule could approve this request.`;
  return html`<p class="soft">${why}</p>`;
}

/** The card in a list. `actions` stand below the facts. */
export function requestCard(view: ShownRequest, href: string, actions: Child, now: number): Html {
  const [tone, text] = requestWord(view.record);
  return html`<article class="card"><div class="row apart">
<h2><a href="${href}">${outside(requesterName(view))} asks for ${outside(productName(view))}</a></h2>${pill(tone, text)}</div>
${withoutFacts(view)}${requestFacts(view, now)}${actions}</article>`;
}
