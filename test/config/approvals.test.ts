import { beforeAll, describe, expect, it } from "vitest";
import { type CompiledRequestPolicy, createRequestPolicy } from "../../shared/config/approvals.ts";
import { checkRules } from "../../shared/config/check-rules.ts";
import { parseRules, type Rules } from "../../shared/config/rules.ts";
import type { RulesDeps } from "../../shared/config/rules-schema.ts";
import { jane, knownFacts } from "../helpers/request-builders.ts";
import { problemLines, rulesDeps, validText } from "./rules-fixture.ts";

let deps: RulesDeps;
beforeAll(async () => {
  deps = await rulesDeps();
});

const mapped = validText.replace(
  "employeeNumber: WorkerID",
  "employeeNumber: WorkerID, manager: Manager, department: Dept",
);
/** Lines of the fixture before `approvals`. */
const before = mapped.split("\n").length - 1;

function rulesOf(approvals: string): Rules {
  const result = parseRules(mapped + approvals, "rollcall.yaml", deps);
  if (!result.ok) throw new Error(problemLines(result).join("\n"));
  return result.rules;
}

function policyOf(approvals: string): CompiledRequestPolicy {
  const policy = createRequestPolicy(rulesOf(approvals), deps.expressions);
  if (policy === undefined) throw new Error("the rules have approvals");
  return policy;
}

/** Problems, with lines counted from the one of `approvals`. */
function problemsOf(approvals: string, text = mapped): readonly string[] {
  const result = parseRules(text + approvals, "rollcall.yaml", deps);
  return problemLines(result).map((line) => line.replace(/^\d+/, (number) => String(Number(number) - before)));
}

const whole = `approvals:
  maxFactsAgeHours: 24
  products:
    - product: payments-api
      owners: [api-owners@contoso.com]
      rules:
        - { name: contractors, reject: 'requester.organization != "Contoso"', comment: Ask your contact at Contoso. }
        - { name: payments-team, approve: '"payments" in requester.groups' }
        - { name: everybody-else, ask: true }
      ask:
        approvers: [manager, owners, security@contoso.com]
        remindAfterDays: 2
        escalateAfterDays: 5
        escalateTo: [owners]
        finalAfterDays: 10
        finalAnswer: approve
      accessForDays: 365
      warnDays: 30
      notify: false
    - product: other-api
      accessForDays: 20
  default:
    owners: [platform@contoso.com]
    ask: { approvers: [security@contoso.com] }
    accessForDays: 90
    warnDays: 7
  review: { whenChanged: [department], unapproved: suspend }
`;

const perTarget = `approvals:
  products:
    - { product: payments-api, targets: [main], rules: [{ name: here, reject: true }] }
    - { product: Payments-API, rules: [{ name: everywhere, approve: true }] }
    - { product: payments-api, targets: [far], rules: [{ name: there, ask: true }] }
  tests:
    - { name: at a target of its own, target: main, product: payments-api, requester: {}, expect: reject, rule: here }
    - { name: at another one, target: far, product: payments-api, requester: {}, expect: ask, rule: there }
    - { name: at any other, product: payments-api, requester: {}, expect: approve, rule: everywhere }
`;
const twoTargets = mapped.replace(
  "sources:\n",
  `  - name: far
    door: direct
    baseUrl: https://far.management.azure-api.net
    sas: { primaryKeySecret: apim-sas }
sources:
`,
);

