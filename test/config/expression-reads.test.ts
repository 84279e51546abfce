import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createExpressions, type Expressions } from "../../shared/config/expressions.ts";
import type { Person } from "../../shared/core/person.ts";

const jane: Person = {
  worker: "employee/1001",
  numberSpace: "employee",
  employeeNumber: "1001",
  status: "active",
  source: "hr",
  line: 2,
  unreadable: [],
};

let expressions: Expressions;
beforeAll(async () => {
  expressions = await createExpressions();
});

function needsOf(text: string): unknown {
  const compiled = expressions.personRule(text);
  return compiled.ok ? compiled.needs : compiled.reason;
}

function readsOf(text: string): unknown {
  const compiled = expressions.personRule(text);
  return compiled.ok ? compiled.reads : compiled.reason;
}

describe("ruleReads()", () => {
  it.each([
    ['person.department == "Payments"', ["department"], false],
    ['person.title == "a" || person.department == "b" || person.title == "c"', ["department", "title"], false],
    ["person.startDate <= today", ["startDate"], true],
    ['person.title.split(" ").exists(word, word == person.department)', ["department", "title"], false],
    ['person.title.matches("^Lead") ? today > "2026" : person.email == ""', ["email", "title"], true],
    ["true", [], false],
  ])("names every field that %s reads, and whether it reads the date", (text, fields, today) => {
    const reads = readsOf(text);

    expect(reads).toEqual({ fields, today });
  });

  it.each(['[person].exists(p, p.department == "Payments")', '["a"].exists(person, person == "a")'])(
    "gives nothing for %s, which takes more of the person than fields by name",
    (text) => {
      const reads = readsOf(text);

      expect(reads).toBeUndefined();
    },
  );

  it("takes a name that a macro binds anew for the date", () => {
    const reads = readsOf('["a"].exists(today, today == person.title)');

    expect(reads).toEqual({ fields: ["title"], today: true });
  });
});

describe("ruleNeeds()", () => {
  it.each([
    ['person.department == "Web"', [{ field: "department", values: ["Web"] }]],
    ['"Web" == person.department', [{ field: "department", values: ["Web"] }]],
    ['person.department in ["Web", "Ledger"]', [{ field: "department", values: ["Web", "Ledger"] }]],
    ['person.title == "a" || person.title in ["b"]', [{ field: "title", values: ["a", "b"] }]],
    [
      'person.title.startsWith("a") && (person.department == "b" && person.status == "active")',
      [
        { field: "department", values: ["b"] },
        { field: "status", values: ["active"] },
      ],
    ],
  ])("finds in %s the values without which it is false", (text, needs) => {
    const found = needsOf(text);

    expect(found).toEqual(needs);
  });

  it.each([
    'person.title == "a" || person.department == "b"',
    '!(person.department == "a")',
    'person.department != "a"',
    "person.department == person.title",
    'person.department in ["a", person.title]',
    'person.department in "a".split(",")',
    'person.department == "a" ? true : person.title == "b"',
    'person.department == "a" || today > "2026"',
  ])("finds none in %s", (text) => {
    const found = needsOf(text);

    expect(found).toEqual([]);
  });

  it("means that the rule says no, and does not fail, for any person with other values", () => {
    const comparisons = fc.constantFrom(
      'person.department == "A"',
      'person.department in ["A", "B"]',
      '(person.department == "A" || person.department == "B")',
      'person.title == ""',
      'person.title.split("")[1] == "A"',
      "person.department <= today",
      "1 / int(person.title) > 0",
    );
    const texts = fc.array(comparisons, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(" && "));
    const word = fc.constantFrom("", "A", "B", "AB", "0");
    fc.assert(
      fc.property(texts, word, word, (text, department, title) => {
        const compiled = expressions.personRule(text);
        const person = { ...jane, department, title };
        const answer = compiled.ok && compiled.run(person, "2026-05-14");
        const needs = compiled.ok ? compiled.needs : [];
        if (needs.some(({ field, values }) => !values.includes(person[field] ?? ""))) {
          expect(answer).toEqual({ ok: true, value: false });
        }
      }),
    );
  });
});
