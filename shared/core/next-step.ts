// What to do next about one subscription: its state as it was read now, against the record of the request for it. Every
// step leaves a record or a state that the next look sees, so a look that is killed is simply made again.
//
//   submitted, no open record ............. decide      (a record that is answered or closed: it was submitted again)
//   submitted, people were asked .......... send, choose, escalate, passOn, finalAnswer, when each is due
//   submitted, the answer stands .......... write
//   not submitted, the answer stands ...... settle, where the comment shows that it is ours; else close
//   not submitted, no answer .............. close
//   active, granted by Rollcall ........... warn, expire, review; warn and expire also while people review it
//   active, nobody approved it ............ unapproved; so too where it was refused or had ended, and is active again
import { warningIsDue } from "./access.ts";
import { epochMs } from "./calendar.ts";
import type { Subscription } from "./directory.ts";
import { parseMark } from "./mark.ts";
import { dueOfQuestion } from "./question.ts";
import type { Question, RequestOutcomeCode, RequestRecord, ReviewReason } from "./request.ts";
import {
  type Closing,
  explainsActive,
  hadEnded,
  isClosedWith,
  isOver,
  isUnapprovedFind,
  isWritten,
  neverDecided,
  obstacle,
  phaseOf,
  recordAbout,
  type View,
} from "./request-view.ts";

export type NextStep =
  | { readonly kind: "nothing" }
  /** Read the owner and the product, and ask again. */
  | { readonly kind: "gather" }
  /** Ask the policy. `round` of the record that it makes. */
  | { readonly kind: "decide"; readonly round: number }
  | { readonly kind: "close"; readonly outcome: Closing }
  /** Write the recorded answer. */
  | { readonly kind: "write" }
  /** The recorded answer is written already: say so in the record. */
  | { readonly kind: "settle" }
  /** Hand the question, or its reminder, to those who have not got it yet. */
  | { readonly kind: "send" }
  /** The question is before nobody: choose anew whom it goes to. */
  | { readonly kind: "choose" }
  | { readonly kind: "escalate" }
  /** Put the question before others in place of those who are not at work any more. */
  | { readonly kind: "passOn" }
  | { readonly kind: "finalAnswer" }
  | { readonly kind: "warn"; readonly until: number }
  | { readonly kind: "expire"; readonly until: number }
  | { readonly kind: "review"; readonly reason: ReviewReason }
  | { readonly kind: "unapproved" }
  /** Both keys of a subscription that a leaver handed over. */
  | { readonly kind: "regenerateKeys" };

const dayMs = 86_400_000;
const nothing: NextStep = { kind: "nothing" };
const gather: NextStep = { kind: "gather" };

function close(code: RequestOutcomeCode, text: string): NextStep {
  return { kind: "close", outcome: { code, text } };
}

/** A closing, unless the record says it already. */
function closeOnce(record: RequestRecord | undefined, outcome: Closing): NextStep {
  return isClosedWith(record, outcome.code) ? nothing : { kind: "close", outcome };
}

function questionStep({ now, approversAway = false }: View, question: Question): NextStep {
  const due = dueOfQuestion(question, now);
  return { kind: approversAway && due !== "finalAnswer" ? "passOn" : due };
}

function submitted(view: View, subscription: Subscription): NextStep {
  const about = recordAbout(view.record, subscription);
  const never = neverDecided(subscription);
  if (never !== undefined) return closeOnce(about, never);
  const record = about !== undefined && isOver(about, subscription) ? undefined : about;
  if (record !== undefined) return openRequest(view, subscription, record);
  if (view.gathered === undefined) return gather;
  const outcome = obstacle(subscription, view.gathered);
  if (outcome !== undefined) return closeOnce(about, outcome);
  return { kind: "decide", round: (view.record?.round ?? 0) + 1 };
}

/** One that is new, asked, decided and not written, or closed because the limit was reached. */
function openRequest(view: View, subscription: Subscription, record: RequestRecord): NextStep {
  const phase = phaseOf(record);
  if (phase === "decided" && record.answer?.answer === "reject") return { kind: "write" };
  // The product's limit lets the same answer through as soon as another subscription is gone.
  if (phase === "closed" && view.now - record.updatedAt < dayMs) return nothing;
  if (view.gathered === undefined) return gather;
  const outcome = obstacle(subscription, view.gathered);
  if (outcome !== undefined) return { kind: "close", outcome };
  if (record.answer !== undefined) return { kind: "write" };
  if (record.question !== undefined) return questionStep(view, record.question);
  return { kind: "decide", round: record.round };
}

function keysAreDue({ now, owner, regenerateAfterDays }: View, { stateComment }: Subscription): boolean {
  if (regenerateAfterDays === undefined) return false;
  const mark = parseMark(stateComment);
  if (mark.kind !== "mark" || mark.fields.owner !== owner) return false;
  const at = epochMs(mark.fields.transferred ?? "");
  return at !== undefined && now - at >= regenerateAfterDays * dayMs;
}

/** What time brings about access that Rollcall granted: its end stands at the service, where an administrator may move
 * it. */
function dueOfAccess(view: View, subscription: Subscription, { access }: RequestRecord): NextStep | undefined {
  const until = access?.until === undefined ? undefined : subscription.expiresAt;
  if (access === undefined || until === undefined) return undefined;
  if (until <= view.now) return { kind: "expire", until };
  return subscription.state === "active" && warningIsDue(access, until, view.now) ? { kind: "warn", until } : undefined;
}

