// `$filter`: comparisons and string functions over the fields that a list allows, with and, or and parentheses.
// Texts are compared without case (the service finds product "starter" by name eq 'Starter').
import { tokensOf } from "./filter-tokens.ts";

/** Which operators a field takes: all, comparisons only, eq and ne only, or eq only. */
export type FilterOperators = "all" | "comparisons" | "equality" | "eq";

export type FilterField<T> = {
  readonly operators: FilterOperators;
  /** The value in every spelling that a literal may have; a number is an instant. Null values match nothing but ne. */
  readonly read: (item: T) => readonly (string | number | null)[];
};

export type FilterFields<T> = Readonly<Record<string, FilterField<T>>>;
export type FilterResult<T> = { readonly test: (item: T) => boolean } | { readonly problem: string };

type Test<T> = (item: T) => boolean;

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const functions: Readonly<Record<string, (value: string, part: string) => boolean>> = {
  contains: (value, part) => value.includes(part),
  substringof: (value, part) => value.includes(part),
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
};

/** Parses a filter over these fields. */
export function parseFilter<T>(text: string, fields: FilterFields<T>): FilterResult<T> {
  const tokens = tokensOf(text);
  if (tokens === undefined) return { problem: "Syntax error in filter expression" };
  const words: readonly string[] = tokens;
  let at = 0;
  let problem: string | undefined;

  function fail(message: string): Test<T> {
    problem ??= message;
    at = words.length;
    return () => false;
  }

  function next(): string {
    at += 1;
    return words[at - 1] ?? "";
  }

  function either(): Test<T> {
    const tests = [both()];
    while (words[at] === "or") {
      at += 1;
      tests.push(both());
    }
    return (item) => tests.some((test) => test(item));
  }

  function both(): Test<T> {
    const tests = [single()];
    while (words[at] === "and") {
      at += 1;
      tests.push(single());
    }
    return (item) => tests.every((test) => test(item));
  }

  function single(): Test<T> {
    const word = next();
    if (word === "(") {
      const inner = either();
      return next() === ")" ? inner : fail("Syntax error in filter expression: expected ')'");
    }
    return words[at] === "(" ? functionCall(word) : comparison(word);
  }

  function functionCall(name: string): Test<T> {
    const apply = functions[name];
    const [open, first, comma, second, close] = [next(), next(), next(), next(), next()];
    if (apply === undefined || open !== "(" || comma !== "," || close !== ")")
      return fail(`Unknown function '${name}' in filter expression`);
    const [fieldName, literal] = name === "substringof" ? [second, first] : [first, second];
    const field = fields[fieldName];
    const part = literalOf(literal)?.toLowerCase();
    if (field === undefined || part === undefined)
      return fail(`Field '${fieldName}' cannot be used in filter expression`);
    if (field.operators !== "all") return fail(`Function '${name}' is not supported for field '${fieldName}'`);
    return (item) => field.read(item).some((value) => typeof value === "string" && apply(value.toLowerCase(), part));
  }

  function comparison(fieldName: string): Test<T> {
    const [operator, literalText] = [next(), next()];
    const field = fields[fieldName];
    const holds = comparisons[operator];
    const literal = literalOf(literalText);
    if (field === undefined) return fail(`Field '${fieldName}' cannot be used in filter expression`);
    if (holds === undefined || literal === undefined) return fail("Syntax error in filter expression");
    if (!allows(field.operators, operator))
      return fail(`Operator '${operator}' is not supported for field '${fieldName}'`);
    return (item) => {
      const orders = field.read(item).map((value) => orderOf(value, literal));
      return operator === "ne" ? orders.every(holds) : orders.some(holds);
    };
  }

  const test = either();
  if (at < words.length) fail("Syntax error in filter expression");
  return problem === undefined ? { test } : { problem };
}

function allows(operators: FilterOperators, operator: string): boolean {
  if (operators === "eq") return operator === "eq";
  return operators !== "equality" || operator === "eq" || operator === "ne";
}

// The literals that the tokens can hold: 'text' with doubled quotes, datetime'…', a bare date or number, null.
function literalOf(token: string): string | undefined {
  const quoted = /^(?:datetime(?:offset)?)?'(.*)'$/s.exec(token)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  return /^[\d-]/.test(token) ? token : undefined;
}

// NaN compares false with everything but ne, which is what a missing value should do.
function orderOf(value: string | number | null, literal: string): number {
  if (value === null) return Number.NaN;
  if (typeof value === "number")
    return value - Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(literal) || literal.length === 10 ? literal : `${literal}Z`);
  const [a, b] = [value.toLowerCase(), literal.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}
