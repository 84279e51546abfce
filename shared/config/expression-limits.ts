// What an expression may not do, looked at once when the rules are loaded: run for long. CEL has no loops but its macros
// over lists, so their nesting is bounded here and their steps are counted at run time (`spend`); `matches` and `split`
// are sent to our own functions, because the library's `matches` backtracks: `(a+)+$` on 28 characters takes 15 seconds.
import type { ASTNode } from "@marcbachmann/cel-js";

export const maxExpressionLength = 10_000;
const maxMacroDepth = 2;

/** Our functions, by the name that a rule writes. A rule cannot call them by these names. */
export const replacedFunctions = { matches: "rollcallMatches", split: "rollcallSplit" } as const;
export const spendFunction = "rollcallSpend";

const loops: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);
const internalNames: ReadonlySet<string> = new Set([...Object.values(replacedFunctions), spendFunction]);

export type ExpressionFacts = {
  /** Where a loop's list begins and ends in the text. */
  readonly lists: readonly { readonly start: number; readonly end: number }[];
  /** Patterns of `matches`. */
  readonly patterns: readonly { readonly text: string; readonly at: number }[];
  /** Every `has()`: of `has(name.field)` the name and the field. */
  readonly hasOf: readonly { readonly name?: string; readonly field?: string | undefined; readonly at: number }[];
};

export type Inspection =
  | { readonly ok: true; readonly facts: ExpressionFacts }
  | { readonly ok: false; readonly reason: string; readonly at: number };

function isNode(value: unknown): value is ASTNode {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** The nodes directly below a node, whatever its operator. */
function childrenOf(value: unknown): readonly ASTNode[] {
  if (isNode(value)) return [value];
  return Array.isArray(value) ? value.flatMap(childrenOf) : [];
}

type Call = { readonly name: string; readonly receiver: ASTNode | undefined; readonly args: readonly ASTNode[] };

function callOf(node: ASTNode): Call | undefined {
  if (node.op === "call") return { name: node.args[0], receiver: undefined, args: node.args[1] };
  if (node.op === "rcall") return { name: node.args[0], receiver: node.args[1], args: node.args[2] };
  return undefined;
}

/** Whether the call runs its arguments once for each element, or binds a value that they can double. */
function nests(call: Call): boolean {
  if (call.receiver === undefined) return false;
  return loops.has(call.name) || (call.name === "bind" && call.receiver.op === "id" && call.receiver.args === "cel");
}

/** Looks through a parsed expression: what it may not contain, and where the things are that need care. */
export function inspectExpression(root: ASTNode): Inspection {
  const lists: ExpressionFacts["lists"][number][] = [];
  const patterns: ExpressionFacts["patterns"][number][] = [];
  const hasOf: ExpressionFacts["hasOf"][number][] = [];
  let refused: { reason: string; at: number } | undefined;

  function refuse(reason: string, node: ASTNode): void {
    refused ??= { reason, at: node.start };
  }

  function noteFunction(call: Call, node: ASTNode): void {
    const [first] = call.args;
    if (call.name === "matches" && first !== undefined) {
      if (first.op === "value" && typeof first.args === "string") {
        patterns.push({ text: first.args, at: first.start });
      } else refuse("matches() takes a pattern that stands in the rule as text", first);
    }
    if (call.name !== "has" || call.receiver !== undefined) return;
    const [owner, field] = first?.op === "." ? first.args : [];
    hasOf.push(owner?.op === "id" ? { at: node.start, name: owner.args, field } : { at: node.start });
  }

  function noteCall(call: Call, node: ASTNode, depth: number): void {
    if (internalNames.has(call.name)) refuse(`"${call.name}" is not a function for rules`, node);
    if (nests(call) && depth >= maxMacroDepth) {
      refuse(`"${call.name}" stands inside of ${depth} other macros, at most ${maxMacroDepth} may be nested`, node);
    }
    if (call.receiver !== undefined && loops.has(call.name)) {
      lists.push({ start: call.receiver.start, end: call.receiver.end });
    }
    noteFunction(call, node);
  }

  function visit(node: ASTNode, depth: number): void {
    const call = callOf(node);
    if (call === undefined) {
      for (const child of childrenOf(node.args)) visit(child, depth);
      return;
    }
    noteCall(call, node, depth);
    if (call.receiver !== undefined) visit(call.receiver, depth);
    for (const argument of call.args) visit(argument, nests(call) ? depth + 1 : depth);
  }

  visit(root, 0);
  return refused === undefined ? { ok: true, facts: { lists, patterns, hasOf } } : { ok: false, ...refused };
}

/** The expression's text with each loop's list in `spend(…)`. */
export function countSteps(text: string, facts: ExpressionFacts): string {
  const inserts = facts.lists.flatMap(({ start, end }) => [
    { at: start, text: `${spendFunction}(` },
    { at: end, text: ")" },
  ]);
  // Two lists that begin (or end) at one place get the same text there, so their order does not matter.
  return inserts
    .sort((a, b) => b.at - a.at)
    .reduce((result, insert) => result.slice(0, insert.at) + insert.text + result.slice(insert.at), text);
}

/** Sends `matches` and `split` to our functions, in place, before the expression is type-checked. */
export function replaceFunctions(root: ASTNode): void {
  if (root.op === "rcall" && (root.args[0] === "matches" || root.args[0] === "split")) {
    root.args[0] = replacedFunctions[root.args[0]];
  }
  for (const child of childrenOf(root.args)) replaceFunctions(child);
}