function granted(view: View, subscription: Subscription, record: RequestRecord): NextStep {
  const due = dueOfAccess(view, subscription, record);
  if (due !== undefined) return due;
  if (!view.deep || subscription.state !== "active") return nothing;
  if (view.gathered === undefined) return gather;
  if (view.gathered.isProtected === true) return nothing;
  return view.gathered.review === undefined ? nothing : { kind: "review", reason: view.gathered.review };
}

function unknownAccess(view: View, subscription: Subscription): NextStep {
  if (!view.deep || !view.baselineTaken || neverDecided(subscription) !== undefined) return nothing;
  if (view.gathered === undefined) return gather;
  if (view.gathered.isProtected === true) return nothing;
  return view.gathered.product?.approvalRequired === true ? { kind: "unapproved" } : nothing;
}

/** Active again after it was refused or had ended, without another request: nobody approved that either. */
function revived(view: View, subscription: Subscription): NextStep {
  if (neverDecided(subscription) !== undefined) return elsewhere("active");
  const step = unknownAccess(view, subscription);
  const needsNoApproval = view.gathered !== undefined && view.gathered.product?.approvalRequired !== true;
  return needsNoApproval ? elsewhere("active") : step;
}

function elsewhere(state: string): NextStep {
  return close("answeredElsewhere", `Somebody made the subscription ${state} in API Management, past Rollcall`);
}

function withdrawn(state: string): NextStep {
  return close("withdrawn", `The subscription was ${state} in API Management`);
}

/** About access that is there: the comment tells of both answers, a refusal suspends as well. */
function decidedReview(record: RequestRecord, subscription: Subscription): NextStep {
  return isWritten(record, subscription) ? { kind: "settle" } : { kind: "write" };
}

/** Access ends and is warned about as ever while people are asked whether it may stay. A warning that nobody takes holds
 * up neither the final answer nor another approver. */
function openReview(view: View, subscription: Subscription, record: RequestRecord): NextStep {
  const ofAccess = dueOfAccess(view, subscription, record);
  if (ofAccess?.kind === "expire") return ofAccess;
  const ofQuestion = record.question === undefined ? nothing : questionStep(view, record.question);
  return ["finalAnswer", "passOn"].includes(ofQuestion.kind) ? ofQuestion : (ofAccess ?? ofQuestion);
}

function activeAgain(view: View, subscription: Subscription, record: RequestRecord): NextStep {
  if (explainsActive(record)) return nothing;
  return hadEnded(record) ? revived(view, subscription) : elsewhere("active");
}

function active(view: View, subscription: Subscription): NextStep {
  if (keysAreDue(view, subscription)) return { kind: "regenerateKeys" };
  const record = recordAbout(view.record, subscription);
  if (record === undefined) return unknownAccess(view, subscription);
  const isReview = record.review !== undefined;
  switch (phaseOf(record)) {
    case "new":
      return isUnapprovedFind(record) ? unknownAccess(view, subscription) : elsewhere("active");
    case "asked":
      return isReview ? openReview(view, subscription, record) : elsewhere("active");
    case "decided":
      if (isReview) return decidedReview(record, subscription);
      return isWritten(record, subscription) ? { kind: "settle" } : elsewhere("active");
    case "answered":
      return explainsActive(record) ? granted(view, subscription, record) : revived(view, subscription);
    case "closed":
      return activeAgain(view, subscription, record);
  }
}

/** Nobody calls with it: it was refused, ended or suspended. */
function inactive(view: View, subscription: Subscription): NextStep {
  const record = recordAbout(view.record, subscription);
  if (record === undefined) return nothing;
  const { state } = subscription;
  const isHeldReview = record.review !== undefined && state === "suspended";
  const ended = state === "rejected" || state === "suspended" ? elsewhere(state) : withdrawn(state);
  switch (phaseOf(record)) {
    case "new":
      return ended;
    case "asked":
      return isHeldReview ? openReview(view, subscription, record) : (endedReview(view, subscription, record) ?? ended);
    case "decided":
      if (isHeldReview) return decidedReview(record, subscription);
      return isWritten(record, subscription) ? { kind: "settle" } : ended;
    case "answered":
      return record.answer?.answer === "approve" ? grantedBefore(view, subscription, record) : nothing;
    case "closed":
      return nothing;
  }
}

function grantedBefore(view: View, subscription: Subscription, record: RequestRecord): NextStep {
  const { state } = subscription;
  if (state === "suspended") return granted(view, subscription, record);
  return state === "expired" ? { kind: "expire", until: subscription.expiresAt ?? view.now } : withdrawn(state);
}

/** A look that ended access under review died before the record said so. */
function endedReview(view: View, subscription: Subscription, record: RequestRecord): NextStep | undefined {
  const isEnded = record.review !== undefined && record.access !== undefined && subscription.state === "expired";
  return isEnded ? grantedBefore(view, subscription, record) : undefined;
}

function gone(record: RequestRecord | undefined): NextStep {
  if (record === undefined) return nothing;
  const phase = phaseOf(record);
  const isRejected = phase === "answered" && record.answer?.answer === "reject";
  return phase === "closed" || isRejected ? nothing : close("withdrawn", "The subscription was deleted");
}

/** The next step. `nothing`: the look is over until something happens or something is due. */
export function nextStep(view: View): NextStep {
  const { subscription, record } = view;
  if (subscription === undefined) return gone(record);
  if (subscription.state === "submitted") return submitted(view, subscription);
  return subscription.state === "active" ? active(view, subscription) : inactive(view, subscription);
}
