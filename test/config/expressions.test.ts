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
  givenName: "Jane",
  department: "Payments",
  startDate: "2026-03-01",
};

let expressions: Expressions;
beforeAll(async () => {
  expressions = await createExpressions();
});

function personRule(text: string): unknown {
  const compiled = expressions.personRule(text);
  return compiled.ok ? compiled.run(jane, "2026-05-14") : compiled.reason;
}

function rowValue(text: string, row: Record<string, unknown>): unknown {
  const compiled = expressions.rowValue(text);
  return compiled.ok ? compiled.run(row) : compiled.reason;
}

describe("personRule()", () => {
  it.each([
    ['person.department == "Payments"', true],
    ['person.department == "Sales"', false],
    ['person.costCenter == ""', true],
    ['person.status == "active" && person.startDate <= today', true],
    ['person.department in ["Payments", "Sales"]', true],
    ['person.worker == "employee/1001" && person.numberSpace == "employee" && person.employeeNumber == "1001"', true],
    ['person.givenName.matches("^J[a-z]+$")', true],
    ['["a", "b"].exists(x, person.department.split(" ").exists(y, x == y))', false],
  ])("gives what %s says, absent fields being empty", (text, value) => {
    const result = personRule(text);

    expect(result).toEqual({ ok: true, value });
  });

  it.each([
    ['person.departmnt == "x"', 'a person has no field "departmnt"; did you mean "department"? (at character 8)'],
    ['persn.department == "x"', "Unknown variable: persn (at character 1)"],
    ["person.department == 1", "no such overload: string == int (at character 1)"],
    ["person.department", "the rule gives a string, it must give a bool"],
    ["dyn(person.department)", "the rule gives a dyn, it must give a bool"],
    ["person.department ==", "Unexpected token: EOF (at character 21)"],
    ['person.department.matchs("x")', "found no matching overload for 'string.matchs(string)' (at character 1)"],
    ["person.department.matches(1)", "matches() takes a pattern that stands in the rule as text (at character 27)"],
    ["today.matches(person.department)", "matches() takes a pattern that stands in the rule as text (at character 15)"],
    ['today.matches("(")', 'the pattern "(" is not one that RE2 takes (at character 15)'],
    ["today.rollcallMatches(today)", '"rollcallMatches" is not a function for rules (at character 1)'],
    ["rollcallSpend([true]).all(x, x)", '"rollcallSpend" is not a function for rules (at character 1)'],
    [
      "has(person.department)",
      'has() is always true for a field of a person: an absent field is "", compare with that (at character 1)',
    ],
    [
      "[1].all(a, [1].all(b, [1].all(c, a == c)))",
      '"all" stands inside of 2 other macros, at most 2 may be nested (at character 23)',
    ],
    [
      "cel.bind(a, 1, cel.bind(b, a, cel.bind(c, b, c == 1)))",
      '"bind" stands inside of 2 other macros, at most 2 may be nested (at character 31)',
    ],
  ])("refuses %s when it is loaded", (text, reason) => {
    expect(personRule(text)).toBe(reason);
  });

  it("refuses an expression of more than 10000 characters, and one that is nested too deeply", () => {
    expect(personRule(`today == "${"x".repeat(10_000)}"`)).toBe("the expression is longer than 10000 characters");
    expect(expressions.personRule(`${"!".repeat(9_990)}true`).ok).toBe(false);
    expect(expressions.personRule(`${"(".repeat(4_000)}true${")".repeat(4_000)}`).ok).toBe(false);
  });

  it("answers a pattern that backtracks without end in other engines", () => {
    const compiled = expressions.personRule('person.department.matches("(a+)+$")');

    const result = compiled.ok && compiled.run({ ...jane, department: `${"a".repeat(5_000)}!` }, "2026-05-14");

    expect(result).toEqual({ ok: true, value: false });
  });

  it("uses the linear engine wherever matches() stands", () => {
    const text =
      '[person.department].filter(d, dyn(d).matches("(a+)+$") || (d).matches("x")).size() > 0 ? true : (today + "a").matches("(b+)+$")';
    const compiled = expressions.personRule(text);

    const result = compiled.ok && compiled.run({ ...jane, department: `${"a".repeat(40)}!` }, `${"b".repeat(40)}!`);

    expect(result).toEqual({ ok: true, value: false });
  });

  it("stops an evaluation whose macros take too many steps", () => {
    const compiled = expressions.personRule('person.title.split("").all(a, person.title.split("").all(b, a == b))');

    const result = compiled.ok && compiled.run({ ...jane, title: "x".repeat(900) }, "2026-05-14");

    expect(result).toEqual({ ok: false, reason: "its macros took more than 10000 steps" });
  });

  it("gives each evaluation its own allowance of steps", () => {
    const compiled = expressions.personRule('person.title.split("").all(a, a == "x")');
    const person = { ...jane, title: "x".repeat(900) };

    const results = Array.from({ length: 20 }, () => compiled.ok && compiled.run(person, "2026-05-14"));

    expect(results).toEqual(Array.from({ length: 20 }, () => ({ ok: true, value: true })));
  });

  it.each([
    ["int(person.department) > 0", "a text is not a whole number"],
    ["bool(person.department)", "a text is not a bool"],
    ["timestamp(person.department) < timestamp(today)", "a text is not a timestamp"],
    ["person[person.department] == today", "a field or column that it reads is not there"],
    ["1 / size(person.costCenter) == 1", "it divides by zero"],
    ['person.department.split("a")[9] == ""', "it reads past the end of a list"],
    ["person.department.substring(99) == today", "it reads past the end of a text"],
    ['b"{}".json().x == 1', "the expression could not be evaluated"],
  ])("gives a reason without the value when %s fails", (text, reason) => {
    expect(personRule(text)).toEqual({ ok: false, reason });
  });

  it("refuses or compiles any text, and a compiled rule never throws", () => {
    const word = fc.constantFrom(
      "person",
      ".",
      "department",
      "today",
      "(",
      ")",
      "[",
      "]",
      "all",
      "x",
      ",",
      '"a"',
      "1",
      "==",
      "&&",
      "?",
      ":",
      "{",
      "}",
      "matches",
      "split",
      " ",
      "//",
      "\n",
      "!",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word, { maxLength: 30 }).map((words) => words.join("")),
    );

    fc.assert(
      fc.property(text, (rule) => {
        const compiled = expressions.personRule(rule);
        const result = compiled.ok ? compiled.run(jane, "2026-05-14").ok : compiled.reason.length > 0;
        expect(typeof result).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });
});

describe("rowValue()", () => {
  it.each([
    ['row.LastName == "" ? row.FullName : row.LastName', { LastName: "", FullName: "Roe" }, "Roe"],
    ['row["First Name"]', { "First Name": "Jane" }, "Jane"],
    ["row.number", { number: 12 }, "12"],
    ["row.number + 1.0", { number: 1.5 }, "2.5"],
    ["row.contractor", { contractor: false }, "false"],
    ["row.gone", { gone: null }, undefined],
    ["has(row.gone) ? row.gone : null", {}, undefined],
    [
      'row.mails.filter(m, m.type == "work")[0].value',
      { mails: [{ type: "work", value: "j@example.com" }] },
      "j@example.com",
    ],
    ['row.name.split(", ", 2)[1]', { name: "Roe, Jane, Dr" }, "Jane, Dr"],
    ['row.name.split(",", 0).size()', { name: "a,b" }, "0"],
    ['row.name.split(",", -1).size()', { name: "a,b" }, "2"],
    ['row.flags.all(f, f != "")', { flags: { a: 1 } }, "true"],
  ])("gives the text of %s", (text, row, value) => {
    expect(rowValue(text, row)).toEqual({ ok: true, value });
  });

  it.each([
    ["row.LastName", {}, 'there is no "LastName"'],
    ['row["Last Name"]', {}, 'there is no "Last Name"'],
    ["row.toString", {}, 'there is no "toString"'],
    ["row[row.secret]", { secret: "s3cret" }, "a field or column that it reads is not there"],
    [
      "row.list",
      { list: [1] },
      "the expression gives a list or an object, it must give a text, a number, a bool or null",
    ],
    ["row.a + 1", { a: "s3cret" }, "an operator was given a type of value that it does not take"],
    ['row.a.matches("x")', { a: "x".repeat(10_001) }, "matches() was given a text of more than 10000 characters"],
    ['row.a.split(" ")[0]', { a: " ".repeat(1_001) }, "split() gave more than 1000 parts"],
    ["row.a.all(x, true) ? 1 : 2", { a: Array.from({ length: 10_001 }) }, "its macros took more than 10000 steps"],
  ])("gives a reason without the value when %s fails", (text, row, reason) => {
    expect(rowValue(text, row)).toEqual({ ok: false, reason });
  });

  it.each([
    ["[row.a]", "the expression gives a list, it must give a text, a number, a bool or null"],
    ["person.email", "Unknown variable: person (at character 1)"],
  ])("refuses %s when it is loaded", (text, reason) => {
    expect(rowValue(text, {})).toBe(reason);
  });
});