describe("entries for a target", () => {
  const parsed = () => {
    const result = parseRules(twoTargets + perTarget, "rollcall.yaml", deps);
    if (!result.ok) throw new Error(problemLines(result).join("\n"));
    return result;
  };

  it.each([
    ["main", "here"],
    ["far", "there"],
    ["a third one", "everywhere"],
    [undefined, "everywhere"],
  ])("decide at %s by the rule %s", (target, rule) => {
    const policy = createRequestPolicy(parsed().rules, deps.expressions, target);

    expect(policy?.decide(knownFacts)).toMatchObject({ rule });
    expect(policy?.rulesOf("PAYMENTS-API").map(({ name }) => name)).toEqual([rule]);
  });

  it("are tested at the target that a test names", () => {
    const { expressions } = deps;

    expect(checkRules({ ...parsed(), expressions })).toMatchObject({ failures: [], tests: 3 });
  });

  it.each([
    [
      "a target that is not there",
      "  products: [{ product: p, targets: [main, gone] }]\n",
      "2:44 approvals.products[0].targets[1]: no target has this name",
    ],
    [
      "a test at a target that is not there",
      "  tests: [{ name: t, target: gone, product: p, expect: ask }]\n",
      "2:30 approvals.tests[0].target: no target has this name",
    ],
    [
      "a test for a rule of another target",
      "  products: [{ product: p, targets: [main], rules: [{ name: here, ask: true }] }]\n  tests: [{ name: t, product: p, expect: ask, rule: here }]\n",
      "3:53 approvals.tests[0].rule: default has no rule of this name",
    ],
    [
      "two entries at one target",
      "  products: [{ product: p, targets: [main] }, { product: p }, { product: P, targets: [main] }]\n",
      "2:74 approvals.products[2].product: this product has an entry already",
    ],
  ])("may not have %s", (_name, text, problem) => {
    expect(problemsOf(`approvals:\n${text}`)).toEqual([problem]);
  });
});

describe("createRequestPolicy()", () => {
  it("is undefined where the rules say nothing of requests", () => {
    expect(createRequestPolicy(rulesOf(""), deps.expressions)).toBeUndefined();
  });

  it("decides by the product's own rules, whatever the capitals of its id", () => {
    const policy = policyOf(whole);
    const facts = { ...knownFacts, product: { ...knownFacts.product, id: "Payments-API" } };

    expect(policy.decide(facts)).toEqual({
      answer: "approve",
      rule: "payments-team",
      steps: [
        { rule: "contractors", answer: "reject", result: "no" },
        { rule: "payments-team", answer: "approve", result: "yes" },
      ],
      ask: {
        approvers: [{ kind: "manager" }, { kind: "owners" }, { kind: "address", address: "security@contoso.com" }],
        remindAfterDays: 2,
        escalateAfterDays: 5,
        escalateTo: [{ kind: "owners" }],
        finalAfterDays: 10,
        finalAnswer: "approve",
      },
      access: { days: 365, warnDays: 30 },
      notify: false,
    });
    expect(policy.owners("Payments-API")).toEqual(["api-owners@contoso.com"]);
    expect(policy).toMatchObject({
      maxFactsAgeMs: 24 * 3_600_000,
      defaultTimeZone: "Europe/Stockholm",
      review: { whenChanged: ["department"], unapproved: "suspend" },
    });
  });

  it("rejects with the comment of the rule, and asks by a rule that is always true", () => {
    const policy = policyOf(whole);
    const decide = (person: Record<string, string>) =>
      policy.decide({ ...knownFacts, requester: { ...jane, person, groups: [] } });

    expect(decide({ organization: "Fabrikam" })).toMatchObject({
      answer: "reject",
      rule: "contractors",
      comment: "Ask your contact at Contoso.",
    });
    expect(decide({ organization: "Contoso" })).toMatchObject({ answer: "ask", rule: "everybody-else" });
    expect(decide({})).toMatchObject({
      answer: "ask",
      rule: "contractors",
      steps: [{ result: "failed", reason: 'HR gives no "organization" for the requester' }],
    });
  });

  it("takes from default what a product does not say, except its rules and owners", () => {
    const policy = policyOf(`${whole}  tests: []\n`);

    const decision = policy.decide({ ...knownFacts, product: { ...knownFacts.product, id: "other-api" } });

    expect(decision).toMatchObject({
      answer: "ask",
      rule: "default",
      ask: {
        approvers: [{ kind: "address", address: "security@contoso.com" }],
        finalAnswer: "reject",
        finalAfterDays: 14,
      },
      access: { days: 20, warnDays: 7 },
      notify: true,
    });
    expect(policy.owners("other-api")).toEqual([]);
  });

  it("has the rules of default for products that are not named", () => {
    const policy = policyOf("approvals: { default: { rules: [{ name: all, approve: product.published }] } }\n");

    expect(policy.decide(knownFacts)).toMatchObject({ answer: "approve", rule: "all", access: { warnDays: 14 } });
  });

  it("shows the rules of a product, or those of default, as they stand", () => {
    const policy = policyOf(`${whole}  tests: []\n`);

    expect(policy.rulesOf("Payments-API")).toEqual([
      {
        name: "contractors",
        answer: "reject",
        expression: 'requester.organization != "Contoso"',
        personFields: ["organization"],
      },
      { name: "payments-team", answer: "approve", expression: '"payments" in requester.groups', personFields: [] },
      { name: "everybody-else", answer: "ask", expression: "true", personFields: [] },
    ]);
    expect(policy.rulesOf("unnamed")).toEqual([]);
  });

  it("asks the manager for 14 days and then rejects where the rules say nothing else, the owners too if there are any", () => {
    const policy = policyOf("approvals: { products: [{ product: p, owners: [o@contoso.com] }] }\n");
    const approversOf = (id: string) =>
      policy.decide({ ...knownFacts, product: { ...knownFacts.product, id } }).ask.approvers.map(({ kind }) => kind);

    const decision = policy.decide(knownFacts);

    expect(decision).toMatchObject({ answer: "ask", rule: "default", steps: [], notify: true });
    expect(decision.ask).toEqual({
      approvers: [{ kind: "manager" }],
      escalateTo: [],
      finalAfterDays: 14,
      finalAnswer: "reject",
    });
    expect(decision.access).toEqual({ warnDays: 14 });
    expect(approversOf("p")).toEqual(["manager", "owners"]);
    expect(policy).toMatchObject({ maxFactsAgeMs: 48 * 3_600_000, review: { whenChanged: [], unapproved: "report" } });
  });
});

