// YAML text as a plain value that knows where each of its parts stands.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";

/** From 1. */
export type Position = { readonly line: number; readonly column: number };

export type YamlText =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** Where the part at a path stands, or the nearest part around it; with `key`, that key of it. */
      readonly positionOf: (path: readonly PropertyKey[], key?: string) => Position;
    }
  | { readonly ok: false; readonly problems: readonly (Position & { readonly reason: string })[] };

const maxCharacters = 1_000_000;
const maxAliasCount = 100;
const maxDepth = 100;
const tooDeep = "the file is nested too deeply";
const start: Position = { line: 1, column: 1 };

type Found = { readonly node: Node | undefined; readonly offset: number | undefined };

function offsetOf(node: unknown): number | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  return node.range?.[0];
}

function pairOf(node: Node | undefined, key: PropertyKey): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

function asNode(value: unknown): Node | undefined {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined;
}

/** One step down: into an alias, to a map's value or to a list's item. */
function stepDown(document: Document, from: Found, step: PropertyKey): Found | undefined {
  const node = isAlias(from.node) ? from.node.resolve(document) : from.node;
  const pair = pairOf(node, step);
  if (pair !== undefined) return { node: asNode(pair.value), offset: offsetOf(pair.value) ?? offsetOf(pair.key) };
  if (!isSeq(node)) return undefined;
  const item = asNode(node.items[Number(step)]);
  return item === undefined ? undefined : { node: item, offset: offsetOf(item) ?? from.offset };
}

function offsetAt(document: Document, path: readonly PropertyKey[], key: string | undefined): number | undefined {
  let found: Found = { node: asNode(document.contents), offset: offsetOf(document.contents) };
  for (const step of path) {
    const next = stepDown(document, found, step);
    if (next === undefined) return found.offset;
    found = next;
  }
  const own = key === undefined ? undefined : offsetOf(pairOf(found.node, key)?.key);
  return own ?? found.offset;
}

function refused(reason: string): YamlText {
  return { ok: false, problems: [{ ...start, reason }] };
}

function plainValue(document: Document, positionOf: (offset: number | undefined) => Position): YamlText {
  try {
    return {
      ok: true,
      value: document.toJS({ maxAliasCount }),
      positionOf: (path, key) => positionOf(offsetAt(document, path, key)),
    };
  } catch (error) {
    // The library throws for aliases that lead nowhere or grow without end, and for nesting deeper than the stack.
    if (error instanceof ReferenceError)
      return refused("an alias (*name) has no anchor (&name), or aliases are used too often");
    return refused(tooDeep);
  }
}

/** The library composes by recursion: at the end of the stack it reports what it likes, and Node may even end the process
 * (a regular expression that cannot be compiled there). Each level of a block takes a column of its own before the text of
 * a line, each level of a flow a bracket. */
function isTooDeep(text: string): boolean {
  if (text.split("\n").some((line) => (/^(?:[ ]|[-?][ \t])*/.exec(line)?.[0].length ?? 0) > 2 * maxDepth)) return true;
  let depth = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}

/** The library's sentence without what it quotes of the file, which may be a secret. */
function syntaxReason(message: string): string {
  return message.replace(/: ".*$/s, "");
}

/** Reads one YAML document. Every problem with the syntax is reported, none is thrown: a key that stands twice, a key
 * that is not text, an unknown tag, a second document. Aliases are allowed within limits. */
export function readYaml(text: string): YamlText {
  if (text.length > maxCharacters) return refused(`the file has more than ${maxCharacters} characters`);
  if (isTooDeep(text)) return refused(tooDeep);
  const lineCounter = new LineCounter();
  const positionOf = (offset: number | undefined): Position => {
    if (offset === undefined) return start;
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter, stringKeys: true, prettyErrors: false, logLevel: "error" });
  } catch {
    return refused(tooDeep);
  }
  const problems = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    ...positionOf(pos[0]),
    reason: syntaxReason(message),
  }));
  return problems.length > 0 ? { ok: false, problems } : plainValue(document, positionOf);
}
