import { describe, expect, it } from "vitest";
import { createLeftOut, scopeOf, workersBack } from "../../shared/core/left-out.ts";
import type { Person } from "../../shared/core/person.ts";
import { aCalendar, aPerson, aPolicy, broken, inDepartment } from "../helpers/core-builders.ts";

const payments = aPolicy({ people: { scope: inDepartment("Payments"), scopeText: "payments" } });

function take(person: Person, policy = payments): boolean {
  const scope = scopeOf(policy.people);
  if (scope === undefined) throw new Error("The policy has no scope");
  return createLeftOut("hr", scope, aCalendar()).take(person);
}

describe("createLeftOut()", () => {
  it("takes who states an end and who is outside the scope", () => {
    expect(take(aPerson("1", { status: "ended" }))).toBe(true);
    expect(take(aPerson("1", { endDate: "2026-03-01" }))).toBe(true);
    expect(take(aPerson("1", { department: "Ledger" }))).toBe(true);
    expect(take(aPerson("1", { department: "Ledger", startDate: "2026-03-02" }))).toBe(true);
  });

  it("leaves whole who is within the scope, is held, waits for the first day, or cannot be judged", () => {
    expect(take(aPerson("1"))).toBe(false);
    expect(take(aPerson("1", { department: "Ledger", unreadable: ["title"] }))).toBe(false);
    expect(take(aPerson("1", { department: "Ledger", status: "unknown" }))).toBe(false);
    expect(take(aPerson("1", { department: "Ledger", startDate: "2026-03-03" }))).toBe(false);
    expect(take(aPerson("1"), aPolicy({ people: { scope: broken, scopeText: "broken" } }))).toBe(false);
  });

  it("needs to know the text of the rule", () => {
    expect(scopeOf(aPolicy().people)).toBeUndefined();
  });
});

describe("workersBack()", () => {
  const people = [
    aPerson("1", { department: "Ledger" }),
    aPerson("2", { endDate: "2026-03-01" }),
    aPerson("3", { endDate: "2026-03-01", timeZone: "Pacific/Kiritimati" }),
  ];

  function back(policy = payments, at = aCalendar()): readonly string[] {
    const leftOut = createLeftOut("hr", { ...payments.people, scopeText: "payments" }, aCalendar());
    expect(people.map(leftOut.take)).toEqual([true, true, true]);
    return [...workersBack(leftOut.rows(), policy.people, at)];
  }

  it("is nobody under the same rule on the same days", () => {
    expect(back()).toEqual([]);
  });

  it("is who another rule lets in", () => {
    expect(back(aPolicy({ people: { scope: inDepartment("Ledger"), scopeText: "ledger" } }))).toEqual(["employee/1"]);
    expect(back(aPolicy())).toEqual(["employee/1"]);
  });

  it("is who is still at work on another day, in the zone of each row", () => {
    // 1 March at noon in Stockholm, when it is 2 March already where the third works.
    expect(back(payments, aCalendar(Date.parse("2026-03-01T11:00:00Z")))).toEqual(["employee/2"]);
  });
});
