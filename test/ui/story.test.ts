import { parseFragment } from "parse5";
import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../../shared/core/request.ts";
import { story } from "../../shared/ui/story.ts";
import { aRequest } from "../helpers/request-records.ts";
import { aQuestion, stageTime } from "../helpers/ui-stage.ts";
import { textOf } from "./page-reader.ts";

const day = 86_400_000;
const seen = stageTime - 3 * day;

/** The lines of the story, as a reader reads them. */
function told(fields: Partial<RequestRecord>): readonly string[] {
  const html = story(aRequest("s1", { firstSeenAt: seen, ...fields }), stageTime).toString();
  const [list] = parseFragment(html).childNodes;
  return list !== undefined && "childNodes" in list ? list.childNodes.map(textOf) : [];
}

describe("story()", () => {
  it("tells what happened, then what is to come while nobody answers", () => {
    const lines = told({
      status: "asked",
      question: aQuestion(stageTime, { escalateAt: stageTime + 3 * day }),
    });

    expect(lines.map((line) => line.replace(/ \d+ May .*/, ""))).toEqual([
      "Rollcall looked at the request, told by an event of API Management 3 days ago",
      "The rule many-keys asked people grace.hansen@contoso.com manager api-owners@contoso.com product owner 2 days ago",
      "A reminder is due tomorrow",
      "Others are asked as well in 3 days",
      "Without an answer it is rejected in 12 days",
    ]);
  });

  it("tells of reminders and of others who were asked", () => {
    const question = aQuestion(stageTime, { remindedAt: seen + day, escalatedAt: seen + 2 * day });
    const lines = told({ status: "asked", question });

    expect(lines.some((line) => line.startsWith("They were reminded"))).toBe(true);
    expect(lines.some((line) => line.startsWith("Others were asked as well"))).toBe(true);
    expect(lines.some((line) => line.startsWith("A reminder is due"))).toBe(false);
  });

  it("tells whom no mail reaches, and that there was nobody to ask", () => {
    const { approvers, ...question } = aQuestion(stageTime);
    const refused = approvers.map((asked) => ({ ...asked, refusedAt: seen + day }));
    const lines = told({ status: "asked", question: { ...question, approvers: refused } });
    expect(lines[1]).toContain("api-owners@contoso.com product owner, could not be told: the mail server refuses");
    expect(lines.some((line) => line.startsWith("A reminder is due"))).toBe(false);
    expect(told({ status: "asked", question: { ...question, approvers: [] } })[1]).toMatch(
      /^The rule many-keys leaves it to people, and nobody could be asked/,
    );
  });

  it.each([
    [{ answer: "approve", rule: "payments-team" }, "Approved by the rule payments-team"],
    [{ answer: "reject", rule: "person", by: "anton@contoso.com" }, "Rejected by anton@contoso.com"],
    [{ answer: "reject", rule: "final" }, "Rejected, because nobody answered in time"],
  ] as const)("tells who or what decided: %j", (answer, text) => {
    const lines = told({ status: "answered", answer: { ...answer, at: seen + day, comment: "See you" } });

    expect(lines[1]).toContain(text);
    expect(lines[1]).toContain("“ See you ”");
  });

  it("tells when access ends, was announced to end, and ended", () => {
    const access = { warnDays: 14, until: stageTime + day };

    expect(told({ access }).at(-1)).toContain("Access ends tomorrow");
    expect(told({ access: { ...access, until: stageTime - 1, warnedAt: seen } }).at(-1)).toContain("about to end");
    const ended = told({ access: { ...access, warnedAt: seen + 1, expiredAt: stageTime } });
    expect(ended[1]).toContain("The owner was told that access ends");
    expect(told({ access: { ...access, warnedAt: seen + 1, warnedNobody: true } })[1]).toContain("could not be told");
    expect(ended.at(-1)).toContain("Access ended");
  });

  it("tells of a failure by its code and sentence", () => {
    const lines = told({ status: "failed", error: { code: "APIM_FORBIDDEN", message: "Refused", at: seen + 1 } });

    expect(lines[1]).toContain("Looking at it failed: APIM_FORBIDDEN Refused");
  });
});
