// Filters of a simulated SCIM service (RFC 7644, 3.4.2.2): eq, gt and ge, joined by and before or, in brackets.

type Resource = Readonly<Record<string, unknown>>;
type Test = (resource: Resource) => boolean;

/** `passedOver`: attributes that the service takes no notice of; every resource meets a comparison of them. */
export type FilterOptions = { readonly passedOver?: RegExp | undefined };

/** The filter as a predicate, or undefined where it is not understood. */
export function parseScimFilter(text: string, options: FilterOptions = {}): Test | undefined {
  const tokens = text.match(/[()]|"(?:[^"\\]|\\.)*"|[^\s()"]+/g) ?? [];
  const state = { tokens, at: 0 };
  const test = oneOf(state, options);
  return state.at === tokens.length ? test : undefined;
}

type State = { readonly tokens: readonly string[]; at: number };

function oneOf(state: State, options: FilterOptions): Test | undefined {
  const tests = joined(state, "or", () => allOf(state, options));
  return tests && ((resource) => tests.some((test) => test(resource)));
}

function allOf(state: State, options: FilterOptions): Test | undefined {
  const tests = joined(state, "and", () => comparison(state, options));
  return tests && ((resource) => tests.every((test) => test(resource)));
}

function joined(state: State, word: string, next: () => Test | undefined): readonly Test[] | undefined {
  const tests: Test[] = [];
  for (;;) {
    const test = next();
    if (test === undefined) return undefined;
    tests.push(test);
    if (state.tokens[state.at]?.toLowerCase() !== word) return tests;
    state.at += 1;
  }
}

function comparison(state: State, options: FilterOptions): Test | undefined {
  const take = () => state.tokens[state.at++] ?? "";
  const path = take();
  if (path === "(") {
    const inner = oneOf(state, options);
    return take() === ")" ? inner : undefined;
  }
  const [operator, operand] = [take().toLowerCase(), take()];
  const expected = literalOf(operand);
  const holds = operators[operator];
  if (holds === undefined || expected === undefined) return undefined;
  if (options.passedOver?.test(path) === true) return () => true;
  return (resource) => holds(attribute(resource, path.toLowerCase()), expected);
}

const operators: Readonly<Record<string, (actual: unknown, expected: string | boolean) => boolean>> = {
  eq: (actual, expected) => actual === expected,
  gt: (actual, expected) => order(actual, expected) > 0,
  ge: (actual, expected) => order(actual, expected) >= 0,
};

function literalOf(operand: string): string | boolean | undefined {
  if (/^(?:true|false)$/i.test(operand)) return operand.toLowerCase() === "true";
  return operand.startsWith('"') ? String(JSON.parse(operand)) : undefined;
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Times by when they are, other texts by their characters; what is not there has no order. */
function order(actual: unknown, expected: string | boolean): number {
  if (typeof actual !== "string" || typeof expected !== "string") return Number.NaN;
  if (dateTime.test(actual) && dateTime.test(expected)) return Date.parse(actual) - Date.parse(expected);
  return actual === expected ? 0 : actual > expected ? 1 : -1;
}

function attribute(object: Resource, path: string): unknown {
  const own = Object.entries(object).find(
    ([name]) =>
      path === name.toLowerCase() ||
      path.startsWith(`${name.toLowerCase()}:`) ||
      path.startsWith(`${name.toLowerCase()}.`),
  );
  if (own === undefined) return undefined;
  const [name, value] = own;
  if (path.length === name.length) return value;
  return isResource(value) ? attribute(value, path.slice(name.length + 1)) : undefined;
}

function isResource(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
