import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ApprovalRule, decide, noRule } from "../../shared/core/decide.ts";
import type { DecisionAnswer } from "../../shared/core/decision.ts";
import type { RuleResult } from "../../shared/core/policy.ts";
import { aProductPolicy, knownFacts } from "../helpers/request-builders.ts";

const result = fc.constantFrom<RuleResult>(
  { ok: true, value: true },
  { ok: true, value: false },
  { ok: false, reason: "it divides by zero" },
);
const answers = fc.constantFrom<DecisionAnswer>("approve", "reject", "ask");
const rules = fc
  .array(fc.record({ answer: answers, result }), { maxLength: 8 })
  .map((drawn) => drawn.map((rule, index) => ({ ...rule, name: `r${index}` })));

type Drawn = { readonly name: string; readonly answer: DecisionAnswer; readonly result: RuleResult };

function compiled(drawn: readonly Drawn[]): readonly ApprovalRule[] {
  return drawn.map(({ name, answer, result: given }) => ({ name, answer, rule: () => given }));
}

function decided(drawn: readonly Drawn[]) {
  return decide(knownFacts, aProductPolicy({ rules: compiled(drawn) }));
}

describe("decide()", () => {
  it("never approves or rejects past a rule that failed, in any list of rules", () => {
    fc.assert(
      fc.property(rules, (drawn) => {
        const decision = decided(drawn);
        const failed = drawn.findIndex((rule) => !rule.result.ok);
        const firstYes = drawn.findIndex((rule) => rule.result.ok && rule.result.value);
        if (failed !== -1 && (firstYes === -1 || failed < firstYes)) {
          expect(decision).toMatchObject({ answer: "ask", rule: `r${failed}` });
        }
      }),
    );
  });

  it("approves only by a rule that says approve and yes, with no other yes before it", () => {
    fc.assert(
      fc.property(rules, (drawn) => {
        const decision = decided(drawn);
        const index = drawn.findIndex(({ name }) => name === decision.rule);
        if (decision.answer !== "approve") return;
        expect(drawn[index]).toMatchObject({ answer: "approve", result: { ok: true, value: true } });
        expect(drawn.slice(0, index).map((rule) => rule.result)).toEqual(
          Array.from({ length: index }, () => ({ ok: true, value: false })),
        );
      }),
    );
  });

  it("never approves or rejects without facts about who asks", () => {
    fc.assert(
      fc.property(rules, (drawn) => {
        const policy = aProductPolicy({ rules: compiled(drawn) });
        expect(decide({ ...knownFacts, requester: undefined }, policy)).toMatchObject({ answer: "ask", rule: noRule });
      }),
    );
  });

  it("does not depend on the rules behind the one that decided", () => {
    fc.assert(
      fc.property(rules, rules, (drawn, more) => {
        const decision = decided(drawn);
        const renamed = more.map((rule) => ({ ...rule, name: `more-${rule.name}` }));
        if (decision.rule !== noRule) expect(decided([...drawn, ...renamed])).toEqual(decision);
      }),
    );
  });

  it("tells a step for each rule that was asked, the last of them being the one that decided", () => {
    fc.assert(
      fc.property(rules, (drawn) => {
        const { rule, steps } = decided(drawn);
        expect(steps.map((step) => step.rule)).toEqual(drawn.slice(0, steps.length).map(({ name }) => name));
        expect(steps.slice(0, -1).every((step) => step.result === "no")).toBe(true);
        if (rule !== noRule) expect(steps.at(-1)?.rule).toBe(rule);
        else expect(steps.length).toBe(drawn.length);
      }),
    );
  });
});
