// A question to people: whom it goes to, what is due about it.
import type { AskTerms } from "./decision.ts";
import type { Asked, Question } from "./request.ts";
import { isUnsent, type Sent } from "./webhook-copy.ts";

const dayMs = 86_400_000;

/** The question as it is put at an instant. */
export function createQuestion(terms: AskTerms, approvers: readonly Asked[], rule: string, askedAt: number): Question {
  const after = (days: number) => askedAt + days * dayMs;
  return {
    askedAt,
    approvers,
    ...(terms.remindAfterDays !== undefined && { remindAt: after(terms.remindAfterDays) }),
    ...(terms.escalateAfterDays !== undefined && { escalateAt: after(terms.escalateAfterDays) }),
    finalAt: after(terms.finalAfterDays),
    finalAnswer: terms.finalAnswer,
    rule,
  };
}

/** How far the question has come to one approver. */
export function sentOf({ sentAt, copy }: Asked): Sent {
  return { told: sentAt !== 0, ...(copy !== undefined && { copy }) };
}

/** How far the reminder has come to one approver. */
export function reminderOf({ remindedAt, reminderCopy }: Asked): Sent {
  return { told: remindedAt !== undefined, ...(reminderCopy !== undefined && { copy: reminderCopy }) };
}

/** Whether an approver is reminded at all: who got the question after the day of reminding needs no reminder. */
export function isReminded({ sentAt }: Asked, { remindAt }: Question): boolean {
  return remindAt !== undefined && sentAt !== 0 && sentAt < remindAt;
}

/** Whether the reminder has to go to the approver now. */
export function reminderIsDue(asked: Asked, question: Question, now: number): boolean {
  const { remindAt = now } = question;
  return remindAt <= now && isReminded(asked, question) && isUnsent(reminderOf(asked), now);
}

/** What is due about an open question. A question that ends is not sent first, and one that cannot be sent to somebody
 * goes to others in its time all the same. */
export function dueOfQuestion(question: Question, now: number): "send" | "finalAnswer" | "escalate" | "nothing" {
  const { escalateAt, escalatedAt, finalAt, approvers } = question;
  if (finalAt <= now) return "finalAnswer";
  if (escalateAt !== undefined && escalateAt <= now && escalatedAt === undefined) return "escalate";
  const waits = approvers.some((asked) => isUnsent(sentOf(asked), now) || reminderIsDue(asked, question, now));
  return waits ? "send" : "nothing";
}
