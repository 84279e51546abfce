import { describe, expect, it } from "vitest";
import { decisionJson, renderDecision, type ShownDecision } from "../../cli/render-decision.ts";
import { decide, type ShownRule } from "../../shared/core/decide.ts";
import type { RuleResult } from "../../shared/core/policy.ts";
import { aSubscription, aUser } from "../helpers/core-builders.ts";
import { aProductPolicy, jane, knownFacts } from "../helpers/request-builders.ts";

const rules: readonly ShownRule[] = [
  {
    name: "contractors",
    answer: "reject",
    expression: 'requester.organization != "Contoso"',
    personFields: ["organization"],
  },
  { name: "money", answer: "reject", expression: 'requester.costCenter == "0"', personFields: ["costCenter"] },
  { name: "team", answer: "approve", expression: '"payments" in requester.groups', personFields: [] },
];
const no: RuleResult = { ok: true, value: false };
const yes: RuleResult = { ok: true, value: true };
const failed: RuleResult = { ok: false, reason: 'HR gives no "costCenter" for the requester' };

function shownWith(results: readonly RuleResult[], changes: Partial<ShownDecision> = {}): ShownDecision {
  const policy = aProductPolicy({
    rules: rules.map(({ name, answer }, index) => ({ name, answer, rule: () => results[index] ?? no })),
    ask: {
      approvers: [{ kind: "manager" }, { kind: "owners" }, { kind: "address", address: "security@contoso.com" }],
      remindAfterDays: 1,
      escalateAfterDays: 5,
      escalateTo: [{ kind: "address", address: "platform@contoso.com" }],
      finalAfterDays: 14,
      finalAnswer: "reject",
    },
    access: { days: 365, warnDays: 30 },
  });
  return {
    target: "contoso",
    rules,
    facts: knownFacts,
    decision: decide(knownFacts, policy),
    productId: "payments-api",
    product: { id: "payments-api", displayName: "Payments", state: "published", approvalRequired: true, groups: [] },
    subscription: aSubscription("s1", "rc-jane", { state: "submitted" }),
    user: aUser("rc-jane", { groups: jane.groups }),
    worker: jane.worker,
    factsReadAt: Date.UTC(2026, 4, 14, 9, 30),
    notes: [],
    ...changes,
  };
}

describe("renderDecision()", () => {
  it("shows what each rule said, what they read and what follows", () => {
    expect(renderDecision(shownWith([no, no, yes]))).toEqual([
      'Subscription s1 of contoso: APPROVE, by the rule "team"',
      "",
      "  RULE         ANSWER   SAYS  WHEN",
      '  contractors  reject   no    requester.organization != "Contoso"',
      '  money        reject   no    requester.costCenter == "0"',
      '  team         approve  yes   "payments" in requester.groups',
      "",
      "  Requester  employee/1001, account rc-jane, HR's facts of 2026-05-14T09:30Z",
      "             groups: developers, payments",
      "             costCenter: not given by HR",
      "             organization: Contoso",
      '  Product    payments-api "Payments", published, approval required',
      "  Holds      starter (active)",
      "  Access     365 days, with a warning 30 days before the end",
      "  Mail       API Management tells the developer",
    ]);
  });

  it("shows why a rule failed, which were not asked, and who is", () => {
    const lines = renderDecision(shownWith([no, failed], { notes: ["The account of the owner is blocked"] })).join(
      "\n",
    );

    expect(lines).toContain(
      'Subscription s1 of contoso: ASK, the rule "money" failed\n! The account of the owner is blocked\n',
    );
    expect(lines).toContain(
      'money        reject   failed: HR gives no "costCenter" for the requester  requester.costCenter',
    );
    expect(lines).toMatch(/team +approve +not asked +"payments"/);
    expect(lines).toContain(
      "Asks       the manager, the owners (owner@contoso.com), security@contoso.com; reminded after 1 day; platform@contoso.com as well after 5 days; reject after 14 days",
    );
  });

  it("shows why no rule is asked", () => {
    const { rules: _, ...shown } = shownWith([]);
    const facts = { ...knownFacts, requester: undefined };
    const decision = decide(facts, aProductPolicy({ notify: false }));
    const { worker: _worker, factsReadAt: _at, subscription: _subscription, product: _product, ...rest } = shown;

    const lines = renderDecision({
      ...rest,
      rules: [],
      facts,
      decision,
      missing: "notMarked",
      user: aUser("u1", { groups: [] }),
    });

    expect(lines).toEqual([
      "A request for payments-api of contoso: ASK, no rule is asked. Rollcall does not manage the owner's account, so HR says nothing about it",
      "",
      "  The rules have none for this product",
      "",
      "  Requester  account u1",
      "             groups: none",
      "  Product    payments-api, which is not there",
      "  Holds      starter (active)",
      "  Asks       the manager; reject after 14 days",
      "  Access     without end",
      "  Mail       API Management tells nobody",
    ]);
  });

  it("lets no text of others steer the terminal", () => {
    const hostile = "\u001b[2J\u202Eevil\n";
    const shown = shownWith([no, no, no], {
      product: { id: "p", displayName: hostile, state: "notPublished", approvalRequired: false, groups: [] },
      user: aUser("u1", { groups: [hostile] }),
    });

    expect(renderDecision(shown).join("")).not.toMatch(/[\p{Cc}\u202E]/u);
  });
});

describe("decisionJson()", () => {
  it("has the same as data, with only those facts of HR that rules name", () => {
    expect(JSON.parse(JSON.stringify(decisionJson(shownWith([no, failed]))))).toMatchObject({
      target: "contoso",
      subscription: { id: "s1", state: "submitted" },
      product: { id: "payments-api", owners: ["owner@contoso.com"] },
      requester: {
        worker: "employee/1001",
        user: "rc-jane",
        groups: ["developers", "payments"],
        fields: { costCenter: null, organization: "Contoso" },
        missing: null,
        factsReadAt: "2026-05-14T09:30:00.000Z",
      },
      answer: "ask",
      rule: "money",
      comment: null,
      rules: [
        { name: "contractors", answer: "reject", says: "no", reason: null },
        { name: "money", says: "failed", reason: 'HR gives no "costCenter" for the requester' },
        { name: "team", says: "not asked", reason: null },
      ],
      access: { days: 365 },
    });
  });

  it("says what is not there", () => {
    const { subscription: _s, product: _p, user: _u, worker: _w, factsReadAt: _f, ...rest } = shownWith([no, no, yes]);

    expect(decisionJson({ ...rest, missing: "noUser" })).toMatchObject({
      subscription: null,
      product: null,
      requester: { worker: null, user: null, groups: [], missing: { code: "noUser" }, factsReadAt: null },
    });
  });
});
