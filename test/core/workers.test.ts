import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import type { Person } from "../../shared/core/person.ts";
import type { Policy } from "../../shared/core/policy.ts";
import type { Standing } from "../../shared/core/standing.ts";
import { resolveWorkers } from "../../shared/core/workers.ts";
import { aCalendar, aPerson, aPolicy, broken, nobody, without } from "../helpers/core-builders.ts";

const policy = aPolicy();
const activeWins = aPolicy({ people: { employments: "activeWins" } });

function standing(rows: readonly Person[], rules: Policy = policy, at?: string): Standing | undefined {
  const calendar = at === undefined ? aCalendar() : aCalendar(Date.parse(at));
  return resolveWorkers(rows, rules, calendar).standings.get(rows[0]?.worker ?? "");
}

function codes(rows: readonly Person[], rules: Policy = policy): readonly string[] {
  const { findings, problems } = resolveWorkers(rows, rules, aCalendar());
  return [...findings, ...problems].map(({ code }) => code);
}

describe("resolveWorkers()", () => {
  describe("one row", () => {
    it("has an active worker present, with the fields of the account and the day it is there", () => {
      expect(standing([aPerson("1")])).toEqual({
        kind: "present",
        person: aPerson("1"),
        fields: { firstName: "Given1", lastName: "Family1", email: "p1@contoso.com" },
        today: "2026-03-02",
        gives: true,
      });
    });

    it("keeps a worker on leave present", () => {
      expect(standing([aPerson("1", { status: "onLeave" })])).toMatchObject({ kind: "present", gives: true });
    });

    it("takes a status that is in no list for unknown: held and reported, never a leaver", () => {
      const rows = [aPerson("1", { status: "unknown", endDate: "2026-01-31" })];

      expect(standing(rows)).toEqual({ kind: "held" });
      expect(codes(rows)).toEqual(["statusUnknown"]);
    });

    it("takes a row that says ended for a stated leaver, and says where it stands", () => {
      expect(standing([aPerson("1", { status: "ended", line: 7 })])).toMatchObject({
        kind: "leaver",
        code: "leaverStated",
        statement: { source: "hr", line: 7, fields: ["status"], text: "HR says that the work has ended" },
      });
    });

    it("lets work end with the end of the last day, not before", () => {
      expect(standing([aPerson("1", { endDate: "2026-03-02" })])).toMatchObject({ kind: "present" });
      expect(standing([aPerson("1", { endDate: "2026-03-01" })])).toMatchObject({
        kind: "leaver",
        code: "leaverStated",
        statement: { fields: ["endDate"], text: "The last day, 2026-03-01, has passed" },
      });
    });

    it("counts the last day in the worker's own zone", () => {
      const here = aPerson("1", { endDate: "2026-03-01", timeZone: "Pacific/Kiritimati" });
      const west = aPerson("1", { endDate: "2026-03-01", timeZone: "Pacific/Honolulu" });

      expect(standing([here])).toMatchObject({ kind: "leaver" });
      expect(standing([west])).toMatchObject({ kind: "present" });
    });

    it("ends nobody's work early where the zone cannot be read", () => {
      const row = aPerson("1", { endDate: "2026-03-01", unreadable: ["timeZone"] });

      expect(standing([row], policy, "2026-03-02T11:59:59Z")).toEqual({ kind: "held" });
      expect(standing([row], policy, "2026-03-02T12:00:00Z")).toMatchObject({ kind: "leaver" });
    });

    it("has somebody whose work has not begun wait, and reports it", () => {
      const tomorrow = [aPerson("1", { startDate: "2026-03-03" })];

      expect(standing(tomorrow)).toMatchObject({ kind: "notYet" });
      expect(codes(tomorrow)).toEqual(["preHire"]);
      expect(standing([aPerson("1", { startDate: "2026-03-02" })])).toMatchObject({ kind: "present" });
    });

    it("begins work at the first instant of the first day in the worker's zone", () => {
      const row = aPerson("1", { startDate: "2026-03-02", timeZone: "Pacific/Honolulu" });

      expect(standing([row], policy, "2026-03-02T09:59:59Z")).toMatchObject({ kind: "notYet" });
      expect(standing([row], policy, "2026-03-02T10:00:00Z")).toMatchObject({ kind: "present" });
    });

    it("wants the account prehireDays ahead", () => {
      const rules = aPolicy({ lifecycle: { prehireDays: 2 } });

      expect(standing([aPerson("1", { startDate: "2026-03-04" })], rules)).toMatchObject({ kind: "present" });
      expect(standing([aPerson("1", { startDate: "2026-03-05" })], rules)).toMatchObject({ kind: "notYet" });
    });

    it("holds a worker with a field that cannot be read, though a stated end still counts", () => {
      const rows = [aPerson("1", { unreadable: ["department", "startDate"] })];

      expect(standing(rows)).toEqual({ kind: "held" });
      expect(codes(rows)).toEqual(["unreadableFields"]);
      expect(standing([aPerson("1", { status: "ended", unreadable: ["department"] })])).toMatchObject({
        kind: "leaver",
      });
    });

    it("holds a worker without a usable address or name, as a problem of the row", () => {
      const rows = [without(aPerson("1", { line: 9 }), "email")];

      expect(standing(rows)).toEqual({ kind: "held" });
      expect(resolveWorkers(rows, policy, aCalendar()).problems).toEqual([
        {
          code: "valueMissing",
          source: "hr",
          line: 9,
          worker: "employee/1",
          field: "email",
          reason: "The row has no e-mail address, an account needs one",
        },
      ]);
    });
  });

  describe("the scope", () => {
    it("takes who is out of scope for a leaver of its own kind", () => {
      expect(standing([aPerson("1", { line: 4 })], aPolicy({ people: { scope: nobody } }))).toMatchObject({
        kind: "leaver",
        code: "outOfScope",
        statement: { source: "hr", line: 4, fields: ["scope"] },
      });
    });

    it("takes a rule that fails for a problem of the row, never for false", () => {
      const rules = aPolicy({ people: { scope: broken } });

      expect(standing([aPerson("1")], rules)).toEqual({ kind: "held" });
      expect(codes([aPerson("1")], rules)).toEqual(["scopeFailed"]);
    });
  });

  describe("several rows", () => {
    const here = aPerson("1", { line: 2 });
    const there = aPerson("1", { line: 3, department: "Ledger" });
    const gone = aPerson("1", { line: 4, status: "ended" });
    const gonePast = aPerson("1", { line: 5, endDate: "2026-01-31" });

    it("that say the same are one", () => {
      expect(standing([here, { ...here, line: 3 }])).toMatchObject({ kind: "present", gives: true });
    });

    it("that contradict each other are a conflict, reported with their places", () => {
      const { standings, findings } = resolveWorkers([there, here], policy, aCalendar());

      expect(standings.get("employee/1")).toEqual({
        kind: "conflict",
        person: here,
        facts: [
          { person: here, today: "2026-03-02" },
          { person: there, today: "2026-03-02" },
        ],
      });
      expect(findings).toEqual([
        {
          code: "conflictingRows",
          worker: "employee/1",
          text: "2 rows say different things: hr line 2, hr line 3",
        },
      ]);
    });

    it("that all state an end make a leaver, however they differ", () => {
      expect(standing([gonePast, gone])).toMatchObject({
        kind: "leaver",
        code: "leaverStated",
        statement: { line: 4 },
      });
    });

    it("of which one states an end are a conflict by default", () => {
      expect(standing([here, gone])).toMatchObject({ kind: "conflict", facts: [{ person: here }] });
    });

    it("give the active employment with activeWins, whatever the order", () => {
      expect(standing([here, gone], activeWins)).toMatchObject({ kind: "present", person: here });
      expect(standing([gonePast, gone, here], activeWins)).toMatchObject({ kind: "present", person: here });
    });

    it("give the employment that has begun with activeWins, where another one is to come", () => {
      const next = aPerson("1", { line: 6, startDate: "2026-04-01", department: "Ledger" });

      expect(standing([next, here], activeWins)).toMatchObject({ kind: "present", person: here });
      expect(standing([next, gone], activeWins)).toMatchObject({ kind: "notYet", person: next });
    });

    it("of two active employments are a conflict with activeWins too", () => {
      expect(standing([here, there], activeWins)).toMatchObject({ kind: "conflict" });
    });

    it("of which one is unknown or unreadable hold the worker, with activeWins too", () => {
      const unknown = aPerson("1", { line: 6, status: "unknown" });
      const unreadable = aPerson("1", { line: 7, startDate: "2026-04-01", unreadable: ["email"] });

      expect(standing([here, unknown])).toEqual({ kind: "held" });
      expect(standing([here, unknown], activeWins)).toEqual({ kind: "held" });
      expect(standing([here, unreadable], activeWins)).toEqual({ kind: "held" });
    });

    it("that are all out of scope make a leaver of that kind, but not if one is in scope or cannot be told", () => {
      const payments = aPolicy({ people: { scope: (row) => ({ ok: true, value: row.department === "Payments" }) } });
      const sales = aPerson("1", { line: 2, department: "Sales" });
      const failing = aPolicy({
        people: {
          scope: (row) => (row.department === "Sales" ? { ok: true, value: false } : { ok: false, reason: "x" }),
        },
      });

      expect(standing([sales, there], payments)).toMatchObject({ kind: "leaver", code: "outOfScope", person: sales });
      expect(standing([sales, here], payments)).toMatchObject({ kind: "conflict" });
      expect(standing([sales, there], failing)).toMatchObject({ kind: "conflict" });
    });

    it("are taken in the order of sources and lines", () => {
      const second = aPerson("1", { source: "agency", line: 9, department: "Ledger" });

      const { findings } = resolveWorkers([there, second, here], policy, aCalendar());

      expect(findings[0]?.text).toBe("3 rows say different things: agency line 9, hr line 2, hr line 3");
    });

    it("that contradict each other are named up to a few", () => {
      const rows = Array.from({ length: 7 }, (_, index) => aPerson("1", { line: index + 2, title: `Title ${index}` }));
      const { findings } = resolveWorkers(rows, policy, aCalendar());

      expect(findings.map(({ text }) => text)).toEqual([
        "7 rows say different things: hr line 2, hr line 3, hr line 4, hr line 5, hr line 6 and 2 more",
      ]);
    });
  });

  describe("an address of two workers", () => {
    const one = aPerson("1", { email: "Shared@contoso.com" });
    const two = aPerson("2", { email: "shared@contoso.com" });

    it("gives nothing to either, and is reported for both", () => {
      const { standings, findings } = resolveWorkers([one, two], policy, aCalendar());

      expect(standings.get("employee/1")).toMatchObject({ kind: "present", gives: false });
      expect(standings.get("employee/2")).toMatchObject({ kind: "present", gives: false });
      expect(findings).toEqual([
        { code: "sharedAddress", worker: "employee/1", text: "The e-mail address is also that of employee/2" },
        { code: "sharedAddress", worker: "employee/2", text: "The e-mail address is also that of employee/1" },
      ]);
    });

    it("names a few of many others", () => {
      const many = Array.from({ length: 9 }, (_, index) => aPerson(String(index + 1), { email: "shared@contoso.com" }));
      const { findings } = resolveWorkers(many, policy, aCalendar());

      expect(findings).toHaveLength(9);
      expect(findings[0]?.text).toBe(
        "The e-mail address is also that of employee/2, employee/3, employee/4, employee/5, employee/6 and 3 more",
      );
    });

    it("is no concern of anybody's while all who share it are out of scope", () => {
      const rules = aPolicy({ people: { scope: nobody } });

      expect(resolveWorkers([one, two], rules, aCalendar()).findings).toEqual([]);
    });

    it("is no concern of anybody's where one of them was left out while reading", () => {
      const rules = aPolicy({ people: { scope: nobody } });
      const leftOut = createLeftOut("hr", { ...rules.people, scopeText: "nobody" }, aCalendar());
      leftOut.take(two);

      expect(resolveWorkers([one], rules, aCalendar(), [leftOut.rows()]).findings).toEqual([]);
    });

    it("is shared between number spaces as well", () => {
      const contingent = aPerson("1", { numberSpace: "contingent", email: "shared@contoso.com" });

      expect(resolveWorkers([two, contingent], policy, aCalendar()).standings.get("contingent/1")).toMatchObject({
        gives: false,
      });
    });

    it("is free again once one of them has left, and not yet taken by who has not begun", () => {
      const left = aPerson("2", { email: "shared@contoso.com", status: "ended" });
      const coming = aPerson("2", { email: "shared@contoso.com", startDate: "2026-04-01" });

      expect(standing([one, left])).toMatchObject({ gives: true });
      expect(standing([one, coming])).toMatchObject({ gives: true });
    });

    it("counts for who is held or out of scope, who may still have it", () => {
      const held = aPerson("2", { email: "shared@contoso.com", status: "unknown" });
      const outside = aPerson("2", { email: "shared@contoso.com", department: "Outside" });
      const rules = aPolicy({ people: { scope: (row) => ({ ok: true, value: row.department !== "Outside" }) } });

      expect(standing([one, held])).toMatchObject({ gives: false });
      expect(standing([one, outside], rules)).toMatchObject({ gives: false });
    });

    it("is not shared by rows without one", () => {
      const rows = [without(aPerson("1"), "email"), aPerson("2", { email: "" })];

      expect(codes(rows)).toEqual(["valueMissing", "valueMissing"]);
    });
  });
});
