// What an approver has to know about one request: who asks, for what, since when, and what happens without an answer.
import { isAskedOfNobody } from "../core/question.ts";
import type { Question } from "../core/request.ts";
import { askedList } from "./asked-list.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { chips, factList, pill } from "./parts.ts";
import { productName, requestHeading, type ShownRequest } from "./shown-request.ts";
import { distance, time } from "./time.ts";
import { requestWord, reviewWords } from "./words.ts";

function known(text: string | undefined): Html | undefined {
  return text === undefined || text === "" ? undefined : outside(text);
}

function approvers(question: Question | undefined): Html | undefined {
  if (question === undefined) return undefined;
  const list = question.approvers.length === 0 ? undefined : askedList(question.approvers);
  return isAskedOfNobody(question) ? html`Nobody could be asked yet; it is tried again by each sweep.${list}` : list;
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

/** Department first, then what else says where somebody works. */
function place({ facts }: ShownRequest): Html | undefined {
  const { department, title, organization } = facts?.requester?.person ?? {};
  const rest = [title, organization].filter((text) => text !== undefined && text !== "").join(", ");
  if (department === undefined && rest === "") return undefined;
  return html`${known(department)}${rest !== "" && html`<div class="soft small">${outside(rest)}</div>`}`;
}

/** The facts by themselves, for the page of one request. */
export function requestFacts(view: ShownRequest, now: number): Html {
  const { record, facts, manager, factsReadAt } = view;
  const about = html`<p class="soft small">Subscription <code>${record.subscription}</code> of <code>${record.target}</code>${
    record.ownerId !== undefined && html`, account <code>${record.ownerId}</code>`
  }${factsReadAt !== undefined && html`. As HR said ${distance(factsReadAt, now)}`}.</p>`;
  return html`${factList([
    ["Department", place(view)],
    ["Manager", known(manager)],
    ["Groups", chips((facts?.requester?.groups ?? []).map(outside))],
    ["Holds already", otherSubscriptions(view)],
    [
      "Product",
      html`${outside(productName(view))} <div class="small"><code>${record.productId ?? "unknown"}</code></div>`,
    ],
    ["In the developer’s words", known(facts?.request.name)],
    ["Waiting since", time(record.question?.askedAt ?? record.firstSeenAt, now)],
    ["Without an answer", record.status === "asked" && lastDay(record.question, now)],
    ["Rule that asked", record.question === undefined ? undefined : html`<code>${record.question.rule}</code>`],
    ["Who was asked", approvers(record.question), "span"],
  ])}${about}`;
}

/** Why access that is there is asked about, and what an answer does. */
export function reviewNote({ record: { review } }: ShownRequest): Html | undefined {
  return review === undefined
    ? undefined
    : html`<p>${reviewWords[review]} To approve leaves the access as it is, to reject suspends it.</p>`;
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
<h2><a href="${href}">${requestHeading(view)}</a></h2>${pill(tone, text)}</div>
${reviewNote(view)}${withoutFacts(view)}${requestFacts(view, now)}${actions}</article>`;
}
