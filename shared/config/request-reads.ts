// What a rule about requests tells without being run: which facts its answer rests on.
import type { ASTNode } from "@marcbachmann/cel-js";
import { type RuleField, rulePersonFields } from "../core/policy.ts";
import { isRequestRoot, type RequestRoot } from "./request-types.ts";

export type RequestReads = {
  /** What each alternative of the expression reads, the parts between `||`: any one of them is enough for a yes. */
  readonly alternatives: readonly (readonly RequestRoot[])[];
  /** Fields of HR that it names, sorted, each once. */
  readonly personFields: readonly RuleField[];
};

type Found = { readonly roots: Set<RequestRoot>; readonly fields: Set<string> };

/** Macros that bind their first argument in the others. */
const binding: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter", "bind"]);

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

function boundBy(node: ASTNode): string | undefined {
  if (node.op !== "rcall" || !binding.has(node.args[0])) return undefined;
  const [variable] = node.args[2];
  return variable?.op === "id" ? variable.args : undefined;
}

function visit(value: unknown, bound: ReadonlySet<string>, found: Found): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(each, bound, found);
    return;
  }
  if (!isNode(value)) return;
  if (value.op === "id") {
    if (isRequestRoot(value.args) && !bound.has(value.args)) found.roots.add(value.args);
    return;
  }
  const name = boundBy(value);
  if (value.op === "rcall" && name !== undefined) {
    visit(value.args[1], bound, found);
    visit(value.args[2], new Set([...bound, name]), found);
    return;
  }
  noteField(value, bound, found);
  visit(value.args, bound, found);
}

function noteField(node: ASTNode, bound: ReadonlySet<string>, found: Found): void {
  if (node.op !== "." && node.op !== "[]") return;
  const [owner, key] = node.args;
  if (owner.op !== "id" || owner.args !== "requester" || bound.has("requester")) return;
  if (typeof key === "string") found.fields.add(key);
  else if (key.op === "value" && typeof key.args === "string") found.fields.add(key.args);
}

function alternativesOf(node: ASTNode): readonly ASTNode[] {
  return node.op === "||" ? node.args.flatMap(alternativesOf) : [node];
}

/** The facts that the expression names. */
export function requestReads(root: ASTNode): RequestReads {
  const fields = new Set<string>();
  const alternatives = alternativesOf(root).map((alternative) => {
    const roots = new Set<RequestRoot>();
    visit(alternative, new Set(), { roots, fields });
    return [...roots].sort();
  });
  return { alternatives, personFields: rulePersonFields.filter((field) => fields.has(field)).sort() };
}
