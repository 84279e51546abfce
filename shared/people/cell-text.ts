// From a raw cell to text that can be kept: trimmed, of bounded length, without what no name or number holds.
import type { RowProblemCode } from "../core/person.ts";

export type CellText =
  | { readonly ok: true; readonly text: string }
  /** `reason` is the second half of a sentence about a field; it never holds the cell. */
  | { readonly ok: false; readonly code: RowProblemCode; readonly reason: string };

/** Longer than anything that API Management takes, short enough that a damaged file cannot fill the memory. */
const maxCellLength = 1000;

/** Stands where a system says that it withholds a value: that is not an empty cell. */
export const withheld = Symbol("withheld");

const emptyCell: CellText = { ok: true, text: "" };

// U+FFFD is what a decoder puts where bytes were no text: the cell is not what HR wrote.
const unusable = /[\p{Cc}\p{Cs}\uFFFD]/u;
const layout = /\s*[\t\n\v\f\r]\s*/g;

/** The cell as text: numbers and truth values as they are written, nothing and null as "". Line breaks and tabs inside
 * become one space. Control characters, broken characters, lists, objects and numbers that JSON cannot carry exactly
 * are refused. */
export function cellText(value: unknown): CellText {
  if (typeof value === "string") return stringText(value);
  if (value === undefined || value === null) return emptyCell;
  if (typeof value === "boolean") return { ok: true, text: String(value) };
  if (typeof value === "number") return numberText(value);
  if (value === withheld)
    return { ok: false, code: "columnMissing", reason: "the system withholds it, expected the right to read it" };
  return { ok: false, code: "notText", reason: "it is a list or an object, expected text" };
}

/** Nearly every cell: to see that costs less than to look for what is wrong. */
const plain = /^[!-~](?:[ -~]{0,200}[!-~])?$/;

function stringText(value: string): CellText {
  if (plain.test(value)) return { ok: true, text: value };
  const trimmed = value.trim();
  if (trimmed.length > maxCellLength) {
    return {
      ok: false,
      code: "tooLong",
      reason: `it has ${trimmed.length} characters, expected at most ${maxCellLength}`,
    };
  }
  if (!unusable.test(trimmed)) return { ok: true, text: trimmed };
  const flat = trimmed.replace(layout, " ");
  if (!unusable.test(flat)) return { ok: true, text: flat };
  return {
    ok: false,
    code: "encoding",
    reason: "it holds characters that are not text, expected the encoding that the rules name",
  };
}

function numberText(value: number): CellText {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return { ok: true, text: String(value) };
  return { ok: false, code: "notText", reason: "it is a number too large to be read exactly, expected text" };
}

/** True for a cell whose text was changed by more than trimming: not fit for a key. */
export function isFolded(value: unknown): boolean {
  return typeof value === "string" && /[\t\n\v\f\r]/.test(value.trim());
}
