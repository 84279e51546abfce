// The rules of one target, compiled, in the form in which the core takes them.
import { AppError } from "../core/errors.ts";
import type {
  GroupRule,
  LeaverSubscriptions,
  Limit,
  LimitKey,
  Limits,
  PersonRule,
  Policy,
  Precedence,
  RuleField,
  RuleNeed,
} from "../core/policy.ts";
import type { Expressions } from "./expressions.ts";
import { defaultLimits } from "./limits-schema.ts";
import { createRuleMemo } from "./rule-memo.ts";
import type { GroupRules, Rules, TargetRules } from "./rules.ts";

type CompiledRule = {
  readonly rule: PersonRule;
  readonly needs: readonly RuleNeed[];
  readonly fields: readonly RuleField[] | undefined;
};
type Compile = (text: string, path: string) => CompiledRule;

const allOf: CompiledRule = { rule: () => ({ ok: true, value: true }), needs: [], fields: [] };

function createCompile(expressions: Expressions): Compile {
  const memo = createRuleMemo();
  return (text, path) => {
    const compiled = expressions.personRule(text);
    if (compiled.ok) {
      const { run, reads, needs } = compiled;
      return { rule: memo(run, reads), needs, fields: reads?.fields };
    }
    throw new AppError("CONFIG_INVALID", `Cannot compile the rule ${path}: ${compiled.reason}`);
  };
}

function toGroup({ id, displayName, members, products }: GroupRules, compile: Compile): GroupRule {
  const { rule, needs } = compile(members, `of group "${id}"`);
  return {
    id,
    displayName,
    members: rule,
    ...(needs.length > 0 && { needs }),
    ...(products !== undefined && { products }),
  };
}

function toSubscriptions(rule: Rules["lifecycle"]["leaver"]["subscriptions"]): LeaverSubscriptions {
  if (typeof rule === "string") return { kind: rule };
  return { kind: "transfer", to: rule.transfer === "manager" ? { manager: true } : { user: rule.transfer.user } };
}

function toPrecedence({ default: all = [], ...fields }: NonNullable<Rules["people"]["precedence"]>): Precedence {
  return { default: all, fields };
}

type LimitRule = NonNullable<Rules["limits"][LimitKey]> & { readonly perGroup?: boolean | undefined };

function toLimit({ count, percent, perGroup, ignoreBelow }: LimitRule): Limit {
  return {
    ...(count !== undefined && { count }),
    ...(percent !== undefined && { percent }),
    ...(perGroup !== undefined && { perGroup }),
    ignoreBelow,
  };
}

/** The target's limits go before those of the file, and those before the defaults: each kind as a whole. */
function toLimits(...layers: readonly Rules["limits"][]): Limits {
  const named = layers.flatMap((layer) =>
    Object.entries(layer).flatMap(([key, rule]) => (rule === undefined ? [] : [[key, toLimit(rule)] as const])),
  );
  return { ...defaultLimits, ...Object.fromEntries(named) };
}

/** @throws CONFIG_INVALID for a target that the rules do not have */
export function targetNamed(rules: Rules, name: string): TargetRules {
  const target = rules.targets.find((each) => each.name === name);
  if (target !== undefined) return target;
  const known = rules.targets.map((each) => `"${each.name}"`).join(", ");
  throw new AppError("CONFIG_INVALID", `Cannot find target "${name}": the rules have ${known}`, {
    context: { target: name },
  });
}

/** The policy of one target: the rules of the file with the target's own groups, limits and protected accounts.
 * @throws CONFIG_INVALID for a target that the rules do not have */
export function policyFor(rules: Rules, targetName: string, expressions: Expressions): Policy {
  const target = targetNamed(rules, targetName);
  const { defaultTimeZone, emailDomains, employments, missingFamilyName, scope, precedence } = rules.people;
  const { leaver, ...lifecycle } = rules.lifecycle;
  const compile = createCompile(expressions);
  const scopeRule = scope === undefined ? allOf : compile(scope, "people.scope");
  return {
    owner: rules.owner,
    target: target.name,
    people: {
      defaultTimeZone,
      emailDomains,
      employments,
      missingFamilyName,
      scope: scopeRule.rule,
      scopeText: scope ?? "",
      ...(scopeRule.fields !== undefined && { scopeReads: scopeRule.fields }),
      ...(precedence !== undefined && { precedence: toPrecedence(precedence) }),
    },
    groups: [...rules.groups, ...target.groups].map((group) => toGroup(group, compile)),
    lifecycle: {
      ...lifecycle,
      leaver: {
        subscriptions: toSubscriptions(leaver.subscriptions),
        ...(leaver.deleteAfterDays !== undefined && { deleteAfterDays: leaver.deleteAfterDays }),
      },
    },
    protect: [...rules.protect, ...target.protect],
    limits: toLimits(rules.limits, target.limits),
  };
}
