// The rules' language: CEL over a `Person` (rules about people) or over a raw row (`map` of a source). Everything that
// can be wrong with an expression is found when it is compiled; an evaluation that fails says why, without any value.
import type { Environment, ParseResult } from "@marcbachmann/cel-js";
import { type PersonRule, type RuleNeed, rulePersonFields } from "../core/policy.ts";
import { suggestion } from "./did-you-mean.ts";
import { createExpressionEngine, type ExpressionEngine } from "./expression-engine.ts";
import {
  countSteps,
  type ExpressionFacts,
  inspectExpression,
  maxExpressionLength,
  replacedFunctions,
  replaceFunctions,
} from "./expression-limits.ts";
import { type RuleReads, ruleNeeds, ruleReads } from "./expression-reads.ts";
import { evaluationReason } from "./expression-reasons.ts";

export type Compiled<F> = { readonly ok: true; readonly run: F } | { readonly ok: false; readonly reason: string };

/** `reads` is all that an answer depends on; undefined where that is the person as a whole. */
export type CompiledRule =
  | {
      readonly ok: true;
      readonly run: PersonRule;
      readonly reads: RuleReads | undefined;
      readonly needs: readonly RuleNeed[];
    }
  | { readonly ok: false; readonly reason: string };

/** The value of one field from one raw row; undefined for null. Never throws. */
export type RowValue = (
  row: Readonly<Record<string, unknown>>,
) => { readonly ok: true; readonly value: string | undefined } | { readonly ok: false; readonly reason: string };

export type Expressions = {
  /** A rule over `person` and `today`. A misspelt field, a wrong type or a result that is not a bool is refused. */
  personRule(text: string): CompiledRule;
  /** A value from `row`: its columns (CSV, all text) or its properties (JSON, as they are). */
  rowValue(text: string): Compiled<RowValue>;
};

type Prepared = {
  readonly ok: true;
  readonly parsed: ParseResult;
  readonly type: string;
  readonly facts: ExpressionFacts;
  readonly reads: RuleReads | undefined;
  readonly needs: readonly RuleNeed[];
};
type Refused = { readonly ok: false; readonly reason: string };

const trueResult = { ok: true, value: true } as const;
const falseResult = { ok: true, value: false } as const;

function refused(reason: string, at?: number): Refused {
  return { ok: false, reason: at === undefined ? reason : `${reason} (at character ${at + 1})` };
}

/** The library's sentence about the rule's text, in the words of a rule's author. */
function loadReason(error: unknown, engine: ExpressionEngine): Refused {
  if (!engine.isCelError(error)) return refused("the expression is nested too deeply");
  const missing = /^No such key: (\w+)$/.exec(error.summary)?.[1];
  const text =
    missing === undefined
      ? Object.entries(replacedFunctions).reduce((words, [name, ours]) => words.replaceAll(ours, name), error.summary)
      : `a person has no field "${missing}"${suggestion(missing, rulePersonFields)}`;
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

/** Parses twice: the text as it is, so that positions in messages are the author's; then with its steps counted. */
function prepare(text: string, environment: Environment, engine: ExpressionEngine): Prepared | Refused {
  if (text.length > maxExpressionLength)
    return refused(`the expression is longer than ${maxExpressionLength} characters`);
  try {
    const original = environment.parse(text);
    const inspection = inspectExpression(original.ast);
    if (!inspection.ok) return refused(inspection.reason, inspection.at);
    const { facts } = inspection;
    const [reads, needs] = [ruleReads(original.ast), ruleNeeds(original.ast)];
    const checked = original.check();
    if (!checked.valid) return loadReason(checked.error, engine);
    const parsed = environment.parse(countSteps(text, facts));
    replaceFunctions(parsed.ast);
    const { valid, type = "dyn", error } = parsed.check();
    if (!valid) return loadReason(error, engine);
    return checkPatterns(facts, engine) ?? { ok: true, parsed, type, facts, reads, needs };
  } catch (error) {
    return loadReason(error, engine);
  }
}

/** Evaluates with a fresh allowance of steps; a failure becomes a reason. */
function evaluate(parsed: ParseResult, variables: Record<string, unknown>, engine: ExpressionEngine): unknown {
  engine.refill();
  return parsed(variables);
}

function failure(error: unknown, engine: ExpressionEngine): Refused {
  return refused(evaluationReason(engine.isCelError(error) ? error : undefined));
}

function compilePersonRule(text: string, engine: ExpressionEngine): CompiledRule {
  const prepared = prepare(text, engine.people, engine);
  if (!prepared.ok) return prepared;
  if (prepared.type !== "bool") return refused(`the rule gives a ${prepared.type}, it must give a bool`);
  const has = prepared.facts.hasOf.find(({ name }) => name === "person");
  if (has !== undefined)
    return refused('has() is always true for a field of a person: an absent field is "", compare with that', has.at);
  const { parsed, reads, needs } = prepared;
  return {
    ok: true,
    reads,
    needs,
    run: (person, today) => {
      try {
        return evaluate(parsed, { person: engine.celPerson(person), today }, engine) === true
          ? trueResult
          : falseResult;
      } catch (error) {
        return failure(error, engine);
      }
    },
  };
}

/** Text for a scalar, undefined for null. */
function scalarText(value: unknown): { readonly ok: true; readonly value: string | undefined } | Refused {
  if (value === null || value === undefined) return { ok: true, value: undefined };
  if (typeof value === "string") return { ok: true, value };
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return { ok: true, value: String(value) };
  return refused("the expression gives a list or an object, it must give a text, a number, a bool or null");
}

const scalarTypes: ReadonlySet<string> = new Set(["dyn", "string", "int", "uint", "double", "bool", "null"]);

function compileRowValue(text: string, engine: ExpressionEngine): Compiled<RowValue> {
  const prepared = prepare(text, engine.rows, engine);
  if (!prepared.ok) return prepared;
  if (!scalarTypes.has(prepared.type))
    return refused(`the expression gives a ${prepared.type}, it must give a text, a number, a bool or null`);
  const { parsed } = prepared;
  return {
    ok: true,
    run: (row) => {
      try {
        return scalarText(evaluate(parsed, { row }, engine));
      } catch (error) {
        return failure(error, engine);
      }
    },
  };
}

/** Loads CEL on the first call and gives the compilers of both kinds of expression. */
export async function createExpressions(): Promise<Expressions> {
  const engine = await createExpressionEngine();
  return {
    personRule: (text) => compilePersonRule(text, engine),
    rowValue: (text) => compileRowValue(text, engine),
  };
}
