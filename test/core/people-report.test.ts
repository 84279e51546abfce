import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import { type PeopleProblem, reportPeople } from "../../shared/core/people-report.ts";
import type { Person, SpacedRead } from "../../shared/core/person.ts";
import { aCalendar, aPerson, aPolicy, aRead, inDepartment } from "../helpers/core-builders.ts";

const policy = aPolicy({
  people: { employments: "activeWins", scope: inDepartment("Payments"), scopeText: "payments" },
});

function report(reads: readonly SpacedRead[], listed = 1_000) {
  return reportPeople(reads, { policy, calendar: aCalendar(), listed });
}

function brief({ code, worker, line }: PeopleProblem): string {
  return [code, worker ?? "-", line ?? "-"].join(" ");
}

/** The read as with a scope: whoever gives nobody anything is packed. */
function withScope(people: readonly Person[]): SpacedRead {
  const leftOut = createLeftOut("hr", { ...policy.people, scopeText: "payments" }, aCalendar());
  return aRead(
    people.filter((person) => !leftOut.take(person)),
    { completeness: "complete", leftOut: leftOut.rows() },
  );
}

describe("reportPeople()", () => {
  it("names what HR should mend, by worker key and place", () => {
    const ended = aPerson("3", { line: 6, status: "ended" });
    const { problems, counts } = report([
      aRead(
        [
          aPerson("1", { line: 2, email: "shared@contoso.com", manager: "2" }),
          aPerson("2", { line: 3, email: "shared@contoso.com", manager: "none" }),
          aPerson("3", { line: 4 }),
          ended,
          aPerson("4", { line: 7, title: "Buyer" }),
          aPerson("4", { line: 8, title: "Seller" }),
          aPerson("5", { line: 9, department: "Ledger" }),
        ],
        { problems: [{ code: "keyMissing", source: "hr", line: 10, field: "employeeNumber", reason: "It is empty" }] },
      ),
    ]);

    expect(problems.map(brief)).toEqual([
      "conflictingRows employee/4 -",
      "duplicateRows employee/3 -",
      "keyMissing - 10",
      "managerMissing employee/2 3",
      "outOfScope employee/5 9",
      "sharedAddress employee/1 -",
      "sharedAddress employee/2 -",
    ]);
    expect(counts).toMatchObject({ sharedAddress: 2, managerMissing: 1, outOfScope: 1 });
  });

  it("says the same when rows were packed while they were read", () => {
    const people = [
      aPerson("1", { line: 2, manager: "5" }),
      aPerson("2", { line: 3, department: "Ledger" }),
      aPerson("5", { line: 4, status: "ended" }),
      aPerson("6", { line: 5, manager: "7" }),
      aPerson("6", { line: 6, department: "Ledger", manager: "7" }),
    ];

    expect(report([withScope(people)])).toEqual(report([aRead(people)]));
    expect(report([withScope(people)]).problems.map(brief)).toEqual([
      "conflictingRows employee/6 -",
      "outOfScope employee/2 3",
    ]);
  });

  it("finds a manager of another number space", () => {
    const contractor = aPerson("9", { numberSpace: "contingent", manager: "1" });

    expect(report([aRead([aPerson("1"), contractor])]).problems).toEqual([]);
  });

  it("names whose manager the source itself cannot find, and nobody else of it", () => {
    const people = [
      aPerson("1", { line: 2, managerNotFound: true }),
      aPerson("2", { line: 3, managerNotFound: true, status: "ended" }),
      aPerson("3", { line: 4 }),
    ];

    expect(report([aRead(people)]).problems).toEqual([
      {
        code: "managerMissing",
        source: "hr",
        line: 2,
        worker: "employee/1",
        field: "manager",
        text: "The manager is in no row",
      },
    ]);
    expect(report([aRead(people, { completeness: "incomplete" })]).problems).toEqual([]);
  });

  it("takes no manager for missing while a source was not read completely", () => {
    const read = aRead([aPerson("1", { manager: "2" })], { completeness: "incomplete" });

    expect(report([read]).problems).toEqual([]);
  });

  it("lists as many of those out of scope as are asked for, and counts them all", () => {
    const people = Array.from({ length: 9 }, (_, index) => aPerson(String(index), { department: "Ledger" }));
    const { problems, counts } = report([withScope(people)], 3);

    expect(problems).toHaveLength(3);
    expect(counts).toEqual({ outOfScope: 9 });
  });

  it("holds nothing of a person but the worker's key", () => {
    const secret = { givenName: "Zelda", familyName: "Quist", email: "zq@contoso.com", title: "Wizard" };
    const people = [
      aPerson("1", { ...secret, manager: "none" }),
      aPerson("2", { ...secret, line: 3 }),
      aPerson("2", { ...secret, line: 4, title: "Warlock" }),
      aPerson("3", { ...secret, department: "Ledger" }),
      aPerson("4", { ...secret, department: "broken" }),
    ];

    expect(JSON.stringify(report([aRead(people)]))).not.toMatch(/Zelda|Quist|zq@|Wizard|Warlock|Ledger/);
  });
});
