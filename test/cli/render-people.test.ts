import { describe, expect, it } from "vitest";
import { peopleJson, placesOf, renderPeople, type ShownPeople } from "../../cli/render-people.ts";
import { createCalendar } from "../../shared/core/calendar.ts";
import type { PeopleRead, Person } from "../../shared/core/person.ts";
import { aPerson, aPolicy, aRead, inDepartment } from "../helpers/core-builders.ts";

const policy = aPolicy({
  people: { scope: inDepartment("Payments"), precedence: { default: ["other", "hr"], fields: {} } },
});
const people = [
  aPerson("1", { line: 2 }),
  aPerson("2", { line: 3, startDate: "2026-05-14" }),
  aPerson("3", { line: 4, endDate: "2026-05-13" }),
  aPerson("4", { line: 5, department: "Ledger" }),
  aPerson("5", { line: 6, status: "unknown" }),
  aPerson("6", { line: 7, title: "Buyer" }),
  aPerson("6", { line: 8, title: "Seller" }),
  aPerson("7", { line: 9, status: "ended" }),
];

/** What is shown of these rows at that instant. */
function shownAt(at: string, rows: readonly Person[] = people, read: Partial<PeopleRead> = {}): ShownPeople {
  const spaced = aRead(rows, read);
  return { ...spaced, at, places: placesOf(spaced, policy, createCalendar(Date.parse(at))), rowWord: "line" };
}

const before = "2026-05-13T12:00:00.000Z";
const after = "2026-05-14T12:00:00.000Z";

describe("renderPeople()", () => {
  it("says where everybody stands at that instant, by this source alone", () => {
    expect([...renderPeople(shownAt(after))]).toEqual([
      "hr: complete; 8 rows, 8 people, 0 problems",
      `  at ${after}, held: 1, in scope: 2, leaver: 2, out of scope: 1, rows contradict each other: 1`,
      "  line 2: employee/1 active, Payments; in scope",
      "  line 3: employee/2 active, Payments; in scope",
      "  line 4: employee/3 active, Payments; leaver (The last day, 2026-05-13, has passed)",
      "  line 5: employee/4 active, Ledger; out of scope",
      "  line 6: employee/5 unknown, Payments; held",
      "  line 7: employee/6 active, Payments; rows contradict each other",
      "  line 8: employee/6 active, Payments; rows contradict each other",
      "  line 9: employee/7 ended, Payments; leaver (HR says that the work has ended)",
    ]);
  });

  it("says another thing at another instant: dates count where the worker is", () => {
    const lines = [...renderPeople(shownAt(before))];

    expect(lines[1]).toContain("not yet: 1, out of scope: 1");
    expect(lines[3]).toBe("  line 3: employee/2 active, Payments; not yet (starts on 2026-05-14)");
    expect(lines[4]).toBe("  line 4: employee/3 active, Payments; in scope");
  });

  it("shows the first twenty rows and problems, what cannot be read, and nothing that steers the terminal", () => {
    const many = Array.from({ length: 21 }, (_, index) => aPerson(String(index), { line: index + 2 }));
    const odd = aPerson("8", { line: 1, department: "\u001b[31mRed", unreadable: ["email"] });
    const problem = { code: "notText", source: "hr", line: 3, reason: "It is \u001b[1m no text" } as const;
    const problems = Array.from({ length: 21 }, () => problem);
    const evidence = { rows: 22, people: 22, problems: 21, incompleteBecause: ["The last row is cut off"] };
    const lines = [...renderPeople(shownAt(after, [odd, ...many], { problems, evidence }))];

    expect(lines[2]).toBe("  incomplete: The last row is cut off");
    expect(lines[3]).toMatch(/^ {2}line 1: employee\/8 active, .*Red; held; cannot read email$/);
    expect(lines[23]).toBe("  … and 2 more (--json shows all)");
    expect(lines.slice(-2)).toEqual([
      "  notText [line 3]: It is \\u001b[1m no text",
      "  … and 18 more of notText (--json shows all)",
    ]);
    expect(lines.join("")).not.toContain("\u001b");
  });

  it("counts items where a source has no lines, and names the worker of a problem", () => {
    const problem = { code: "addressOutsideDomains", source: "hr", line: 3, reason: "It is in no domain" } as const;
    const problems = [{ ...problem, worker: "employee/2" }, problem];
    const lines = [...renderPeople({ ...shownAt(after, people.slice(0, 1), { problems }), rowWord: "item" })];

    expect(lines.slice(2)).toEqual([
      "  item 2: employee/1 active, Payments; in scope",
      "  addressOutsideDomains [item 3]: It is in no domain",
      "  addressOutsideDomains (worker employee/2) [item 3]: It is in no domain",
    ]);
  });

  it("says that nobody is there", () => {
    expect([...renderPeople(shownAt(after, []))]).toEqual([
      "hr: empty; 0 rows, 0 people, 0 problems",
      `  at ${after}, nobody`,
    ]);
  });
});

describe("peopleJson()", () => {
  it("holds the read as it is, and where each worker stands", () => {
    const [first] = people;
    const shown = shownAt(before, people.slice(0, 2));

    expect(peopleJson(shown)).toEqual({
      completeness: "complete",
      evidence: shown.read.evidence,
      at: before,
      standings: { "employee/1": { is: "inScope" }, "employee/2": { is: "notYet", because: "starts on 2026-05-14" } },
      people: [first, people[1]],
      problems: [],
    });
  });
});
