// Reading a request's JSON without believing it: guards, and checks that give the service's validation details.
import type { Detail } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export type TextRule = {
  readonly required?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
};

/** The text of a field, or undefined when it is absent, null or not a text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}

/** A text or null as it was sent; undefined when the field is absent. */
export function nullableTextOf(fields: Fields, name: string): string | null | undefined {
  return fields[name] === null ? null : textOf(fields, name);
}

/** The first of the values that the text is, so that a text becomes a member of a closed set. */
export function memberOf<T extends string>(values: readonly T[], text: string | undefined): T | undefined {
  return values.find((value) => value.toLowerCase() === text?.toLowerCase());
}

/** What is wrong with the text fields. In a partial body (PATCH) an absent field is fine, a null required one is not. */
export function checkTexts(fields: Fields, rules: Readonly<Record<string, TextRule>>, partial: boolean): Detail[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    if (partial && fields[name] === undefined) return [];
    const message = problemOf(fields[name], name, rule);
    return message === undefined ? [] : [{ code: "ValidationError", target: name, message }];
  });
}

function problemOf(value: unknown, name: string, rule: TextRule): string | undefined {
  if (value === undefined || value === null || value === "") {
    return rule.required === true ? `The '${name}' field is required.` : undefined;
  }
  if (typeof value !== "string") return `The '${name}' field must be a string.`;
  if (rule.max !== undefined && value.length > rule.max)
    return `The '${name}' field must not be longer than ${rule.max} characters.`;
  if (rule.min !== undefined && value.length < rule.min)
    return `The '${name}' field must not be shorter than ${rule.min} characters.`;
  if (rule.oneOf !== undefined && memberOf(rule.oneOf, value) === undefined) {
    return `The '${name}' field must be one of ${rule.oneOf.join(", ")}.`;
  }
  return undefined;
}
