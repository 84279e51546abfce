import { describe, expect, it } from "vitest";
import { createQuestion } from "../../shared/core/question.ts";

const day = 86_400_000;
const ask = { approvers: [], escalateTo: [], finalAfterDays: 14, finalAnswer: "reject" } as const;
const approver = { address: "o@contoso.com", role: "owner", nonce: "n", sentAt: 0 } as const;

describe("createQuestion()", () => {
  it("counts days from the question, and leaves out what the rules do not ask for", () => {
    expect(createQuestion(ask, [approver], "default", 100)).toEqual({
      askedAt: 100,
      approvers: [approver],
      finalAt: 100 + 14 * day,
      finalAnswer: "reject",
      rule: "default",
    });
    expect(createQuestion({ ...ask, remindAfterDays: 2, escalateAfterDays: 5 }, [], "default", 0)).toMatchObject({
      remindAt: 2 * day,
      escalateAt: 5 * day,
    });
  });
});
