import { describe, expect, it } from "vitest";
import { accessOf, reviewReason, warningIsDue, warningOf } from "../../shared/core/access.ts";
import type { Access } from "../../shared/core/request.ts";
import { aPerson, aRequest } from "../helpers/request-records.ts";

const at = Date.UTC(2026, 4, 14);
const answer = { answer: "approve", rule: "r", at } as const;
const terms = { days: 10, warnDays: 3, notify: true };

describe("accessOf()", () => {
  it("counts from the answer, and has no end where the rules name none", () => {
    expect(accessOf(aRequest("s1", { answer, terms }))).toEqual({ until: at + 10 * 86_400_000, warnDays: 3 });
    expect(accessOf(aRequest("s1", { answer, terms: { warnDays: 3, notify: true } }))).toEqual({ warnDays: 3 });
    expect(accessOf(aRequest("s1", { answer, terms, review: "unapproved" }))).toHaveProperty("until");
  });

  it("grants nothing without an approval or its terms", () => {
    expect(accessOf(aRequest("s1", { answer: { ...answer, answer: "reject" }, terms }))).toBeUndefined();
    expect(accessOf(aRequest("s1", { terms }))).toBeUndefined();
    expect(accessOf(aRequest("s1", { answer }))).toBeUndefined();
  });

  it("is not made longer by a review", () => {
    const access = { until: 5, warnDays: 1 };
    for (const review of ["changed", "ownerLeft"] as const)
      expect(accessOf(aRequest("s1", { answer, terms, review, access }))).toBe(access);
  });
});

describe("the warning before an end", () => {
  const dayMs = 86_400_000;
  const from = at - 3 * dayMs;
  const due = (fields: Partial<Access>, now = from) => warningIsDue({ warnDays: 3, ...fields }, at, now);

  it("is due once, and again where the end was moved since", () => {
    expect(due({}, from - 1)).toBe(false);
    expect(due({})).toBe(true);
    expect(due({ warnedAt: from })).toBe(false);
    expect(due({ warnedAt: from - 1 })).toBe(true);
  });

  it("is due for the webhook alone where only the webhook has not had it", () => {
    const warnCopy = { since: from, nextAt: from + 5 };
    expect(due({ warnedAt: from, warnCopy })).toBe(false);
    expect(due({ warnedAt: from, warnCopy }, from + 5)).toBe(true);
    expect(warningOf({ warnDays: 3, warnedAt: from, warnCopy }, at)).toEqual({ told: true, copy: warnCopy });
    expect(warningOf({ warnDays: 3, warnCopy: { since: from - 1 } }, at)).toEqual({ told: false });
  });
});

describe("reviewReason()", () => {
  const person = aPerson(1, { department: "Payments", costCenter: "7" });
  const then = { requester: { person: { department: "Payments", costCenter: "7" } } };
  const now = { person, standing: "present" } as const;

  it("finds a field that changed, came or went, and only one that the rules name", () => {
    const { costCenter: _, ...without } = person;
    expect(reviewReason(then, now, ["department", "costCenter"])).toBeUndefined();
    expect(reviewReason(then, { ...now, person: { ...person, department: "Web" } }, ["department"])).toBe("changed");
    expect(reviewReason(then, { ...now, person: { ...person, department: "Web" } }, ["costCenter"])).toBeUndefined();
    expect(reviewReason(then, { ...now, person: without }, ["costCenter"])).toBe("changed");
    expect(reviewReason({ requester: { person: {} } }, now, ["department"])).toBe("changed");
    expect(reviewReason({ requester: { person: {} } }, now, ["division"])).toBeUndefined();
  });

  it("finds that the owner left, once", () => {
    expect(reviewReason(then, { person, standing: "leaver" }, [])).toBe("ownerLeft");
    expect(reviewReason({ missing: "left" }, { person, standing: "leaver" }, [])).toBeUndefined();
  });

  it.each([undefined, null, "text", {}, { requester: null }, { requester: {} }])(
    "says nothing where HR said nothing then: %j",
    (facts) => {
      expect(reviewReason(facts, now, ["department"])).toBeUndefined();
    },
  );

  it("says nothing where HR says nothing now", () => {
    expect(reviewReason(then, undefined, ["department"])).toBeUndefined();
  });
});
