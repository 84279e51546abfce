// What is allowed and probably not meant in the rules about requests. Nothing here stops anything.
import { conditionOf, type Terms } from "./approvals.ts";
import type { Expressions } from "./expressions.ts";
import type { RequestReads } from "./request-reads.ts";
import type { Rules } from "./rules.ts";

export type RulesWarning = { readonly path: readonly PropertyKey[]; readonly reason: string };

/** HR gives them for every worker. */
const alwaysGiven: readonly string[] = ["employeeNumber", "numberSpace", "worker", "status"];

function mappedFields({ sources }: Rules): ReadonlySet<string> {
  const mapped = sources.flatMap(({ columns, map }) => [...Object.keys(columns), ...Object.keys(map)]);
  return new Set([...alwaysGiven, ...mapped]);
}

/** An approval that says nothing about who asks, because the developer's own text is enough or anything is. */
function approveReason({ alternatives }: RequestReads): string | undefined {
  if (alternatives.some((roots) => roots.length === 0)) return "approves whoever asks: it reads nothing at all";
  const byText = (roots: readonly string[]) =>
    roots.includes("request") && !roots.includes("requester") && !roots.includes("subscriptions");
  return alternatives.some(byText)
    ? "approves by what the developer wrote: it rests on request alone, and anybody can write anything there"
    : undefined;
}

function ruleWarnings(terms: Terms, path: RulesWarning["path"], rules: Rules, expressions: Expressions) {
  const mapped = mappedFields(rules);
  return terms.rules.flatMap((rule, index): readonly RulesWarning[] => {
    const { answer, text } = conditionOf(rule);
    const compiled = expressions.requestRule(text);
    if (!compiled.ok) return [];
    const place = [...path, "rules", index, answer];
    const approves = answer === "approve" ? approveReason(compiled.reads) : undefined;
    const unmapped = compiled.reads.personFields.filter((field) => !mapped.has(field));
    return [
      ...(approves === undefined ? [] : [{ path: place, reason: `the rule "${rule.name}" ${approves}` }]),
      ...unmapped.map((field) => ({
        path: place,
        reason: `the rule "${rule.name}" reads requester.${field}, which no source maps: HR never gives it, so the rule fails and people are asked`,
      })),
    ];
  });
}

function silenceWarnings(terms: Terms, path: RulesWarning["path"]): readonly RulesWarning[] {
  if (terms.ask?.finalAnswer !== "approve") return [];
  return [{ path: [...path, "ask", "finalAnswer"], reason: "gives access when nobody answers" }];
}

/** Every warning, in the order of the file's parts. */
export function approvalsWarnings(rules: Rules, expressions: Expressions): readonly RulesWarning[] {
  const { approvals } = rules;
  if (approvals === undefined) return [];
  const all = [
    ...approvals.products.map((terms, index) => ({ terms, path: ["approvals", "products", index] })),
    { terms: approvals.default, path: ["approvals", "default"] },
  ];
  return all.flatMap(({ terms, path }) => [
    ...ruleWarnings(terms, path, rules, expressions),
    ...silenceWarnings(terms, path),
  ]);
}
