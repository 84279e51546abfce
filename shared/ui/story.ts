// What happened to one request, in order, and what is still to come.
import { isReminded } from "../core/question.ts";
import type { Access, Answer, Question, RequestRecord } from "../core/request.ts";
import { askedList } from "./asked-list.ts";
import { type Child, type Html, html, outside } from "./html.ts";
import { time } from "./time.ts";
import { requestWord, viaWords } from "./words.ts";

type Event = { readonly at: number; readonly what: Child; readonly more?: Child };

function questionEvents({ askedAt, rule, approvers, remindedAt, escalatedAt }: Question): readonly Event[] {
  const first = approvers.filter(({ role }) => role !== "escalation");
  const later = approvers.filter(({ role }) => role === "escalation");
  const what =
    first.length === 0
      ? html`The rule <code>${rule}</code> leaves it to people, and nobody could be asked`
      : html`The rule <code>${rule}</code> asked people`;
  return [
    { at: askedAt, what, more: first.length === 0 ? undefined : askedList(first) },
    ...(remindedAt === undefined ? [] : [{ at: remindedAt, what: "They were reminded" }]),
    ...(escalatedAt === undefined
      ? []
      : [{ at: escalatedAt, what: "Others were asked as well", more: askedList(later) }]),
  ];
}

function answerEvent({ answer, by, rule, comment, at }: Answer): Event {
  const verb = answer === "approve" ? "Approved" : "Rejected";
  const more = comment === undefined || comment === "" ? undefined : html`“${outside(comment)}”`;
  if (by !== undefined) return { at, what: html`${verb} by ${outside(by)}`, more };
  if (rule === "final") return { at, what: `${verb}, because nobody answered in time`, more };
  return { at, what: html`${verb} by the rule <code>${rule}</code>`, more };
}

function accessEvents({ warnedAt, warnedNobody, expiredAt, until }: Access, now: number): readonly Event[] {
  const warned =
    warnedNobody === true ? "The owner could not be told that access ends" : "The owner was told that access ends";
  return [
    ...(warnedAt === undefined ? [] : [{ at: warnedAt, what: warned }]),
    ...(expiredAt === undefined ? [] : [{ at: expiredAt, what: "Access ended" }]),
    ...(until === undefined || expiredAt !== undefined
      ? []
      : [{ at: until, what: until > now ? "Access ends" : "Access is about to end" }]),
  ];
}

/** What comes while nobody answers. */
function aheadEvents(question: Question): readonly Event[] {
  const { approvers, remindAt, remindedAt, escalateAt, escalatedAt, finalAt, finalAnswer } = question;
  const isDue = remindedAt === undefined && approvers.some((asked) => isReminded(asked, question));
  return [
    ...(remindAt !== undefined && isDue ? [{ at: remindAt, what: "A reminder is due" }] : []),
    ...(escalateAt === undefined || escalatedAt !== undefined
      ? []
      : [{ at: escalateAt, what: "Others are asked as well" }]),
    { at: finalAt, what: `Without an answer it is ${finalAnswer === "approve" ? "approved" : "rejected"}` },
  ];
}

function events(record: RequestRecord, now: number): readonly Event[] {
  const { question, answer, outcome, access, error } = record;
  return [
    { at: record.firstSeenAt, what: `Rollcall looked at the request, told by ${viaWords[record.via]}` },
    ...(question === undefined ? [] : questionEvents(question)),
    ...(answer === undefined ? [] : [answerEvent(answer)]),
    ...(outcome === undefined ? [] : [{ at: outcome.at, what: requestWord(record)[1], more: outside(outcome.text) }]),
    ...(error === undefined
      ? []
      : [{ at: error.at, what: html`Looking at it failed: <code>${error.code}</code>`, more: outside(error.message) }]),
    ...(access === undefined ? [] : accessEvents(access, now)),
    ...(record.status === "asked" && question !== undefined ? aheadEvents(question) : []),
  ];
}

/** A list with what happened first, then what is to come. */
export function story(record: RequestRecord, now: number): Html {
  const sorted = [...events(record, now)].sort((a, b) => a.at - b.at);
  return html`<ol class="story">${sorted.map(
    ({ at, what, more }) =>
      html`<li${at > now && html` class="ahead"`}><div>${what}</div>${more !== undefined && html`<div>${more}</div>`}<div class="small">${time(at, now)}</div></li>`,
  )}</ol>`;
}
