import { describe, expect, it } from "vitest";
import { createQuestion, dueOfQuestion, isReminded, withoutOldRefusals } from "../../shared/core/question.ts";
import type { Asked } from "../../shared/core/request.ts";

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

describe("dueOfQuestion()", () => {
  const now = 10 * day;
  const question = createQuestion({ ...ask, remindAfterDays: 2 }, [], "default", now - 2 * day);
  const due = (...fields: readonly Partial<Asked>[]) =>
    dueOfQuestion({ ...question, approvers: fields.map((each) => ({ ...approver, ...each })) }, now);
  const sentAt = now - 2 * day;

  it("sends to whoever has not got it, reminds everybody else once", () => {
    expect(due({ sentAt: 0 })).toBe("send");
    expect(due({ sentAt })).toBe("send");
    expect(due({ sentAt, remindedAt: now })).toBe("nothing");
    expect(due({ sentAt, remindedAt: now }, { sentAt })).toBe("send");
  });

  it("goes on with others where an address is refused, and chooses anew where all of them are", () => {
    const refused = { refusedAt: now };
    expect(due(refused, { sentAt: now })).toBe("nothing");
    expect(due(refused, { sentAt: 0 })).toBe("send");
    expect(due({ sentAt, ...refused }, { sentAt, remindedAt: now })).toBe("nothing");
    expect(due(refused, { sentAt, ...refused })).toBe("choose");
    expect(due()).toBe("choose");
  });

  it("does not remind before the day, nor who got the question after it", () => {
    expect(dueOfQuestion({ ...question, remindAt: now + 1, approvers: [{ ...approver, sentAt }] }, now)).toBe(
      "nothing",
    );
    expect(due({ sentAt: now })).toBe("nothing");
    const { remindAt: _, ...never } = question;
    expect(isReminded({ ...approver, sentAt }, never)).toBe(false);
    expect(isReminded(approver, question)).toBe(false);
    expect(dueOfQuestion({ ...never, approvers: [{ ...approver, sentAt }] }, now)).toBe("nothing");
  });

  it("sends the webhook's copies in their time", () => {
    const copy = { since: sentAt, nextAt: now };
    expect(due({ sentAt, remindedAt: now, copy })).toBe("send");
    expect(due({ sentAt, remindedAt: now, reminderCopy: copy })).toBe("send");
    expect(due({ sentAt, remindedAt: now, copy: { ...copy, nextAt: now + 1 }, reminderCopy: { since: now } })).toBe(
      "nothing",
    );
  });
});

describe("withoutOldRefusals()", () => {
  it("lets an address be tried again after a day", () => {
    const refused = { ...approver, refusedAt: day };
    expect(withoutOldRefusals([approver, refused], 2 * day - 1)).toEqual([approver, refused]);
    expect(withoutOldRefusals([approver, refused], 2 * day)).toEqual([approver, approver]);
  });
});
