import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createExpressions, type Expressions } from "../../shared/config/expressions.ts";
import type { KnownFacts } from "../../shared/core/decide.ts";
import { jane, knownFacts } from "../helpers/request-builders.ts";

let expressions: Expressions;
beforeAll(async () => {
  expressions = await createExpressions();
});

function answer(text: string, facts: KnownFacts = knownFacts): unknown {
  const compiled = expressions.requestRule(text);
  return compiled.ok ? compiled.run(facts) : compiled.reason;
}

describe("requestRule()", () => {
  it.each([
    ['"payments" in requester.groups', true],
    ['requester.department == "Payments" && requester.organization != "Contoso"', false],
    ['requester.user == "rc-jane" && requester.worker == "employee/1001" && requester.status == "active"', true],
    ['product.id == "payments-api" && product.displayName == "Payments"', true],
    ["product.published && product.approvalRequired", true],
    ['product.groups == ["developers"] && product.owners.size() == 1', true],
    ['request.subscription == "s1" && request.date < today', true],
    ['request.name.matches("(?i)MOBILE")', true],
    ['subscriptions.exists(s, s.product == "starter" && s.state == "active")', true],
    ["subscriptions.size() > 2", false],
    ['requester.startDate <= today && today == "2026-05-14"', true],
    ['requester.groups.exists(g, subscriptions.all(s, g == "payments" && s.state != "suspended"))', true],
    ["true", true],
  ])("gives what %s says", (text, value) => {
    expect(answer(text)).toEqual({ ok: true, value });
  });

  it.each([
    [
      'requester.departmnt == "x"',
      'a requester has no field "departmnt"; did you mean "department"? (at character 11)',
    ],
    [
      'requester["departmnt"] == "x"',
      'a requester has no field "departmnt"; did you mean "department"? (at character 1)',
    ],
    ["product.publishd", 'a product has no field "publishd"; did you mean "published"? (at character 9)'],
    ['request.nam == ""', 'a request has no field "nam"; did you mean "name"? (at character 9)'],
    [
      'subscriptions.exists(s, s.stat == "")',
      'a subscription has no field "stat"; did you mean "state"? (at character 27)',
    ],
    ['person.department == "x"', "Unknown variable: person (at character 1)"],
    ["product.published == 1", "no such overload: bool == int (at character 1)"],
    ['requester.groups == "payments"', "no such overload: list<string> == string (at character 1)"],
    ["requester.department in requester.groups ? today : today", "the rule gives a string, it must give a bool"],
    ["has(requester.departmnt)", 'HR gives no field "departmnt"; did you mean "department"? (at character 1)'],
    ["has(requester.groups)", 'HR gives no field "groups" (at character 1)'],
    [
      "has(product.id)",
      "has() is for the fields of requester that HR gives: everything else is always there (at character 1)",
    ],
    [
      "has(requester.department.x)",
      "has() is for the fields of requester that HR gives: everything else is always there (at character 1)",
    ],
    [
      "request.name.matches(request.name)",
      "matches() takes a pattern that stands in the rule as text (at character 22)",
    ],
    ['today.matches("(")', 'the pattern "(" is not one that RE2 takes (at character 15)'],
  ])("refuses %s when it is loaded", (text, reason) => {
    expect(answer(text)).toBe(reason);
  });

  it.each([
    ['requester.costCenter == ""', 'HR gives no "costCenter" for the requester'],
    ['requester["costCenter"] != "4711"', 'HR gives no "costCenter" for the requester'],
    ["!(requester.endDate < today)", 'HR gives no "endDate" for the requester'],
    ["subscriptions[5].state == today", "it reads past the end of a list"],
    ["int(requester.department) > 0", "a text is not a whole number"],
    ['dyn(requester).secret == "x"', 'there is no "secret"'],
    ["requester[requester.department] == today", "a field or column that it reads is not there"],
    ["dyn(request.name) > 1", "an operator was given a type of value that it does not take"],
  ])("fails, and says why without a value, where %s reads what is not there", (text, reason) => {
    expect(answer(text)).toEqual({ ok: false, reason });
  });

  it("tells with has() whether HR gives a field", () => {
    expect(answer("has(requester.department)")).toEqual({ ok: true, value: true });
    expect(answer("has(requester.costCenter)")).toEqual({ ok: true, value: false });
    expect(answer('has(requester.costCenter) && requester.costCenter == "4711"')).toEqual({ ok: true, value: false });
  });

  it("gives its answer where no value of the missing field would change it", () => {
    expect(answer('requester.costCenter == "4711" || "payments" in requester.groups')).toEqual({
      ok: true,
      value: true,
    });
    expect(answer('requester.costCenter == "4711" && "sales" in requester.groups')).toEqual({ ok: true, value: false });
    expect(answer('requester.costCenter == "4711" || "sales" in requester.groups')).toMatchObject({ ok: false });
  });

  it("sees one requester in each evaluation, never a field of the one before", () => {
    const compiled = expressions.requestRule('requester.costCenter == "4711"');
    const other = { ...knownFacts, requester: { ...jane, person: { ...jane.person, costCenter: "4711" } } };

    const results = [other, knownFacts, other].map((facts) => compiled.ok && compiled.run(facts));

    expect(results).toMatchObject([{ ok: true, value: true }, { ok: false }, { ok: true, value: true }]);
  });

  it("is not fooled by a fact that is named like a property of every object", () => {
    const facts = { ...knownFacts, requester: { ...jane, person: { __proto__: "x", constructor: "y" } } };

    expect(answer('requester.department == "Payments"', facts)).toMatchObject({ ok: false });
    expect(answer("requester.constructor == today", facts)).toMatch(/has no field "constructor"/);
  });

  it("ends whatever it is given: patterns in linear time, macros within their steps", () => {
    const long = { ...knownFacts, request: { ...knownFacts.request, name: `${"a".repeat(5_000)}!` } };
    const many = {
      ...knownFacts,
      subscriptions: Array.from({ length: 200 }, () => ({ product: "p", state: "active" })),
    };
    const nested = "subscriptions.all(a, subscriptions.all(b, a.state == b.state))";

    expect(answer('request.name.matches("(a+)+$")', long)).toEqual({ ok: true, value: false });
    expect(answer(nested, many)).toEqual({ ok: false, reason: "its macros took more than 10000 steps" });
    expect(answer("[1].all(a, [1].all(b, [1].all(c, a == c)))")).toMatch(/at most 2 may be nested/);
  });

  it("refuses or compiles any text, and a compiled rule never throws", () => {
    const words = "requester . department costCenter groups product published request name subscriptions today ( ) [ ]";
    const more = 'all x , "a" 1 == && || ? : { } matches has ! in <'.split(" ");
    const word = fc.constantFrom(...words.split(" "), ...more, " ");
    const text = fc.array(word, { maxLength: 30 }).map((parts) => parts.join(""));

    fc.assert(
      fc.property(text, (rule) => {
        const compiled = expressions.requestRule(rule);
        const result = compiled.ok ? compiled.run(knownFacts).ok : compiled.reason.length > 0;
        expect(typeof result).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });
});

describe("reads of a rule", () => {
  function readsOf(text: string) {
    const compiled = expressions.requestRule(text);
    return compiled.ok ? compiled.reads : compiled.reason;
  }

  it.each([
    ["true", [[]], []],
    ['request.name == "x"', [["request"]], []],
    ['request.name == "x" && requester.department == "y"', [["request", "requester"]], ["department"]],
    [
      'request.name == "x" || requester["title"] == requester.costCenter',
      [["request"], ["requester"]],
      ["costCenter", "title"],
    ],
    ['subscriptions.exists(s, s.product == product.id) && today > "2026"', [["product", "subscriptions", "today"]], []],
    ['["x"].exists(requester, requester == request.name)', [["request"]], []],
    ['cel.bind(product, request.name, product == "x")', [["request"]], []],
    ['requester.groups.exists(g, g == "x")', [["requester"]], []],
    ["product.published ? today == request.date : false", [["product", "request", "today"]], []],
  ])("are for each alternative of %s what it names", (text, alternatives, personFields) => {
    expect(readsOf(text)).toEqual({ alternatives, personFields });
  });
});
