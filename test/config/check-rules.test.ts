import { beforeAll, describe, expect, it } from "vitest";
import { checkRules } from "../../shared/config/check-rules.ts";
import { parseRules } from "../../shared/config/rules.ts";
import type { RulesDeps } from "../../shared/config/rules-schema.ts";
import { problemLines, rulesDeps, validText } from "./rules-fixture.ts";

let deps: RulesDeps;
beforeAll(async () => {
  deps = await rulesDeps();
});

const mapped = validText.replace("employeeNumber: WorkerID", "employeeNumber: WorkerID, department: Dept");
const before = mapped.split("\n").length - 1;

/** Lines without the file's name, counted from the one of `approvals`. */
function checked(approvals: string) {
  const result = parseRules(mapped + approvals, "rollcall.yaml", deps);
  if (!result.ok) throw new Error(problemLines(result).join("\n"));
  const { rules, at } = result;
  const { tests, ...found } = checkRules({ rules, at, expressions: deps.expressions });
  const counted = (line: string) =>
    line.replace(/^rollcall\.yaml:(\d+)/, (_, number: string) => String(Number(number) - before));
  return { tests, failures: found.failures.map(counted), warnings: found.warnings.map(counted) };
}

const byText = "approves by what the developer wrote: it rests on request alone, and anybody can write anything there";
const byNothing = "approves whoever asks: it reads nothing at all";

describe("warnings", () => {
  it.each([
    ['request.name == "please"', byText],
    ['request.name.matches("^prod") && product.published', byText],
    ['request.date < today && request.subscription != ""', byText],
    ['requester.department == "Payments" || request.name == "please"', byText],
    ['["x"].exists(requester, requester == request.name)', byText],
    ["true", byNothing],
    ["1 + 1 == 2", byNothing],
    ["product.published || true", byNothing],
  ])("say that nobody should be approved by %s", (approve, reason) => {
    const { warnings } = checked(
      `approvals:\n  default:\n    rules:\n      - name: open\n        approve: ${JSON.stringify(approve)}\n`,
    );

    expect(warnings).toEqual([`5:18: approvals.default.rules[0].approve: the rule "open" ${reason}`]);
  });

  it.each([
    'request.name == "please" && requester.department == "Payments"',
    'request.name == "please" && subscriptions.size() == 0',
    "!product.approvalRequired",
    'today < "2027"',
  ])("say nothing of an approval by %s", (approve) => {
    expect(checked(`approvals: { default: { rules: [{ name: a, approve: ${JSON.stringify(approve)} }] } }\n`)).toEqual({
      tests: 0,
      failures: [],
      warnings: [],
    });
  });

  it("say nothing of a rule that rejects or asks by free text", () => {
    const rules = `[{ name: a, reject: 'request.name == ""' }, { name: b, ask: true }]`;

    expect(checked(`approvals: { default: { rules: ${rules} } }\n`).warnings).toEqual([]);
  });

  it("name fields that no source maps, and access by silence", () => {
    const { warnings } = checked(`approvals:
  products:
    - product: p
      rules:
        - { name: a, reject: 'requester.title == "x" && requester.department == "y" && requester.status == "z"' }
      ask: { approvers: [security@contoso.com], finalAnswer: approve }
`);

    expect(warnings).toEqual([
      '5:30: approvals.products[0].rules[0].reject: the rule "a" reads requester.title, which no source maps: HR never gives it, so the rule fails and people are asked',
      "6:62: approvals.products[0].ask.finalAnswer: gives access when nobody answers",
    ]);
  });

  it("are none without approvals", () => {
    expect(checked("")).toEqual({ tests: 0, failures: [], warnings: [] });
  });
});

const rules = `approvals:
  products:
    - product: payments-api
      owners: [o@contoso.com]
      rules:
        - { name: contractors, reject: 'requester.worker.startsWith("contingent/")' }
        - { name: many, ask: 'subscriptions.exists(s, s.product == "payments-api" && s.state == "active")' }
        - { name: unpublished, reject: '!product.published || "partners" in product.groups' }
        - { name: team, approve: '"payments" in requester.groups || requester.department == "Payments"' }
        - { name: late, reject: 'request.date < today' }
        - { name: owned, ask: 'product.owners == ["o@contoso.com"] && product.displayName == "payments-api"' }
  tests:
`;

describe("tests in the rules", () => {
  it("see the facts that they give, and usual ones where they give none", () => {
    const { failures, tests } = checked(`${rules}
    - { name: by group, requester: { groups: [payments] }, product: payments-api, expect: approve, rule: team }
    - { name: by department, requester: { department: Payments }, product: Payments-API, expect: approve }
    - { name: a contractor, requester: { numberSpace: contingent }, product: payments-api, expect: reject, rule: contractors }
    - { name: a second one, requester: { department: x }, product: payments-api, subscriptions: [{ product: payments-api }], expect: ask, rule: many }
    - { name: gone, requester: {}, product: payments-api, productFacts: { published: false }, expect: reject }
    - { name: partners, requester: {}, product: payments-api, productFacts: { groups: [partners] }, expect: reject }
    - { name: a late one, requester: { department: x }, product: payments-api, today: 2026-05-14, request: { date: 2026-05-13 }, expect: reject, rule: late }
    - { name: owned, requester: { department: x }, product: payments-api, expect: ask, rule: owned }
    - { name: nobody knows who, product: payments-api, expect: ask, rule: default }
    - { name: another product, requester: {}, product: other, expect: ask, rule: default }
    - { name: not given, requester: {}, product: payments-api, expect: ask, rule: team }
    - { name: empty is not given, requester: { department: "" }, product: payments-api, expect: ask, rule: team }
`);

    expect(failures).toEqual([]);
    expect(tests).toBe(12);
  });

  it("fail with their line, what they expect and what comes out", () => {
    const { failures } = checked(`${rules}    - name: sales get in
      requester: { department: Sales }
      product: payments-api
      expect: approve
    - { name: other rule, requester: { department: Payments }, product: payments-api, expect: approve, rule: late }
    - { name: not given, requester: {}, product: payments-api, expect: approve, rule: team }
    - { name: unknown, product: payments-api, expect: approve }
`);

    expect(failures).toEqual([
      '16:15: approvals.tests[0].expect: the test "sales get in" expects approve; found ask, by the rule "owned"',
      '17:95: approvals.tests[1].expect: the test "other rule" expects approve, by the rule "late"; found approve, by the rule "team"',
      '18:72: approvals.tests[2].expect: the test "not given" expects approve, by the rule "team"; found ask: the rule "team" failed, HR gives no "department" for the requester',
      '19:55: approvals.tests[3].expect: the test "unknown" expects approve; found ask: no rule says anything (no rule is asked about an account of which HR says nothing)',
    ]);
  });
});
