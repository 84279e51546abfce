// What an expression tells without being run: the values that a rule's answer depends on (the fields of `person` that it
// names, `today`), and values without which it says no.
import type { ASTNode } from "@marcbachmann/cel-js";
import { type RuleField, type RuleNeed, rulePersonFields } from "../core/policy.ts";

export type RuleReads = {
  /** Sorted, each once. */
  readonly fields: readonly RuleField[];
  readonly today: boolean;
};

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** `person.field`: the field. */
function fieldOf(node: ASTNode): string | undefined {
  if (node.op !== "." || typeof node.args[1] !== "string") return undefined;
  const [owner] = node.args;
  return owner.op === "id" && owner.args === "person" ? node.args[1] : undefined;
}

/** Names that the expression reads, with `person.` before those of fields. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isNode(value)) return [];
  const field = fieldOf(value);
  if (field !== undefined) return [`person.${field}`];
  return value.op === "id" ? [value.args] : namesIn(value.args);
}

/** What the expression reads, or undefined where it does anything with `person` but read a field of it. A name that a
 * macro binds anew counts as read, which is never too little. */
export function ruleReads(root: ASTNode): RuleReads | undefined {
  const names = new Set(namesIn(root));
  const fields = rulePersonFields.filter((field) => names.has(`person.${field}`)).sort();
  const named = [...names].filter((name) => name.startsWith("person."));
  if (names.has("person") || named.length > fields.length) return undefined;
  return { fields, today: names.has("today") };
}

function textsIn(node: ASTNode): readonly string[] | undefined {
  if (node.op === "value") return typeof node.args === "string" ? [node.args] : undefined;
  if (node.op !== "list") return undefined;
  const texts = node.args.map((item) => (item.op === "value" ? item.args : undefined)).filter(isText);
  return texts.length === node.args.length ? texts : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function needFrom(field: ASTNode, values: ASTNode): RuleNeed | undefined {
  const name = fieldOf(field);
  const known = rulePersonFields.find((each) => each === name);
  const texts = textsIn(values);
  return known === undefined || texts === undefined ? undefined : { field: known, values: texts };
}

/** What must hold for the node to be true; neither side of such a comparison can fail. */
function needOf(node: ASTNode): RuleNeed | undefined {
  if (node.op === "==") {
    const [left, right] = node.args;
    return right.op === "list" || left.op === "list" ? undefined : (needFrom(left, right) ?? needFrom(right, left));
  }
  if (node.op === "in" && node.args[1].op === "list") return needFrom(node.args[0], node.args[1]);
  if (node.op !== "||") return undefined;
  const [left, right] = [needOf(node.args[0]), needOf(node.args[1])];
  if (left === undefined || left.field !== right?.field) return undefined;
  return { field: left.field, values: [...left.values, ...right.values] };
}

/** Comparisons of a field with texts that are joined to the rest by `&&`: where one of them is false, the whole is
 * false, even if the rest fails. */
export function ruleNeeds(root: ASTNode): readonly RuleNeed[] {
  if (root.op === "&&") return root.args.flatMap(ruleNeeds);
  const need = needOf(root);
  return need === undefined ? [] : [need];
}
