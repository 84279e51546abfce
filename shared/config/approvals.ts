// The rules about requests, compiled, in the form in which the core takes them.
import { type ApprovalRule, decide, type ProductPolicy, type ShownRule } from "../core/decide.ts";
import type { AccessTerms, ApproverSpec, AskTerms, RequestPolicy } from "../core/decision.ts";
import { AppError } from "../core/errors.ts";
import { foldId } from "../core/fold.ts";
import { ruleAnswers } from "./approvals-schema.ts";
import type { Expressions } from "./expressions.ts";
import type { ApprovalRules, Rules } from "./rules.ts";

export type Terms = ApprovalRules["default"];
type Rule = Terms["rules"][number];

const hourMs = 3_600_000;
const defaultWarnDays = 14;
const defaultFinalDays = 14;

function toApprover(text: string): ApproverSpec {
  return text === "manager" || text === "owners" ? { kind: text } : { kind: "address", address: text };
}

/** Where the rules do not say whom to ask. */
function usualAsk(owners: readonly string[]): AskTerms {
  const approvers: readonly ApproverSpec[] =
    owners.length === 0 ? [{ kind: "manager" }] : [{ kind: "manager" }, { kind: "owners" }];
  return { approvers, escalateTo: [], finalAfterDays: defaultFinalDays, finalAnswer: "reject" };
}

function toAsk(ask: Terms["ask"], owners: readonly string[]): AskTerms {
  if (ask === undefined) return usualAsk(owners);
  const { approvers, escalateTo, remindAfterDays, escalateAfterDays, finalAfterDays, finalAnswer } = ask;
  return {
    approvers: approvers.map(toApprover),
    ...(remindAfterDays !== undefined && { remindAfterDays }),
    ...(escalateAfterDays !== undefined && { escalateAfterDays }),
    escalateTo: escalateTo.map(toApprover),
    finalAfterDays,
    finalAnswer,
  };
}

function toAccess(terms: Terms, general: Terms): AccessTerms {
  const days = terms.accessForDays ?? general.accessForDays;
  const warnDays = terms.warnDays ?? general.warnDays ?? defaultWarnDays;
  return { warnDays, ...(days !== undefined && { days }) };
}

/** The answer that a rule gives, and its expression. */
export function conditionOf(rule: Rule): { readonly answer: (typeof ruleAnswers)[number]; readonly text: string } {
  for (const answer of ruleAnswers) {
    const text = rule[answer];
    if (text !== undefined) return { answer, text };
  }
  throw new AppError("BUG", `Cannot use the rule "${rule.name}": it has no answer, the schema demands one`);
}

function toRule(rule: Rule, expressions: Expressions): ApprovalRule {
  const { answer, text } = conditionOf(rule);
  const compiled = expressions.requestRule(text);
  if (!compiled.ok) throw new AppError("CONFIG_INVALID", `Cannot compile the rule "${rule.name}": ${compiled.reason}`);
  const { name, comment } = rule;
  return { name, answer, rule: compiled.run, ...(comment !== undefined && { comment }) };
}

export type CompiledRequestPolicy = RequestPolicy & {
  /** The rules that a request for the product is decided by, in their order. */
  rulesOf(productId: string): readonly ShownRule[];
};

function toShown(rule: Rule, expressions: Expressions): ShownRule {
  const { answer, text } = conditionOf(rule);
  const compiled = expressions.requestRule(text);
  return { name: rule.name, answer, expression: text, personFields: compiled.ok ? compiled.reads.personFields : [] };
}

/** The entries that count at a target, its own ones last: those go before the ones that count everywhere. */
function entriesAt({ products }: ApprovalRules, target: string | undefined): ApprovalRules["products"] {
  const everywhere = products.filter(({ targets }) => targets === undefined);
  const own = products.filter(({ targets }) => target !== undefined && targets?.includes(target));
  return [...everywhere, ...own];
}

/** What the rules say of requests at a target, or at one that no entry names; undefined where they say nothing, so that
 * Rollcall leaves requests alone. @throws CONFIG_INVALID for an expression that does not compile, which a checked file has not */
export function createRequestPolicy(
  rules: Rules,
  expressions: Expressions,
  target?: string,
): CompiledRequestPolicy | undefined {
  const { approvals } = rules;
  if (approvals === undefined) return undefined;
  const general = approvals.default;
  const policyOf = (terms: Terms): ProductPolicy => ({
    rules: terms.rules.map((rule) => toRule(rule, expressions)),
    ask: toAsk(terms.ask ?? general.ask, terms.owners),
    access: toAccess(terms, general),
    notify: terms.notify ?? general.notify ?? true,
  });
  const entryFor = (terms: Terms) => ({ policy: policyOf(terms), terms });
  const named = new Map(entriesAt(approvals, target).map((entry) => [foldId(entry.product), entryFor(entry)]));
  const unnamed = entryFor(general);
  const entryOf = (productId: string) => named.get(foldId(productId)) ?? unnamed;
  return {
    decide: (facts) => decide(facts, entryOf(facts.product.id).policy),
    owners: (productId) => entryOf(productId).terms.owners,
    rulesOf: (productId) => entryOf(productId).terms.rules.map((rule) => toShown(rule, expressions)),
    review: approvals.review,
    maxFactsAgeMs: approvals.maxFactsAgeHours * hourMs,
    defaultTimeZone: rules.people.defaultTimeZone,
  };
}
