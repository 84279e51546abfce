// From an expression's text to something that can be run: parsed, bounded, type-checked. Every problem is a sentence for
// the author of the rules.
import type { Environment, ParseResult } from "@marcbachmann/cel-js";
import type { ExpressionEngine } from "./expression-engine.ts";
import {
  countSteps,
  type ExpressionFacts,
  inspectExpression,
  maxExpressionLength,
  replacedFunctions,
  replaceFunctions,
} from "./expression-limits.ts";
import { evaluationReason } from "./expression-reasons.ts";

/** `look` is what was found in the expression before it was changed. */
export type Prepared<L> = {
  readonly ok: true;
  readonly parsed: ParseResult;
  readonly type: string;
  readonly facts: ExpressionFacts;
  readonly look: L;
};
export type Refused = { readonly ok: false; readonly reason: string };

export function refused(reason: string, at?: number): Refused {
  return { ok: false, reason: at === undefined ? reason : `${reason} (at character ${at + 1})` };
}

/** Says that a type has no such field. */
export type MissingField = (field: string, type: string) => string;

/** Name of the type whose field is read; the checker has written it onto the node. */
function ownerType(node: unknown): string {
  const args: unknown = typeof node === "object" && node !== null && "args" in node ? node.args : undefined;
  const owner: unknown = Array.isArray(args) ? args[0] : undefined;
  const type: unknown = typeof owner === "object" && owner !== null ? Reflect.get(owner, "checkedType") : undefined;
  return typeof type === "object" && type !== null && "name" in type ? String(type.name) : "";
}

/** The library's sentence about the rule's text, in the words of a rule's author. */
function loadReason(error: unknown, engine: ExpressionEngine, missingField: MissingField): Refused {
  if (!engine.isCelError(error)) return refused("the expression is nested too deeply");
  const missing = /^No such key: (\w+)$/.exec(error.summary)?.[1];
  const text =
    missing === undefined
      ? Object.entries(replacedFunctions).reduce((words, [name, ours]) => words.replaceAll(ours, name), error.summary)
      : missingField(missing, ownerType(error.node));
  return refused(text, error.range?.start);
}

function checkPatterns(facts: ExpressionFacts, engine: ExpressionEngine): Refused | undefined {
  for (const { text, at } of facts.patterns) {
    try {
      engine.pattern(text);
    } catch {
      return refused(`the pattern "${text}" is not one that RE2 takes`, at);
    }
  }
  return undefined;
}

export type PrepareOptions<L> = {
  readonly environment: Environment;
  readonly engine: ExpressionEngine;
  readonly missingField: MissingField;
  /** Looks at the expression as it was written. */
  readonly look: (root: ParseResult["ast"]) => L;
};

/** Parses twice: the text as it is, so that positions in messages are the author's; then with its steps counted. */
export function prepare<L>(text: string, options: PrepareOptions<L>): Prepared<L> | Refused {
  const { engine, environment, missingField } = options;
  if (text.length > maxExpressionLength)
    return refused(`the expression is longer than ${maxExpressionLength} characters`);
  try {
    const original = environment.parse(text);
    const inspection = inspectExpression(original.ast);
    if (!inspection.ok) return refused(inspection.reason, inspection.at);
    const { facts } = inspection;
    const look = options.look(original.ast);
    const checked = original.check();
    if (!checked.valid) return loadReason(checked.error, engine, missingField);
    const parsed = environment.parse(countSteps(text, facts));
    replaceFunctions(parsed.ast);
    const { valid, type = "dyn", error } = parsed.check();
    if (!valid) return loadReason(error, engine, missingField);
    return checkPatterns(facts, engine) ?? { ok: true, parsed, type, facts, look };
  } catch (error) {
    return loadReason(error, engine, missingField);
  }
}

/** Evaluates with a fresh allowance of steps. Throws what `failure` makes a reason of. */
export function evaluate(
  parsed: ParseResult,
  variables: Readonly<Record<string, unknown>>,
  engine: ExpressionEngine,
): unknown {
  engine.refill();
  return parsed(variables);
}

/** Why the evaluation failed, without any value. */
export function failure(error: unknown, engine: ExpressionEngine): Refused {
  return refused(evaluationReason(engine.isCelError(error) ? error : undefined));
}