describe("approvals in the rules", () => {
  it("holds as a whole", () => {
    expect(problemsOf(whole)).toEqual([]);
  });

  const oneRule = (rule: string) => `approvals:\n  products:\n    - product: p\n      rules:\n        - ${rule}\n`;

  it.each([
    [
      "{ name: a, approve: 'requester.departmnt == today' }",
      'a requester has no field "departmnt"; did you mean "department"? (at character 11)',
      ".approve",
      31,
    ],
    ["{ name: a, reject: product.published == 1 }", "no such overload: bool == int (at character 1)", ".reject", 30],
    ["{ name: a, ask: today }", "the rule gives a string, it must give a bool", ".ask", 27],
    ["{ name: a, approve: false }", "expected a CEL rule as text, or true", ".approve", 31],
    ["{ name: a }", "expected exactly one of approve, reject and ask", "", 11],
    ["{ name: a, approve: true, reject: true }", "expected exactly one of approve, reject and ask", "", 11],
    ["{ name: a, aprove: true }", 'there is no such key; did you mean "approve"?', ".aprove", 22],
    [
      "{ name: default, ask: true }",
      "expected another name: default, person, final, unapproved stand for decisions without a rule",
      ".name",
      19,
    ],
    [
      "{ name: a b, ask: true }",
      "expected letters, digits, dots, hyphens and underscores, at most 64: the name goes into the subscription's comment",
      ".name",
      19,
    ],
    ['{ name: a, ask: true, comment: "a\\nb" }', "expected one line of at most 200 characters", ".comment", 42],
  ])("refuses the rule %s", (rule, reason, key, column) => {
    expect(problemsOf(oneRule(rule))).toContain(`5:${column} approvals.products[0].rules[0]${key}: ${reason}`);
  });

  const oneAsk = (ask: string) =>
    `approvals:\n  products:\n    - product: p\n      owners: [o@contoso.com]\n      ask: ${ask}\n`;

  it.each([
    ["{ approvers: [] }", "approvers: expected at least 1 entry"],
    ["{ approvers: [mananger] }", "approvers[0]: expected manager, owners or an address"],
    ["{ approvers: [owners], remindAfterDays: 14 }", "remindAfterDays: expected fewer days than finalAfterDays"],
    [
      "{ approvers: [owners], finalAfterDays: 3, escalateAfterDays: 3, escalateTo: [manager] }",
      "escalateAfterDays: expected fewer days than finalAfterDays",
    ],
    ["{ approvers: [owners], escalateAfterDays: 3 }", "escalateAfterDays: expected escalateTo beside it"],
    ["{ approvers: [owners], escalateTo: [manager] }", "escalateTo: expected escalateAfterDays beside it"],
    ["{ approvers: [owners], finalAnswer: accept }", 'finalAnswer: expected one of "approve", "reject"'],
    ["{ approvers: [owners], finalAfterDays: 0 }", "finalAfterDays: expected at least 1"],
  ])("refuses to ask by %s", (ask, problem) => {
    expect(problemsOf(oneAsk(ask)).join()).toContain(`approvals.products[0].ask.${problem}`);
  });

  it.each([
    [
      "a product twice",
      "  products: [{ product: p }, { product: P }]\n",
      "2:41 approvals.products[1].product: this product has an entry already",
    ],
    [
      "a rule's name twice",
      "  default: { rules: [{ name: a, ask: true }, { name: A, ask: true }] }\n",
      "2:54 approvals.default.rules[1].name: another rule of this product has this name already",
    ],
    [
      "owners without any",
      "  products: [{ product: p, ask: { approvers: [owners] } }]\n",
      "2:33 approvals.products[0].ask: the owners are asked, expected owners with at least one address",
    ],
    [
      "owners of default without any",
      "  products: [{ product: p }]\n  default: { owners: [o@contoso.com], ask: { approvers: [owners] } }\n",
      "2:14 approvals.products[0]: the owners are asked (by the ask of default), expected owners with at least one address",
    ],
    [
      "escalation to owners without any",
      "  default: { ask: { approvers: [manager], escalateAfterDays: 1, escalateTo: [owners] } }\n",
      "2:19 approvals.default.ask: the owners are asked, expected owners with at least one address",
    ],
    [
      "a warning before the beginning",
      "  products: [{ product: p, accessForDays: 30, warnDays: 30 }]\n",
      "2:57 approvals.products[0].warnDays: the warning comes 30 days before the end of 30 days of access, expected fewer",
    ],
    [
      "a usual warning before the beginning",
      "  default: { accessForDays: 7 }\n",
      "2:29 approvals.default.accessForDays: the warning comes 14 days before the end of 7 days of access, expected fewer",
    ],
    [
      "a review of what HR does not give",
      "  review: { whenChanged: [department, title] }\n",
      "2:39 approvals.review.whenChanged[1]: no source maps this field, so it never changes",
    ],
    [
      "a test for a rule that is not there",
      "  tests: [{ name: t, product: p, expect: ask, rule: gone }]\n",
      "2:53 approvals.tests[0].rule: default has no rule of this name",
    ],
    [
      "a test's name twice",
      "  tests: [{ name: t, product: p, expect: ask }, { name: t, product: p, expect: ask }]\n",
      "2:57 approvals.tests[1].name: another test has this name already",
    ],
    [
      "a misspelt field of a test's requester",
      "  tests: [{ name: t, requester: { departmnt: x }, product: p, expect: ask }]\n",
      '2:35 approvals.tests[0].requester.departmnt: there is no such key; did you mean "department"?',
    ],
    ["a text where a list belongs", "  products: nothing\n", "2:13 approvals.products: expected a list, found a text"],
  ])("finds %s", (_name, text, problem) => {
    expect(problemsOf(`approvals:\n${text}`)).toEqual([problem]);
  });

  it("finds that managers are asked whom no source names", () => {
    const text = validText.padEnd(validText.length);
    const result = problemsOf(
      "approvals: { default: { ask: { approvers: [security@contoso.com, manager] } } }\n",
      text,
    );

    expect(result.join()).toContain(
      "approvals.default.ask.approvers[1]: no source maps manager, so HR names none: map it or leave it out",
    );
  });

  it("finds everything at once, with what is wrong elsewhere, and repeats no value", () => {
    const found = problemsOf(
      "approvals:\n  maxFactsAgeHours: s3cret\n  products:\n    - { product: p, owners: [s3cret], notify: s3cret }\n    - { product: p, ask: s3cret }\n",
    );

    expect(found.length).toBe(5);
    expect(found.join()).not.toContain("s3cret");
  });
});
