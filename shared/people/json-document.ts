// One JSON document with a list in it: the items, the total that it names, and what is wrong with it.
import type { PageCheck } from "./page-checks.ts";

export type DocumentShape = {
  readonly itemsOf: (document: unknown) => unknown;
  readonly totalOf?: ((document: unknown) => unknown) | undefined;
  /** True where a page need not name a total. */
  readonly totalOptional?: boolean | undefined;
  /** What else a page must be; each gives the second half of a sentence when the page is not. */
  readonly checks?: readonly PageCheck[] | undefined;
};

export type DocumentRead = {
  readonly document: unknown;
  readonly items: readonly unknown[];
  readonly total: number | undefined;
  /** Second halves of sentences about the document. */
  readonly faults: readonly string[];
};

/** Reads the text. Never throws: what is no JSON, has no list where it should be, or carries an error, has faults. */
export function readDocument(text: string, shape: DocumentShape): DocumentRead {
  const parsed = parseJson(text);
  if (!parsed.ok) return { document: undefined, items: [], total: undefined, faults: ["is no JSON"] };
  const { document } = parsed;
  const faults: string[] = [];
  if (hasError(document)) faults.push("carries an error, although it was answered as a success");
  const items = shape.itemsOf(document);
  if (!Array.isArray(items)) faults.push("has no list where the rules say that the items are");
  const total = shape.totalOf === undefined ? undefined : countOf(shape.totalOf(document));
  if (shape.totalOf !== undefined && total === undefined && shape.totalOptional !== true)
    faults.push("has no number where the rules say that the total is");
  for (const check of shape.checks ?? []) {
    const fault = check(document);
    if (fault !== undefined) faults.push(fault);
  }
  return { document, items: Array.isArray(items) ? items : [], total, faults };
}

export type ParsedJson = { readonly ok: true; readonly document: unknown } | { readonly ok: false };

/** The document of a text, with or without a byte order mark. */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, document: JSON.parse(text.replace(/^\uFEFF/, "")) };
  } catch {
    return { ok: false };
  }
}

/** Some systems answer 200 and put what failed into the body, beside a part of the list or in place of it. */
function hasError(document: unknown): boolean {
  if (typeof document !== "object" || document === null) return false;
  return ["error", "errors"].some((name) => Object.hasOwn(document, name) && isSomething(Reflect.get(document, name)));
}

function isSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== false && value !== "" && value !== 0;
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
