import { describe, expect, it } from "vitest";
import { type ApprovalRule, decide, noRule } from "../../shared/core/decide.ts";
import type { DecisionAnswer } from "../../shared/core/decision.ts";
import type { RuleResult } from "../../shared/core/policy.ts";
import { aProductPolicy, knownFacts } from "../helpers/request-builders.ts";

const yes: RuleResult = { ok: true, value: true };
const no: RuleResult = { ok: true, value: false };
const failed: RuleResult = { ok: false, reason: 'HR gives no "costCenter" for the requester' };

function aRule(name: string, answer: DecisionAnswer, result: RuleResult, comment?: string): ApprovalRule {
  return { name, answer, rule: () => result, ...(comment !== undefined && { comment }) };
}

describe("decide()", () => {
  it.each(["approve", "reject", "ask"] as const)("does what the first rule says that says yes: %s", (answer) => {
    const rules = [aRule("a", "approve", no), aRule("b", answer, yes, "Hello"), aRule("c", "reject", yes)];
    const policy = aProductPolicy({ rules, access: { days: 30, warnDays: 7 }, notify: false });

    expect(decide(knownFacts, policy)).toEqual({
      answer,
      rule: "b",
      comment: "Hello",
      steps: [
        { rule: "a", answer: "approve", result: "no" },
        { rule: "b", answer, result: "yes" },
      ],
      ask: policy.ask,
      access: { days: 30, warnDays: 7 },
      notify: false,
    });
  });

  it("asks people as soon as a rule fails, and no rule behind it", () => {
    const behind = { ...aRule("c", "approve", yes), rule: () => expect.unreachable() };
    const rules = [aRule("a", "reject", no), aRule("b", "reject", failed, "Sorry"), behind];

    const decision = decide(knownFacts, aProductPolicy({ rules }));

    expect(decision).toMatchObject({
      answer: "ask",
      rule: "b",
      steps: [
        { rule: "a", result: "no" },
        { rule: "b", result: "failed", reason: failed.reason },
      ],
    });
    expect(decision).not.toHaveProperty("comment");
  });

  it("asks people where no rule says yes", () => {
    const decision = decide(knownFacts, aProductPolicy({ rules: [aRule("a", "approve", no)] }));

    expect(decision).toMatchObject({ answer: "ask", rule: noRule, steps: [{ rule: "a", result: "no" }] });
  });

  it("asks people, and no rule, where HR says nothing about who asks", () => {
    const rules = [{ ...aRule("a", "approve", yes), rule: () => expect.unreachable() }];

    const decision = decide({ ...knownFacts, requester: undefined }, aProductPolicy({ rules }));

    expect(decision).toMatchObject({ answer: "ask", rule: noRule, steps: [] });
  });
});
