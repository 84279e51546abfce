// Sentences for expressions that fail. At load they may quote the rule; at run time they name at most a field or key
// that stands in the rule, never a value: CEL's own messages quote values, and values are people's.
import type { EvaluationError, ParseError } from "@marcbachmann/cel-js";

/** Codes of our own functions, beside CEL's. */
export const failureCodes = {
  tooManySteps: "too_many_steps",
  textTooLong: "text_too_long",
  tooManyParts: "too_many_parts",
} as const;

const sentences: Readonly<Record<string, string>> = {
  [failureCodes.tooManySteps]: "its macros took more than 10000 steps",
  [failureCodes.textTooLong]: "matches() was given a text of more than 10000 characters",
  [failureCodes.tooManyParts]: "split() gave more than 1000 parts",
  no_such_key: "a field or column that it reads is not there",
  no_such_overload: "an operator was given a type of value that it does not take",
  no_matching_overload: "a function was given a type of value that it does not take",
  index_out_of_bounds: "it reads past the end of a list",
  index_out_of_range: "it reads past the end of a text",
  division_by_zero: "it divides by zero",
  modulo_by_zero: "it divides by zero",
  numeric_overflow: "a number is too large",
  bool_conversion_error: "a text is not a bool",
  int_conversion_error: "a text is not a whole number",
  uint_conversion_error: "a text is not a whole number",
  double_conversion_error: "a text is not a number",
  invalid_timestamp: "a text is not a timestamp",
  variable_type_mismatch: "the row is not an object with keys",
};

/** The name after the dot, or the literal between brackets, that an access in the rule is about. */
export function accessedName(error: EvaluationError | ParseError): string | undefined {
  const node = error.node;
  if (node === undefined || !Array.isArray(node.args)) return undefined;
  const index: unknown = node.args[1];
  if (node.op === "." && typeof index === "string") return index;
  if (node.op !== "[]" || typeof index !== "object" || index === null) return undefined;
  const isLiteral = "op" in index && index.op === "value";
  return isLiteral && "args" in index && typeof index.args === "string" ? index.args : undefined;
}

/** Why an evaluation failed, without any value. */
export function evaluationReason(error: EvaluationError | ParseError | undefined): string {
  if (error === undefined) return "the expression could not be evaluated";
  if (error.code === "no_such_key") {
    const name = accessedName(error);
    if (name !== undefined) return `there is no "${name}"`;
  }
  return sentences[error.code] ?? "the expression could not be evaluated";
}
