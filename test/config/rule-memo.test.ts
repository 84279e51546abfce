import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createExpressions, type Expressions } from "../../shared/config/expressions.ts";
import { createRuleMemo } from "../../shared/config/rule-memo.ts";
import type { Person } from "../../shared/core/person.ts";
import type { PersonRule } from "../../shared/core/policy.ts";

function personWith(fields: Partial<Person>, line = 2): Person {
  const employeeNumber = String(line);
  const key = { worker: `employee/${employeeNumber}`, numberSpace: "employee", employeeNumber };
  return { ...key, status: "active", source: "hr", line, unreadable: [], ...fields };
}

/** A rule that notes for whom it was asked. */
function noting(answer: PersonRule): { readonly rule: PersonRule; readonly asked: Person[] } {
  const asked: Person[] = [];
  const rule: PersonRule = (person, today) => {
    asked.push(person);
    return answer(person, today);
  };
  return { rule, asked };
}

const inPayments: PersonRule = ({ department }) => ({ ok: true, value: department === "Payments" });
const department = { fields: ["department"], today: false } as const;

let expressions: Expressions;
beforeAll(async () => {
  expressions = await createExpressions();
});

describe("createRuleMemo()", () => {
  it("asks a rule once for all people with the same values in the fields that it reads", () => {
    const { rule, asked } = noting(inPayments);
    const people = ["Payments", "Web", "Payments", "Web"].map((name, index) =>
      personWith({ department: name, title: `Title ${index}` }, index),
    );
    const remembered = createRuleMemo()(rule, department);

    const answers = people.map((person) => remembered(person, "2026-05-14"));

    expect(answers.map((answer) => answer.ok && answer.value)).toEqual([true, false, true, false]);
    expect(asked).toEqual(people.slice(0, 2));
  });

  it("asks again on another date only where the rule reads the date", () => {
    const person = personWith({ startDate: "2026-05-14" });
    const dated = noting(({ startDate = "" }, today) => ({ ok: true, value: startDate <= today }));
    const undated = noting(inPayments);
    const memo = createRuleMemo();
    const rules = [
      memo(dated.rule, { fields: ["startDate"], today: true }),
      memo(undated.rule, { fields: ["startDate"], today: false }),
    ];

    const answers = ["2026-05-13", "2026-05-14"].flatMap((today) => rules.map((rule) => rule(person, today)));

    expect(answers.map((answer) => answer.ok && answer.value)).toEqual([false, false, true, false]);
    expect([dated.asked.length, undated.asked.length]).toEqual([2, 1]);
  });

  it("does not take values for others that read the same when they are put together", () => {
    const { rule, asked } = noting(({ title = "" }) => ({ ok: true, value: title === "b|c" }));
    const remembered = createRuleMemo()(rule, { fields: ["department", "title"], today: false });
    const people = [personWith({ department: "a|b", title: "c" }), personWith({ department: "a", title: "b|c" })];

    const answers = people.map((person) => remembered(person, "2026-05-14"));

    expect(answers.map((answer) => answer.ok && answer.value)).toEqual([false, true]);
    expect(asked).toHaveLength(2);
  });

  it("keeps two rules that read the same fields apart, failures too", () => {
    const memo = createRuleMemo();
    const failing = noting(() => ({ ok: false, reason: "it takes too many steps" }));
    const rules = [memo(failing.rule, department), memo(inPayments, department)];
    const people = [personWith({ department: "Payments" }, 2), personWith({ department: "Payments" }, 3)];

    const answers = people.map((person) => rules.map((rule) => rule(person, "2026-05-14")));

    const both = [
      { ok: false, reason: "it takes too many steps" },
      { ok: true, value: true },
    ];
    expect(answers).toEqual([both, both]);
    expect(failing.asked).toHaveLength(1);
  });

  it("gives a rule back as it is when nobody knows what it reads", () => {
    const rule = createRuleMemo()(inPayments, undefined);

    expect(rule).toBe(inPayments);
  });

  it("remembers nothing more when everybody differs, and still answers right", () => {
    const { rule, asked } = noting(({ email = "" }) => ({ ok: true, value: email.endsWith("7") }));
    const remembered = createRuleMemo()(rule, { fields: ["email"], today: false });
    const people = Array.from({ length: 5_000 }, (_, index) => personWith({ email: `p${index}` }, index));
    for (const person of people) remembered(person, "2026-05-14");

    const again = people.map((person) => remembered(person, "2026-05-14"));

    expect(again.map((answer) => answer.ok && answer.value)).toEqual(people.map(({ line }) => line % 10 === 7));
    expect(asked.length).toBeGreaterThan(5_000);
  });

  it("answers as the rule itself does, for any people in any order", () => {
    const texts = [
      'person.department == "A" || person.title in ["A", "B"]',
      "person.startDate <= today && person.department != person.title",
      'person.title.matches("^(A|B)$") && person.department < "B"',
      "[person].exists(p, p.title == person.department)",
      'person.department.split("")[0] == "A"',
    ];
    const rules = texts.map((text) => expressions.personRule(text));
    const word = fc.constantFrom("", "A", "B", "AB", "2026-05-14");
    const people = fc.array(fc.record({ department: word, title: word, startDate: word }, { requiredKeys: [] }));
    fc.assert(
      fc.property(people, fc.constantFrom("2026-05-13", "2026-05-14"), (facts, today) => {
        const memo = createRuleMemo();
        const remembered = rules.map((rule) => (rule.ok ? memo(rule.run, rule.reads) : undefined));
        for (const [line, each] of facts.entries()) {
          const person = personWith(each, line);
          expect(remembered.map((rule) => rule?.(person, today))).toEqual(
            rules.map((rule) => (rule.ok ? rule.run(person, today) : undefined)),
          );
        }
      }),
    );
  });
});
