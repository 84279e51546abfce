import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLeftOut } from "../../shared/core/left-out.ts";
import {
  createPerson,
  type PeopleRead,
  type Person,
  personValueFields,
  type RowQuery,
  workerKey,
} from "../../shared/core/person.ts";
import { createPeopleLinesReader, writePeopleLines } from "../../shared/runs/people-lines.ts";
import { aCalendar, aPerson, aPolicy, inDepartment } from "../helpers/core-builders.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", "\n", "\uD800", "李", '{"rows":1}'),
);

const person = fc
  .record({
    space: text,
    number: text,
    status: fc.constantFrom("active" as const, "onLeave" as const, "ended" as const, "unknown" as const),
    line: fc.nat(2_000_000_000),
    unreadable: fc.subarray(["title", "email", "endDate"] as const),
    isManagerNotFound: fc.boolean(),
    values: fc.array(fc.option(text, { nil: undefined }), {
      minLength: personValueFields.length,
      maxLength: personValueFields.length,
    }),
  })
  .map(({ space, number, status, line, unreadable, isManagerNotFound, values }): Person => {
    const key = { worker: workerKey(space, number), numberSpace: space, employeeNumber: number };
    const made = createPerson(key, { status, source: "hr", line, unreadable }, values);
    return isManagerNotFound ? { ...made, managerNotFound: true } : made;
  });

function aRead(people: readonly Person[], more: Partial<PeopleRead> = {}): PeopleRead {
  return {
    source: "hr",
    completeness: "complete",
    evidence: { rows: people.length, people: people.length, problems: 0, incompleteBecause: [] },
    people,
    problems: [],
    ...more,
  };
}

function readBack(lines: readonly string[]) {
  const reader = createPeopleLinesReader();
  for (const line of lines) reader.take(line);
  return reader.finish();
}

describe("writePeopleLines()", () => {
  it("loses nothing of any read", () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 20 }), (people) => {
        const shared = { at: 1_772_420_000_000, read: aRead(people) };
        const lines = [...writePeopleLines(shared)];

        expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
        expect(readBack(lines)).toStrictEqual(shared);
      }),
    );
  });

  it("keeps what is known of the read: evidence, problems, from where changes count, since when they do", () => {
    const evidence = {
      rows: 3,
      people: 2,
      problems: 1,
      partial: "changes",
      incompleteBecause: ["Only changes"],
    } as const;
    const problem = { code: "dateInvalid", source: "hr", line: 3, worker: "employee/1", reason: "Grüße 人" } as const;
    const read = aRead([aPerson("1")], {
      completeness: "incomplete",
      evidence,
      problems: [problem],
      changesFrom: { token: "t", at: 2 },
      changesSince: 1,
    });

    expect(readBack([...writePeopleLines({ at: 5, read })])).toEqual({ at: 5, read });
  });

  it("keeps rows that are left out small, with the rule and the days by which they are", () => {
    const policy = aPolicy({ people: { scope: inDepartment("Payments"), scopeText: "payments" } });
    const leftOut = createLeftOut("hr", { ...policy.people, scopeText: "payments" }, aCalendar());
    const away = [
      aPerson("2", { department: "Ledger" }),
      aPerson("3", { endDate: "2026-03-01", timeZone: "Pacific/Kiritimati" }),
    ];
    for (const each of away) expect(leftOut.take(each)).toBe(true);
    const rows = leftOut.rows();

    const back = readBack([...writePeopleLines({ at: 5, read: aRead([aPerson("1")], { leftOut: rows }) })]);

    expect(back?.read.people.map(({ worker }) => worker)).toEqual(["employee/1"]);
    const backRows = back?.read.leftOut;
    expect([...(backRows?.all() ?? [])]).toEqual([...rows.all()]);
    expect(backRows?.find({ workers: new Set(["employee/3"]) }).map(({ worker }) => worker)).toEqual(["employee/3"]);
    expect([backRows?.size(), backRows?.outside(), backRows?.scope]).toEqual([2, 1, "payments"]);
    expect(backRows?.todays).toEqual(rows.todays);
  });
});

describe("rows that are left out", () => {
  it("lose nothing of what became known of them after they were packed", () => {
    const leftOut = createLeftOut("hr", { ...aPolicy().people, scopeText: "payments" }, aCalendar());
    const ended = ["1", "2", "3", "4"].map((number, index) => aPerson(number, { status: "ended", line: index + 2 }));
    for (const each of ended) expect(leftOut.take(each)).toBe(true);
    const packed = leftOut.rows();
    const learn = (person: Person): Person => {
      if (person.employeeNumber === "2") return { ...person, managerNotFound: true };
      return person.employeeNumber === "3" ? { ...person, unreadable: ["manager"] } : person;
    };
    const rows = {
      ...packed,
      find: (query: RowQuery) => packed.find(query).map(learn),
      *all() {
        for (const person of packed.all()) yield learn(person);
      },
    };

    const back = readBack([...writePeopleLines({ at: 5, read: aRead([], { leftOut: rows }) })])?.read.leftOut;

    expect([...(back?.all() ?? [])]).toEqual([...rows.all()]);
    const query = { workers: new Set(["employee/3", "employee/4"]) };
    expect(back?.find(query)).toEqual(rows.find(query));
  });
});

describe("createPeopleLinesReader()", () => {
  it("gives nothing where lines are missing", () => {
    const lines = [...writePeopleLines({ at: 5, read: aRead([aPerson("1"), aPerson("2")]) })];

    expect(lines).toHaveLength(4);
    expect(readBack([])).toBeUndefined();
    expect(readBack(lines.slice(0, -1))).toBeUndefined();
    expect(readBack(lines.filter((_, index) => index !== 1))).toBeUndefined();
    expect(readBack(lines)).toBeDefined();
  });

  it("refuses what another program wrote", () => {
    expect(() => readBack(["name;salary"])).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
  });
});
