// CEL's environments for rules about people, for rows and for requests, with the functions that keep every evaluation short.
import type { Environment, EvaluationError, ParseError } from "@marcbachmann/cel-js";
import type { RE2JS } from "re2js";
import type { Person } from "../core/person.ts";
import { rulePersonFields } from "../core/policy.ts";
import { replacedFunctions, spendFunction } from "./expression-limits.ts";
import { failureCodes } from "./expression-reasons.ts";
import { type RequestTypes, withRequestTypes } from "./request-types.ts";

export type ExpressionEngine = {
  /** Variables `person` and `today`. */
  readonly people: Environment;
  /** Variable `row`. */
  readonly rows: Environment;
  /** Variables `requester`, `product`, `request`, `subscriptions` and `today`. */
  readonly requests: RequestTypes;
  /** The person in the form that `people` takes, until the next call. */
  readonly celPerson: (person: Person) => object;
  /** Compiles a pattern for `matches`. Throws where it is not RE2's syntax. */
  readonly pattern: (text: string) => RE2JS;
  /** Allows the next evaluation its steps. */
  readonly refill: () => void;
  readonly isCelError: (error: unknown) => error is ParseError | EvaluationError;
};

const maxSteps = 10_000;
const maxMatchedLength = 10_000;
const maxParts = 1_000;

/** Loads CEL and RE2 (a pattern engine whose time grows with the text and no faster) and builds the environments. */
export async function createExpressionEngine(): Promise<ExpressionEngine> {
  const [cel, re2] = await Promise.all([import("@marcbachmann/cel-js"), import("re2js")]);

  // CEL knows a value of a registered type by its constructor, so this is the one place that needs a class.
  class CelPerson {
    person: Person | undefined;
  }
  for (const field of rulePersonFields) {
    Object.defineProperty(CelPerson.prototype, field, {
      get(this: CelPerson) {
        return this.person?.[field] ?? "";
      },
    });
  }
  const current = new CelPerson();
  const patterns = new Map<string, RE2JS>();
  let stepsLeft = 0;

  /** One for all: an evaluation is over before the next one begins. */
  function celPerson(person: Person): CelPerson {
    current.person = person;
    return current;
  }

  function pattern(text: string): RE2JS {
    const known = patterns.get(text);
    if (known !== undefined) return known;
    const made = re2.RE2JS.compile(text);
    patterns.set(text, made);
    return made;
  }

  function fail(code: string): never {
    throw new cel.EvaluationError({ code, message: code });
  }

  function spend<T extends object>(collection: T): T {
    stepsLeft -= Array.isArray(collection) ? collection.length : Object.keys(collection).length;
    return stepsLeft < 0 ? fail(failureCodes.tooManySteps) : collection;
  }

  function matches(text: string, patternText: string): boolean {
    return text.length > maxMatchedLength ? fail(failureCodes.textTooLong) : pattern(patternText).test(text);
  }

  function split(text: string, separator: string, limit?: bigint): readonly string[] {
    const parts = text.split(separator, maxParts + 1);
    if (parts.length > maxParts) fail(failureCodes.tooManyParts);
    const most = limit === undefined ? -1 : Number(limit);
    if (most < 0 || parts.length <= most) return parts;
    return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
  }

  const sync = { async: false };
  const common = new cel.Environment({ limits: { maxAstNodes: 5_000, maxDepth: 100 } })
    .registerFunction(`string.${replacedFunctions.matches}(string): bool`, matches, sync)
    .registerFunction(`string.${replacedFunctions.split}(string): list<string>`, split, sync)
    .registerFunction(`string.${replacedFunctions.split}(string, int): list<string>`, split, sync)
    .registerFunction(`${spendFunction}(list<A>): list<A>`, spend, sync)
    .registerFunction(`${spendFunction}(map<K, V>): map<K, V>`, spend, sync);
  const fields = Object.fromEntries(rulePersonFields.map((field) => [field, "string"]));
  return {
    people: common
      .clone()
      .registerType("Person", { ctor: CelPerson, fields })
      .registerVariable("person", "Person")
      .registerVariable("today", "string"),
    rows: common.clone().registerVariable("row", "map<string, dyn>"),
    requests: withRequestTypes(common.clone()),
    celPerson,
    pattern,
    refill: () => {
      stepsLeft = maxSteps;
    },
    isCelError: (error): error is ParseError | EvaluationError =>
      error instanceof cel.ParseError || error instanceof cel.EvaluationError || error instanceof cel.TypeError,
  };
}
