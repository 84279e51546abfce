// What a schema finds wrong, as sentences for the author of a rules file. A sentence names keys and what is expected,
// never a value: a secret or an address in the wrong place must not travel on.
import { z } from "zod";
import { didYouMean, suggestion } from "./did-you-mean.ts";

type Path = readonly PropertyKey[];

/** Where: the part at the path, or one key of it. */
export type Finding = { readonly path: Path; readonly key?: string; readonly reason: string };

type Schema = z.core.JSONSchema.BaseSchema;

const typeNames: Readonly<Record<string, string>> = {
  object: "keys and values",
  record: "keys and values",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

function kindOf(input: unknown): string {
  if (input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "keys and values";
  return typeNames[typeof input] ?? typeof input;
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => `"${String(value)}"`).join(", ");
}

function oneOf(values: readonly unknown[], input: unknown): string {
  const near = typeof input === "string" ? didYouMean(input, values.map(String)) : undefined;
  return `${values.length === 1 ? "expected" : "expected one of"} ${quoted(values)}${near === undefined ? "" : `; did you mean "${near}"?`}`;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

function size(issue: { readonly origin: string }, bound: string, number: number | bigint): string {
  const units: Readonly<Record<string, string>> = {
    string: number === 1 ? " character" : " characters",
    array: number === 1 ? " entry" : " entries",
  };
  const unit = units[issue.origin] ?? "";
  return `expected ${bound} ${number}${unit}`;
}

function issueReason(issue: z.core.$ZodIssue): string {
  if (issue.code === "custom" || issue.code === "invalid_format") return issue.message;
  if (issue.code === "invalid_type") {
    const expected = `expected ${typeNames[issue.expected] ?? issue.expected}`;
    return issue.input === undefined ? `is missing, ${expected}` : `${expected}, found ${kindOf(issue.input)}`;
  }
  if (issue.code === "invalid_value") {
    return issue.input === undefined ? `is missing, ${oneOf(issue.values, "")}` : oneOf(issue.values, issue.input);
  }
  if (issue.code === "too_small") return size(issue, "at least", issue.minimum);
  if (issue.code === "too_big") return size(issue, "at most", issue.maximum);
  return issue.message;
}

function keysHere(schema: Schema): readonly string[] {
  const names = schema.propertyNames;
  const listed = typeof names === "object" ? (names.enum ?? []).map(String) : [];
  return [...Object.keys(schema.properties ?? {}), ...listed];
}

function asSchemas(value: Schema | boolean | undefined): readonly Schema[] {
  return typeof value === "object" ? [value] : [];
}

/** The schema and, where it offers a choice, its branches. */
function branches(schema: Schema): readonly Schema[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema, ...choices.flatMap(branches)];
}

function stepDown(schema: Schema, step: PropertyKey): readonly Schema[] {
  if (typeof step === "number") return Array.isArray(schema.items) ? [] : asSchemas(schema.items);
  return asSchemas(schema.properties?.[String(step)]);
}

/** The keys that may stand at a path. */
function knownKeys(root: Schema, path: Path): readonly string[] {
  let here = branches(root);
  for (const step of path) here = here.flatMap((schema) => stepDown(schema, step)).flatMap(branches);
  return [...new Set(here.flatMap(keysHere))];
}

function missingAt(issue: z.core.$ZodIssue): boolean {
  return (issue.code === "invalid_type" || issue.code === "invalid_value") && issue.input === undefined;
}

/** Everything that is wrong with the value; nothing for a value that fits. */
export function schemaFindings(schema: z.ZodType, issues: readonly z.core.$ZodIssue[]): readonly Finding[] {
  const needsKeys = issues.some(({ code }) => code === "unrecognized_keys");
  const root: Schema = needsKeys ? z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) : {};
  return issues.flatMap((issue): readonly Finding[] => {
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(root, issue.path);
      return issue.keys.map((key) => ({
        path: issue.path,
        key,
        reason: `there is no such key${suggestion(key, known)}`,
      }));
    }
    if (issue.code === "invalid_union" && "options" in issue && Array.isArray(issue.options)) {
      const [key, path] = [String(issue.path.at(-1)), issue.path.slice(0, -1)];
      return [{ path, key, reason: oneOf(issue.options, property(issue.input, key)) }];
    }
    if (!missingAt(issue)) return [{ path: issue.path, reason: issueReason(issue) }];
    return [{ path: issue.path.slice(0, -1), key: String(issue.path.at(-1) ?? ""), reason: issueReason(issue) }];
  });
}
