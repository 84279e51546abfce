// One reader for each mapped field: from a column, or from an expression over the raw row. Compiled once for a source.
import { AppError } from "../core/errors.ts";
import { type MappableField, mappableFields } from "../core/person.ts";
import { type CellText, cellText } from "./cell-text.ts";
import type { SourceConfig } from "./source-config.ts";
import type { RowExpression, RowExpressions } from "./source-deps.ts";

/** A raw row as the mapping sees it. `cells` are in the order of the mapping's `inputs`. */
export type RawRow = {
  readonly cells: readonly unknown[];
  /** The whole row under its own names, made only when an expression asks for it. */
  readonly row: () => Readonly<Record<string, unknown>>;
  /** CSV: the line; JSON: the number of the item. From 1. */
  readonly line: number;
};

export type FieldReader =
  | { readonly field: MappableField; readonly kind: "column"; readonly input: number }
  | { readonly field: MappableField; readonly kind: "map"; readonly run: RowExpression };

export type FieldReaders = {
  /** The columns or paths that are read, each once. */
  readonly inputs: readonly string[];
  readonly readers: readonly FieldReader[];
  /** Index of the status column in `inputs`. */
  readonly statusInput: number | undefined;
};

/** @throws CONFIG_INVALID for an expression that does not compile, a field mapped twice, or no employeeNumber */
export function createFieldReaders(config: SourceConfig, expressions: RowExpressions): FieldReaders {
  const inputs: string[] = [];
  const inputOf = (column: string) => {
    const known = inputs.indexOf(column);
    return known === -1 ? inputs.push(column) - 1 : known;
  };
  const readers = mappableFields.flatMap((field): readonly FieldReader[] => {
    const column = config.columns[field];
    const expression = config.map[field];
    if (column !== undefined && expression !== undefined) {
      throw invalid(config.name, `${field} stands under columns and under map, expected one of them`);
    }
    if (column !== undefined) return [{ field, kind: "column", input: inputOf(column) }];
    if (expression === undefined) return [];
    const compiled = expressions.rowValue(expression);
    if (!compiled.ok) throw invalid(config.name, `the expression for ${field} cannot be used, ${compiled.reason}`);
    return [{ field, kind: "map", run: compiled.run }];
  });
  if (!readers.some(({ field }) => field === "employeeNumber")) {
    throw invalid(config.name, "no column and no expression gives employeeNumber, expected one");
  }
  return { inputs, readers, statusInput: config.status === undefined ? undefined : inputOf(config.status.column) };
}

function invalid(source: string, reason: string): AppError {
  return new AppError("CONFIG_INVALID", `Cannot use the mapping of source "${source}": ${reason}`);
}

/** The field's text in this row. */
export function readField(reader: FieldReader, raw: RawRow): CellText {
  if (reader.kind === "column") return cellText(raw.cells[reader.input]);
  const result = reader.run(raw.row());
  if (result.ok) return cellText(result.value);
  return { ok: false, code: "expressionFailed", reason: `its expression fails for this row: ${result.reason}` };
}
