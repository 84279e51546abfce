// The rules' language: CEL over a `Person` (rules about people), over a raw row (`map` of a source) or over the facts of a
// request. Everything that can be wrong with an expression is found when it is compiled; an evaluation that fails says why, without any value.
import { type PersonRule, type RuleNeed, rulePersonFields } from "../core/policy.ts";
import { suggestion } from "./did-you-mean.ts";
import { createExpressionEngine, type ExpressionEngine } from "./expression-engine.ts";
import { type RuleReads, ruleNeeds, ruleReads } from "./expression-reads.ts";
import { evaluate, failure, prepare, type Refused, refused } from "./prepare-expression.ts";
import { type CompiledRequestRule, compileRequestRule } from "./request-expression.ts";

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
  /** A rule over `requester`, `product`, `request`, `subscriptions` and `today`, with the same refusals. */
  requestRule(text: string): CompiledRequestRule;
};

const trueResult = { ok: true, value: true } as const;
const falseResult = { ok: true, value: false } as const;

function compilePersonRule(text: string, engine: ExpressionEngine): CompiledRule {
  const prepared = prepare(text, {
    environment: engine.people,
    engine,
    missingField: (field) => `a person has no field "${field}"${suggestion(field, rulePersonFields)}`,
    look: (root) => ({ reads: ruleReads(root), needs: ruleNeeds(root) }),
  });
  if (!prepared.ok) return prepared;
  if (prepared.type !== "bool") return refused(`the rule gives a ${prepared.type}, it must give a bool`);
  const has = prepared.facts.hasOf.find(({ name }) => name === "person");
  if (has !== undefined)
    return refused('has() is always true for a field of a person: an absent field is "", compare with that', has.at);
  const { parsed, look } = prepared;
  return {
    ok: true,
    ...look,
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
  const prepared = prepare(text, {
    environment: engine.rows,
    engine,
    missingField: (field) => `there is no "${field}"`,
    look: () => undefined,
  });
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

/** Loads CEL on the first call and gives the compilers of all kinds of expression. */
export async function createExpressions(): Promise<Expressions> {
  const engine = await createExpressionEngine();
  return {
    personRule: (text) => compilePersonRule(text, engine),
    rowValue: (text) => compileRowValue(text, engine),
    requestRule: (text) => compileRequestRule(text, engine),
  };
}
