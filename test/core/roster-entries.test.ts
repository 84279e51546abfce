import { describe, expect, it } from "vitest";
import { rosterEntries } from "../../shared/core/roster-entries.ts";
import type { Standing } from "../../shared/core/standing.ts";
import { resolveWorkers } from "../../shared/core/workers.ts";
import { aCalendar, anAccount, aPolicy, bystander, aPerson as somebody } from "../helpers/core-builders.ts";
import { aPerson } from "../helpers/request-records.ts";

const person = aPerson(1);
const statement = { fields: [], text: "" };
const user = anAccount("1");

function entries(standing: Standing) {
  const account = { kind: "own", user, worker: "employee/1", marked: true } as const;
  return rosterEntries(new Map([["employee/1", standing]]), { byWorker: new Map([["employee/1", account]]) });
}

describe("rosterEntries()", () => {
  it("has who works and who left, with the account", () => {
    const fields = { firstName: "A", lastName: "B", email: "a@contoso.com" };
    expect(entries({ kind: "present", person, fields, today: "2026-05-14", gives: true })).toEqual([
      { person, standing: "present", userId: user.id },
    ]);
    expect(entries({ kind: "leaver", code: "leaverStated", person, statement })).toEqual([
      { person, standing: "leaver", userId: user.id },
    ]);
  });

  it("has nobody about whom HR's rows do not agree, and nobody without facts", () => {
    expect(entries({ kind: "held" })).toEqual([]);
    expect(entries({ kind: "conflict", person, facts: [] })).toEqual([]);
    expect(entries({ kind: "notYet", person })).toEqual([]);
    expect(entries({ kind: "leaver", code: "leaverAbsent", statement })).toEqual([]);
  });

  it("has who has no account yet", () => {
    const standings = new Map([["employee/1", { kind: "leaver", code: "leaverStated", person, statement } as const]]);
    expect(rosterEntries(standings, { byWorker: new Map() })).toEqual([{ person, standing: "leaver" }]);
  });

  it.each([
    ["whose row cannot be read", [somebody("1", { unreadable: ["department"] })]],
    ["of unknown status", [somebody("1", { status: "unknown" })]],
    ["whose rows contradict each other", [somebody("1"), somebody("1", { department: "Other", line: 3 })]],
    ["who has not begun", [somebody("1", { startDate: "2026-05-01" })]],
    ["whose address is another worker's too", [somebody("1", { email: "p999@contoso.com" })]],
  ])("leaves out somebody %s: nothing is decided on facts that may be wrong", (_, people) => {
    const { standings } = resolveWorkers([...people, bystander], aPolicy(), aCalendar());

    const known = rosterEntries(standings, { byWorker: new Map() });

    expect(known.map((entry) => entry.person.worker)).not.toContain("employee/1");
  });
});
