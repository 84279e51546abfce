// Rules about requests, compiled. A rule that reads a fact which is not there fails: it never says no by accident.
import type { RequestRule } from "../core/decide.ts";
import { rulePersonFields } from "../core/policy.ts";
import { suggestion } from "./did-you-mean.ts";
import type { ExpressionEngine } from "./expression-engine.ts";
import { accessedName } from "./expression-reasons.ts";
import { evaluate, failure, prepare, type Refused, refused } from "./prepare-expression.ts";
import { type RequestReads, requestReads } from "./request-reads.ts";
import { requestTypeFields } from "./request-types.ts";

export type CompiledRequestRule =
  | { readonly ok: true; readonly run: RequestRule; readonly reads: RequestReads }
  | { readonly ok: false; readonly reason: string };

const trueResult = { ok: true, value: true } as const;
const falseResult = { ok: true, value: false } as const;

function missingField(field: string, type: string): string {
  const what = type === "" ? "this" : `a ${type.toLowerCase()}`;
  return `${what} has no field "${field}"${suggestion(field, requestTypeFields(type))}`;
}

type Has = { readonly name?: string; readonly field?: string | undefined; readonly at: number };

function isPersonField(name: string | undefined): boolean {
  return rulePersonFields.some((field) => field === name);
}

/** CEL's `has()` is not type-checked, so a misspelt field would be one that is never there. */
function refuseHas(all: readonly Has[]): Refused | undefined {
  for (const { name, field = "", at } of all) {
    if (name === "requester" && isPersonField(field)) continue;
    return name === "requester"
      ? refused(`HR gives no field "${field}"${suggestion(field, rulePersonFields)}`, at)
      : refused("has() is for the fields of requester that HR gives: everything else is always there", at);
  }
  return undefined;
}

/** A field that HR does not give has a sentence of its own: it is the one that is seen in practice. */
function reasonOf(error: unknown, engine: ExpressionEngine): Refused {
  const name = engine.isCelError(error) && error.code === "no_such_key" ? accessedName(error) : undefined;
  return name !== undefined && isPersonField(name)
    ? refused(`HR gives no "${name}" for the requester`)
    : failure(error, engine);
}

/** Compiles a rule. A misspelt field, a wrong type or a result that is not a bool is refused. */
export function compileRequestRule(text: string, engine: ExpressionEngine): CompiledRequestRule {
  const { environment, variables } = engine.requests;
  const prepared = prepare(text, { environment, engine, missingField, look: requestReads });
  if (!prepared.ok) return prepared;
  if (prepared.type !== "bool") return refused(`the rule gives a ${prepared.type}, it must give a bool`);
  const has = refuseHas(prepared.facts.hasOf);
  if (has !== undefined) return has;
  const { parsed, look } = prepared;
  return {
    ok: true,
    reads: look,
    run: (facts) => {
      try {
        return evaluate(parsed, variables(facts), engine) === true ? trueResult : falseResult;
      } catch (error) {
        return reasonOf(error, engine);
      }
    },
  };
}
