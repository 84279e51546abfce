import { describe, expect, it } from "vitest";
import type { Answer } from "../../shared/core/request.ts";
import { answerLine, carriesLine, commentWith, expiredLine } from "../../shared/core/state-comment.ts";

const at = Date.UTC(2026, 4, 14, 9, 31, 7, 250);
const mark = "rollcall/1 owner=o key=u1 blocked=2026-02-01T00%3A00%3A00Z";

describe("answerLine()", () => {
  it.each<[string, Answer]>([
    ['Approved by the rule "payments" (Rollcall, 2026-05-14T09:31:07Z)', { answer: "approve", rule: "payments", at }],
    [
      "Rejected by an approver (Rollcall, 2026-05-14T09:31:07Z): No",
      { answer: "reject", rule: "person", by: "boss@contoso.com", comment: "No", at },
    ],
    [
      "Rejected because nobody answered in time (Rollcall, 2026-05-14T09:31:07Z)",
      { answer: "reject", rule: "final", at },
    ],
    [
      "Rejected because nobody had approved it (Rollcall, 2026-05-14T09:31:07Z)",
      { answer: "reject", rule: "unapproved", at },
    ],
  ])("says %s, and no name", (line, answer) => {
    expect(answerLine(answer)).toBe(line);
  });

  it("stays one line of bounded length, whatever the comment", () => {
    const line = answerLine({
      answer: "approve",
      rule: "person",
      comment: `a\nrollcall/1 owner=x ${"b".repeat(900)}`,
      at,
    });
    expect(line).not.toContain("\n");
    expect(line.length).toBeLessThanOrEqual(400);
  });
});

describe("commentWith()", () => {
  it("keeps a mark where it is asked to, and nothing else", () => {
    expect(commentWith(`old text\n${mark}`, "line", "keep")).toBe(`line\n${mark}`);
    expect(commentWith(`old text\n${mark}`, "line", "drop")).toBe("line");
    expect(commentWith("old text", "line", "keep")).toBe("line");
    expect(commentWith("rollcall/1 broken", "line", "keep")).toBe("line");
  });
});

describe("carriesLine()", () => {
  it("finds the whole line only", () => {
    expect(carriesLine(`line\r\n${mark}`, "line")).toBe(true);
    expect(carriesLine("a line", "line")).toBe(false);
  });
});

describe("expiredLine()", () => {
  it("names the end", () => {
    expect(expiredLine(at)).toBe("Access ended on 2026-05-14T09:31:07Z (Rollcall)");
  });
});
