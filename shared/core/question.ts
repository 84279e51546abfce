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

/** Whether the question is before nobody: nobody was there to be asked, or no mail reaches those who were. */
export function isAskedOfNobody({ approvers }: Pick<Question, "approvers">): boolean {
  return approvers.every(({ refusedAt }) => refusedAt !== undefined);
}

/** The approvers, without refusals that are a day old: a mail server that refuses by a wrong setting is mended some day. */
export function withoutOldRefusals(approvers: readonly Asked[], now: number): readonly Asked[] {
  return approvers.map((asked) => {
    const { refusedAt, ...rest } = asked;
    return refusedAt !== undefined && now - refusedAt >= dayMs ? rest : asked;
  });
}

/** How far the question has come to one approver. An address that is refused for good is not tried again. */
export function sentOf({ sentAt, refusedAt, copy }: Asked): Sent {
  return { told: sentAt !== 0 || refusedAt !== undefined, ...(copy !== undefined && { copy }) };
}

/** How far the reminder has come to one approver. */
export function reminderOf({ remindedAt, reminderCopy }: Asked): Sent {
  return { told: remindedAt !== undefined, ...(reminderCopy !== undefined && { copy: reminderCopy }) };
}

/** Whether an approver is reminded at all: who got the question after the day of reminding needs no reminder. */
export function isReminded({ sentAt, refusedAt }: Asked, { remindAt }: Question): boolean {
  return remindAt !== undefined && sentAt !== 0 && sentAt < remindAt && refusedAt === undefined;
}

/** Whether the reminder has to go to the approver now. */
export function reminderIsDue(asked: Asked, question: Question, now: number): boolean {
  const { remindAt = now } = question;
  return remindAt <= now && isReminded(asked, question) && isUnsent(reminderOf(asked), now);
}

/** What is due about an open question. A question that ends is not sent first, and one that cannot be sent to somebody
 * goes to others in its time all the same. While it is before nobody, every look chooses anew. */
export function dueOfQuestion(
  question: Question,
  now: number,
): "send" | "choose" | "finalAnswer" | "escalate" | "nothing" {
  const { escalateAt, escalatedAt, finalAt, approvers } = question;
  if (finalAt <= now) return "finalAnswer";
  if (isAskedOfNobody(question)) return "choose";
  if (escalateAt !== undefined && escalateAt <= now && escalatedAt === undefined) return "escalate";
  const waits = approvers.some((asked) => isUnsent(sentOf(asked), now) || reminderIsDue(asked, question, now));
  return waits ? "send" : "nothing";
}
