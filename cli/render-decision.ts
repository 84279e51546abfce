// A decision for a person at a terminal: the answer, what each rule said, the facts that the rules read, what would follow.
import type { ShownRule } from "../shared/core/decide.ts";
import type { ApproverSpec, AskTerms, Decision, ProductFacts } from "../shared/core/decision.ts";
import { printable } from "../shared/core/printable.ts";
import { missingFacts } from "../shared/core/requester.ts";
import type { Explained } from "../shared/flows/explain-decision.ts";

export type ShownDecision = Explained & { readonly target: string; readonly rules: readonly ShownRule[] };

type ShownStep = Omit<ShownRule, "personFields"> & { readonly says: string };

/** Every rule of the product, those too that were not asked. */
function stepsOf({ decision, rules }: ShownDecision): readonly ShownStep[] {
  return rules.map(({ name, answer, expression }, index) => {
    const step = decision.steps[index];
    const says =
      step === undefined ? "not asked" : `${step.result}${step.reason === undefined ? "" : `: ${step.reason}`}`;
    return { name, answer, says, expression };
  });
}

/** Fields of HR that the product's rules name; null for one that HR does not give. */
function fieldsRead({ rules, facts }: ShownDecision): Readonly<Record<string, string | null>> {
  const { requester } = facts;
  if (requester === undefined) return {};
  const names = [...new Set(rules.flatMap(({ personFields }) => personFields))].sort();
  return Object.fromEntries(names.map((name) => [name, requester.person[name] ?? null]));
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (most, row) => row.map((cell, index) => Math.max(most[index] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd());
}

function whyOf({ decision, missing }: ShownDecision): string {
  if (missing !== undefined) return `no rule is asked. ${missingFacts[missing]}`;
  if (decision.steps.some((step) => step.result === "failed")) return `the rule "${decision.rule}" failed`;
  return decision.rule === "default" ? "no rule says anything" : `by the rule "${decision.rule}"`;
}

function approverNames(approvers: readonly ApproverSpec[], { owners }: ProductFacts): string {
  const names = approvers.map((approver) => {
    if (approver.kind === "address") return approver.address;
    return approver.kind === "manager" ? "the manager" : `the owners (${owners.join(", ") || "none"})`;
  });
  return names.join(", ");
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

function askLine(ask: AskTerms, product: ProductFacts): string {
  const { remindAfterDays, escalateAfterDays, escalateTo, finalAfterDays, finalAnswer } = ask;
  return [
    approverNames(ask.approvers, product),
    ...(remindAfterDays === undefined ? [] : [`reminded after ${days(remindAfterDays)}`]),
    ...(escalateAfterDays === undefined
      ? []
      : [`${approverNames(escalateTo, product)} as well after ${days(escalateAfterDays)}`]),
    `${finalAnswer} after ${days(finalAfterDays)}`,
  ].join("; ");
}

function accessLine({ access: { days: length, warnDays } }: Decision): string {
  return length === undefined ? "without end" : `${days(length)}, with a warning ${days(warnDays)} before the end`;
}

function requesterLines(shown: ShownDecision): readonly (readonly string[])[] {
  const { worker, user, factsReadAt } = shown;
  if (user === undefined) return [];
  const who = worker === undefined ? `account ${user.id}` : `${worker}, account ${user.id}`;
  const read = factsReadAt === undefined ? "" : `, HR's facts of ${new Date(factsReadAt).toISOString().slice(0, 16)}Z`;
  const fields = Object.entries(fieldsRead(shown)).map(([name, value]) => [
    "",
    `${name}: ${value ?? "not given by HR"}`,
  ]);
  return [["Requester", `${who}${read}`], ["", `groups: ${user.groups.join(", ") || "none"}`], ...fields];
}

function productLine({ product, productId }: ShownDecision): string {
  if (product === undefined) return productId === "" ? "none" : `${productId}, which is not there`;
  const { displayName, state, approvalRequired } = product;
  const approval = approvalRequired ? "approval required" : "no approval required";
  return `${product.id} "${displayName}", ${state === "published" ? "published" : "not published"}, ${approval}`;
}

function held({ facts: { subscriptions } }: ShownDecision): string {
  return subscriptions.map(({ product, state }) => `${product} (${state})`).join(", ") || "none";
}

function headline(shown: ShownDecision): string {
  const { subscription, target, decision } = shown;
  const what = subscription === undefined ? `A request for ${shown.productId}` : `Subscription ${subscription.id}`;
  return `${what} of ${target}: ${decision.answer.toUpperCase()}, ${whyOf(shown)}`;
}

/** The whole explanation as lines. */
export function renderDecision(shown: ShownDecision): readonly string[] {
  const { decision, facts, notes } = shown;
  const steps = stepsOf(shown).map(({ name, answer, says, expression }) => [name, answer, says, expression]);
  const rules =
    steps.length === 0
      ? ["  The rules have none for this product"]
      : table([["RULE", "ANSWER", "SAYS", "WHEN"], ...steps]);
  const rest = [
    ...requesterLines(shown),
    ["Product", productLine(shown)],
    ["Holds", held(shown)],
    ...(decision.comment === undefined ? [] : [["Comment", decision.comment]]),
    ...(decision.answer === "ask" ? [["Asks", askLine(decision.ask, facts.product)]] : []),
    ...(decision.answer === "reject" ? [] : [["Access", accessLine(decision)]]),
    ["Mail", decision.notify ? "API Management tells the developer" : "API Management tells nobody"],
  ];
  const lines = [headline(shown), ...notes.map((note) => `! ${note}`), "", ...rules, "", ...table(rest)];
  return lines.map(printable);
}

/** The same as data. */
export function decisionJson(shown: ShownDecision): unknown {
  const { target, subscription, decision, facts, missing, worker, factsReadAt, notes, user } = shown;
  const { answer, rule, comment, ask, access, notify } = decision;
  return {
    target,
    subscription: subscription === undefined ? null : { id: subscription.id, state: subscription.state },
    product: shown.product === undefined ? null : facts.product,
    requester: {
      worker: worker ?? null,
      user: user?.id ?? null,
      groups: user?.groups ?? [],
      fields: fieldsRead(shown),
      missing: missing === undefined ? null : { code: missing, text: missingFacts[missing] },
      factsReadAt: factsReadAt === undefined ? null : new Date(factsReadAt).toISOString(),
    },
    subscriptions: facts.subscriptions,
    notes,
    answer,
    rule,
    comment: comment ?? null,
    rules: stepsOf(shown).map(({ expression, ...step }, index) => ({
      ...step,
      says: decision.steps[index]?.result ?? "not asked",
      reason: decision.steps[index]?.reason ?? null,
      expression,
    })),
    ask,
    access,
    notify,
  };
}
