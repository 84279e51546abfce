import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../shared/core/errors.ts";
import type { RequestRecord } from "../../shared/core/request.ts";
import { accessIsDue, openIsDue, submittedIsDue } from "../../shared/core/sweep-due.ts";
import { aSubscription } from "../helpers/core-builders.ts";
import { aRequest } from "../helpers/request-records.ts";

const minute = 60_000;
const day = 1_440 * minute;
const now = Date.UTC(2026, 4, 14);
const ago = (ms: number) => ({ updatedAt: now - ms });
const question = {
  askedAt: 0,
  approvers: [{ address: "o@contoso.com", role: "owner", nonce: "n", sentAt: 1 }],
  finalAt: now + day,
  finalAnswer: "reject",
  rule: "default",
} as const;

describe("submittedIsDue()", () => {
  const submitted = (createdAt: number) =>
    aSubscription("s1", "u1", { state: "submitted", createdDate: new Date(createdAt).toISOString() });

  it("gives an event two minutes", () => {
    expect(submittedIsDue(submitted(now - 2 * minute + 1), undefined, now)).toBe(false);
    expect(submittedIsDue(submitted(now - 2 * minute), undefined, now)).toBe(true);
    expect(submittedIsDue(aSubscription("s1", "u1"), undefined, now)).toBe(true);
  });

  it("looks again at what was answered and is submitted, at once, and at what was closed after an hour", () => {
    const due = (fields: Partial<RequestRecord>) => submittedIsDue(submitted(0), aRequest("s1", fields), now);
    expect(due({ status: "answered", ...ago(2 * minute) })).toBe(true);
    expect(due({ status: "answered", ...ago(minute) })).toBe(false);
    expect(due({ status: "closed", ...ago(59 * minute) })).toBe(false);
    expect(due({ status: "closed", ...ago(60 * minute) })).toBe(true);
    expect(due({ status: "asked", ...ago(day) })).toBe(false);
  });
});

describe("openIsDue()", () => {
  const due = (fields: Partial<RequestRecord>, submitted = true) => openIsDue(aRequest("s1", fields), submitted, now);
  const failed = (code: ErrorCode) => ({ status: "failed", error: { code, message: "m", at: 0 } }) as const;

  it("takes up failures that trying again may mend, and leaves the others to a person", () => {
    expect(due({ ...failed("NETWORK"), ...ago(2 * minute) })).toBe(true);
    expect(due({ ...failed("NETWORK"), ...ago(minute) })).toBe(false);
    expect(due({ ...failed("BUG"), ...ago(day) })).toBe(false);
    expect(due({ status: "failed" })).toBe(true);
  });

  it("takes up after an hour what the installation lacked", () => {
    for (const code of ["APIM_UNAUTHORIZED", "APIM_FORBIDDEN", "SECRET_MALFORMED", "CONFIG_INVALID"] as const) {
      expect(due({ ...failed(code), ...ago(59 * minute) })).toBe(false);
      expect(due({ ...failed(code), ...ago(60 * minute) })).toBe(true);
    }
  });

  it("finds what is due about a question, and a question whose request is gone", () => {
    expect(due({ status: "asked", question, ...ago(day) })).toBe(false);
    expect(due({ status: "asked", question: { ...question, escalateAt: now }, ...ago(0) })).toBe(true);
    expect(due({ status: "asked", question: { ...question, approvers: [] }, ...ago(0) })).toBe(true);
    expect(due({ status: "asked", question, ...ago(day) }, false)).toBe(true);
    expect(due({ status: "asked", question, review: "changed", ...ago(day) }, false)).toBe(false);
    expect(due({ status: "asked", ...ago(day) })).toBe(false);
  });

  it("takes up a look that died, once its claim is over", () => {
    expect(due({ status: "decided", ...ago(2 * minute) })).toBe(true);
    const claim = { id: "d", since: 0, until: now };
    expect(due({ status: "decided", claim, ...ago(5 * minute) })).toBe(true);
    expect(due({ status: "decided", claim: { ...claim, until: now + 1 }, ...ago(5 * minute) })).toBe(false);
    expect(due({ status: "new", ...ago(minute) })).toBe(false);
  });
});

describe("accessIsDue()", () => {
  const due = (expiresAt: number | undefined, access?: RequestRecord["access"]) =>
    accessIsDue(
      aSubscription("s1", "u1", expiresAt === undefined ? {} : { expiresAt }),
      aRequest("s1", access === undefined ? {} : { access }),
      now,
    );
  const access = { until: 1, warnDays: 14 };

  it("finds an end and the day of the warning, once", () => {
    expect(due(now, access)).toBe(true);
    expect(due(now + 14 * day, access)).toBe(true);
    expect(due(now + 14 * day + 1, access)).toBe(false);
    expect(due(now + 13 * day, { ...access, warnedAt: now - minute })).toBe(false);
  });

  it("knows only ends that Rollcall set", () => {
    expect(due(now)).toBe(false);
    expect(due(now, { warnDays: 14 })).toBe(false);
    expect(due(undefined, access)).toBe(false);
    expect(accessIsDue(aSubscription("s1", "u1", { expiresAt: now }), undefined, now)).toBe(false);
  });
});
