// What people are told about requests. Plain text: names of subscriptions and of people are others' words, and each way
// out escapes for itself.
import { createCalendar } from "./calendar.ts";
import { noRule } from "./decide.ts";
import type { Person } from "./person.ts";
import type { Answer, RequestRecord, ReviewReason } from "./request.ts";
import { whoDecided } from "./state-comment.ts";

export type NoticeText = { readonly id: string; readonly subject: string; readonly lines: readonly string[] };

/** What a sentence needs to name: the product, the subscription and who asked. */
export type About = {
  readonly product: string;
  /** The developer's own text. */
  readonly name: string;
  readonly person: Person | undefined;
  /** Address of the account, where HR does not know its owner. */
  readonly account: string | undefined;
};

function dayOf(at: number): string {
  return createCalendar(at).today("UTC");
}

function idOf(request: RequestRecord, what: string): string {
  const { target, subscription, round } = request;
  return [target, subscription, round, what].join("/");
}

/** The requester as approvers know them. */
export function whoAsks({ person, account }: About): string {
  if (person === undefined) return account === undefined ? "Somebody" : `${account}, whom HR does not know`;
  const { displayName, givenName, familyName, email } = person;
  const name = displayName ?? [givenName, familyName].filter((part) => part !== undefined).join(" ");
  return [name, ...(email === undefined ? [] : [`<${email}>`])].join(" ").trim();
}

const reviewTexts: Readonly<Record<ReviewReason, string>> = {
  changed: "The owner's data in HR changed since access was granted; please look at it again.",
  ownerLeft: "The owner has left; please say whether the access is still needed.",
  unapproved: "The access is there, but nobody approved it; please say whether it may stay.",
};

function why({ review, question }: RequestRecord): string {
  if (review !== undefined) return reviewTexts[review];
  return question === undefined || question.rule === noRule
    ? "No rule decides this request."
    : `The rule "${question.rule}" leaves this request to you.`;
}

const questionSubjects = {
  ask: "Access",
  remind: "Reminder: access",
  escalate: "Escalated: access",
  review: "Review: access",
} as const;

/** The question, and its repetitions, to one of its approvers. Their nonce tells it apart, not their place, which is
 * another's once a question was passed on; its instant tells it from other questions, because a review is asked in the
 * same round. */
export function questionNotice(
  request: RequestRecord,
  about: About,
  kind: keyof typeof questionSubjects,
  index: number,
): NoticeText {
  const { question } = request;
  const approver = question?.approvers[index]?.nonce.slice(0, 8) ?? index;
  const final = question?.finalAnswer === "approve" ? "approved" : "rejected";
  const verb = request.review === undefined ? "asks for" : "has";
  return {
    id: idOf(request, `${question?.askedAt ?? 0}/${kind}/${approver}`),
    subject: `${questionSubjects[kind]} to ${about.product}`,
    lines: [
      `${whoAsks(about)} ${verb} access to ${about.product}.`,
      `Subscription: ${about.name}`,
      why(request),
      ...(question === undefined ? [] : [`Without an answer it is ${final} on ${dayOf(question.finalAt)}.`]),
    ],
  };
}

/** For those who were asked: that nothing is left to answer. */
export function decidedNotice(request: RequestRecord, answer: Answer, about: About): NoticeText {
  const verb = answer.answer === "approve" ? "approved" : "rejected";
  const who = answer.by === undefined ? whoDecided(answer) : `by ${answer.by}`;
  return {
    // A review is answered in the same round, and is another notice.
    id: idOf(request, `decided/${answer.at}`),
    subject: `Access to ${about.product} was ${verb}`,
    lines: [
      `The request of ${whoAsks(about)} for ${about.product} was ${verb} ${who}.`,
      ...(answer.comment === undefined ? [] : [`Comment: ${answer.comment}`]),
    ],
  };
}

export function accessEndsNotice(request: RequestRecord, about: About, until: number): NoticeText {
  return {
    id: idOf(request, `accessEnds/${dayOf(until)}`),
    subject: `Your access to ${about.product} ends on ${dayOf(until)}`,
    lines: [
      `Your subscription "${about.name}" to ${about.product} ends on ${dayOf(until)}.`,
      "If you still need it, ask for it again in the developer portal before that day.",
    ],
  };
}

export function accessEndedNotice(request: RequestRecord, about: About, until: number): NoticeText {
  return {
    id: idOf(request, `accessEnded/${dayOf(until)}`),
    subject: `Your access to ${about.product} has ended`,
    lines: [
      `Your subscription "${about.name}" to ${about.product} ended on ${dayOf(until)}; its keys no longer work.`,
      "If you still need it, ask for it again in the developer portal.",
    ],
  };
}

/** For a product's owners: access that nobody approved was found. */
export function unapprovedNotice(request: RequestRecord, about: About): NoticeText {
  return {
    id: idOf(request, "unapproved"),
    subject: `Access to ${about.product} that nobody approved`,
    lines: [
      `${whoAsks(about)} has an active subscription to ${about.product} that nobody approved.`,
      `Subscription: ${about.name}`,
      "Nothing was changed. Suspend it in API Management if it should not be there.",
    ],
  };
}

type Leaver = {
  readonly target: string;
  readonly user: string;
  /** Id of the product: what stays when it gets another name. */
  readonly product: string;
  readonly lastDay: string;
  readonly handsOver: boolean;
};

/** For the manager and a product's owners: whose keys stop with a last day. `about` names the product as people know it;
 * its id stands behind the name, so that owners of two products of one name can tell them apart. */
export function leaverNotice(leaver: Leaver, about: About, subscriptions: readonly string[]): NoticeText {
  const { target, user, product, lastDay, handsOver } = leaver;
  const name = about.product === "" || about.product === product ? product : `${about.product} (${product})`;
  return {
    id: [target, user, product, "leaver", lastDay].join("/"),
    subject: `${name}: keys of somebody who leaves on ${lastDay}`,
    lines: [
      `${whoAsks(about)} leaves on ${lastDay} and has ${subscriptions.length === 1 ? "a subscription" : `${subscriptions.length} subscriptions`} to ${name}: ${subscriptions.join(", ")}.`,
      handsOver
        ? "The subscriptions are handed over after that day; whoever leaves knows the keys until they are made anew."
        : "The keys stop working after that day. If a system uses them, give it keys of its own before.",
    ],
  };
}
