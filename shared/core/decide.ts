// The decision on one request: rules in their order, the first that says yes decides. Nobody is approved past a rule that
// failed, nor without facts about who asks.
import type {
  AccessTerms,
  AskTerms,
  Decision,
  DecisionAnswer,
  DecisionFacts,
  RequesterFacts,
  RuleStep,
} from "./decision.ts";
import type { RuleResult } from "./policy.ts";

/** Facts that rules can be asked about: HR vouches for the requester. */
export type KnownFacts = Omit<DecisionFacts, "requester"> & { readonly requester: RequesterFacts };

/** A compiled rule. Never throws, same answer for same facts. */
export type RequestRule = (facts: KnownFacts) => RuleResult;

export type ApprovalRule = {
  readonly name: string;
  readonly answer: DecisionAnswer;
  readonly rule: RequestRule;
  /** For the developer. */
  readonly comment?: string;
};

/** A rule as it stands in the rules, for showing. */
export type ShownRule = {
  readonly name: string;
  readonly answer: DecisionAnswer;
  readonly expression: string;
  /** Fields of HR that it names. */
  readonly personFields: readonly string[];
};

/** What the rules say about one product. */
export type ProductPolicy = {
  readonly rules: readonly ApprovalRule[];
  readonly ask: AskTerms;
  readonly access: AccessTerms;
  readonly notify: boolean;
};

/** Name of the rule that no rule has: people are asked because none said anything. */
export const noRule = "default";

type Verdict = Pick<Decision, "answer" | "rule" | "steps" | "comment">;

function askRules(rules: readonly ApprovalRule[], facts: KnownFacts): Verdict {
  const steps: RuleStep[] = [];
  for (const { name, answer, rule, comment } of rules) {
    const result = rule(facts);
    if (!result.ok) {
      steps.push({ rule: name, answer, result: "failed", reason: result.reason });
      return { answer: "ask", rule: name, steps };
    }
    steps.push({ rule: name, answer, result: result.value ? "yes" : "no" });
    if (result.value) return { answer, rule: name, steps, ...(comment !== undefined && { comment }) };
  }
  return { answer: "ask", rule: noRule, steps };
}

/** The decision, whatever the facts are. */
export function decide({ requester, ...facts }: DecisionFacts, policy: ProductPolicy): Decision {
  const verdict: Verdict =
    requester === undefined
      ? { answer: "ask", rule: noRule, steps: [] }
      : askRules(policy.rules, { ...facts, requester });
  const { ask, access, notify } = policy;
  return { ...verdict, ask, access, notify };
}
