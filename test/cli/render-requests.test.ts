import { describe, expect, it } from "vitest";
import { renderRequest, renderRequests, spanText } from "../../cli/render-requests.ts";
import { startOfTime } from "../helpers/records.ts";
import { aRequest } from "../helpers/request-records.ts";

const hour = 3_600_000;
const now = startOfTime + 3 * hour;
const answer = { answer: "approve", rule: "payments-team", at: now } as const;
const question = {
  askedAt: now,
  approvers: [
    { address: "boss@contoso.com", role: "manager", nonce: "secret-nonce", sentAt: now },
    { address: "owner@contoso.com", role: "owner", nonce: "other-nonce", sentAt: 0 },
  ],
  finalAt: now + 72 * hour,
  finalAnswer: "reject",
  rule: "default",
} as const;

describe("renderRequests()", () => {
  it("lines up what stands where, who decides, and how old it is", () => {
    const asked = aRequest("s-asked", { status: "asked", question, productId: "payments-api", ownerId: "rc-1" });
    const rows = renderRequests(
      [
        asked,
        aRequest("s2", { status: "answered", answer, access: { until: now + 49 * hour, warnDays: 1 } }),
        aRequest("s3", { status: "failed", error: { code: "NETWORK", message: "m", at: now } }),
        aRequest("s4", { status: "closed", outcome: { code: "withdrawn", text: "t", at: now } }),
        aRequest("s5", { status: "decided", answer: { ...answer, answer: "reject", rule: "final" } }),
      ],
      now,
    );
    expect(rows).toEqual([
      "SUBSCRIPTION  PRODUCT       OWNER  STANDING                   BY                                   AGE",
      "s-asked       payments-api  rc-1   asked, rejects in 3 d      boss@contoso.com, owner@contoso.com  3 h",
      "s2            -             -      approved, ends in 2 d      rule payments-team                   3 h",
      "s3            -             -      failed: NETWORK                                                 3 h",
      "s4            -             -      withdrawn                                                       3 h",
      "s5            -             -      rejected, not yet written  nobody in time                       3 h",
    ]);
  });

  it("lets nothing steer the terminal, and no text push the columns apart", () => {
    const [, row = ""] = renderRequests([aRequest(`\u001b[2J${"x".repeat(90)}`)], now);
    expect(row).not.toContain("\u001b");
    expect(row.length).toBeLessThan(80);
  });
});

describe("renderRequest()", () => {
  it("tells the story, and shows no link", () => {
    const lines = renderRequest(aRequest("s1", { status: "asked", question }), now);
    expect(lines.join("\n")).toContain("asked           owner@contoso.com (owner), not told yet");
    expect(lines.join("\n")).not.toContain("nonce");
    expect(lines.join("\n")).not.toContain("nobody");
  });

  it("says whom no mail reaches, and that nobody could be asked", () => {
    const approvers = question.approvers.map((asked) => ({ ...asked, sentAt: 0, refusedAt: startOfTime }));
    const lines = (some: typeof approvers) =>
      renderRequest(aRequest("s1", { status: "asked", question: { ...question, approvers: some } }), now);
    expect(lines(approvers)).toContain(
      "asked           boss@contoso.com (manager), refused by the mail server 2026-03-02 08:00",
    );
    expect(lines([])).toContain("asked           nobody could be asked yet");
  });
});

describe("spanText()", () => {
  it.each([
    [-5, "0 min"],
    [59 * 60_000, "59 min"],
    [47 * hour, "47 h"],
    [48 * hour, "2 d"],
  ])("%s ms is %s", (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
