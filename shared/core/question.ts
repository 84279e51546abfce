// A question to people: whom it goes to, what is due about it.
import type { AskTerms } from "./decision.ts";
import type { Asked, Question } from "./request.ts";

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

/** Whether somebody has not got the question yet. */
function isUnsent({ approvers }: Question): boolean {
  return approvers.some(({ sentAt }) => sentAt === 0);
}

/** What is due about an open question. A question that ends is not sent first. */
export function dueOfQuestion(
  question: Question,
  now: number,
): "send" | "finalAnswer" | "escalate" | "remind" | "nothing" {
  const { remindAt, remindedAt, escalateAt, escalatedAt, finalAt } = question;
  if (finalAt <= now) return "finalAnswer";
  if (isUnsent(question)) return "send";
  if (escalateAt !== undefined && escalateAt <= now && escalatedAt === undefined) return "escalate";
  return remindAt !== undefined && remindAt <= now && remindedAt === undefined ? "remind" : "nothing";
}
