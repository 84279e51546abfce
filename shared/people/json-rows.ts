// The items of a JSON list as rows: hands them to the mapping and keeps account of which inputs were ever there.
import type { LeftOut } from "../core/left-out.ts";
import type { LeftOutRows, Person, RowProblem } from "../core/person.ts";
import { withheld } from "./cell-text.ts";
import { compilePath } from "./json-path.ts";
import type { Mapping } from "./mapping.ts";

export type JsonRows = {
  take(items: readonly unknown[]): void;
  finish(): {
    readonly rows: number;
    readonly people: readonly Person[];
    readonly leftOut?: LeftOutRows;
    readonly problems: readonly RowProblem[];
    readonly faults: readonly string[];
  };
};

const nothing: ReadonlySet<string> = new Set();

/** Finds the value that a column of the rules names in an item. */
export type PathCompiler = (path: string) => (item: unknown) => unknown;

export type JsonRowsOptions = {
  /** Dotted paths unless stated. */
  readonly compile?: PathCompiler | undefined;
  /** True for a system that writes what is empty as well: a field that stands in no row may not be read. */
  readonly writesEmpty?: boolean | undefined;
  /** Takes rows that give nobody anything; without it all are kept whole. */
  readonly leftOut?: LeftOut | undefined;
};

/** @param source name of the source, for problems */
export function createJsonRows(
  source: string,
  mapping: Mapping,
  { compile = compilePath, writesEmpty = false, leftOut }: JsonRowsOptions = {},
): JsonRows {
  const people: Person[] = [];
  const problems: RowProblem[] = [];
  const getters = mapping.inputs.map(compile);
  const present = mapping.inputs.map(() => false);
  const mapper = mapping.start(nothing);
  let rows = 0;

  const cellsOf = (item: unknown) =>
    getters.map((get, index) => {
      const cell = get(item);
      if (cell !== undefined && cell !== withheld) present[index] = true;
      return cell;
    });

  return {
    take(items) {
      for (const item of items) {
        rows += 1;
        const { person, problems: found } = mapper.map({ cells: cellsOf(item), row: () => rowOf(item), line: rows });
        if (person !== undefined && leftOut?.take(person) !== true) people.push(person);
        problems.push(...found);
      }
    },
    finish() {
      const absent = rows === 0 ? [] : mapping.inputs.filter((_, index) => present[index] !== true);
      const lost = absent.filter((input) => writesEmpty || !isOftenAbsent(mapping, input));
      const unreadable = lost.flatMap((input) => mapping.fieldsOf(input));
      const missing = lost.map((input) => {
        const reason = `Property "${input}" is missing from all ${rows} items, expected it in one at least`;
        return { code: "columnMissing", source, line: 1, field: input, reason } satisfies RowProblem;
      });
      const result = { rows, problems: [...problems, ...missing], faults: missing.map(({ reason }) => reason) };
      if (unreadable.length === 0)
        return { ...result, people, ...(leftOut !== undefined && { leftOut: leftOut.rows() }) };
      // Whoever was left out was so by rows that turn out to say too little.
      const all = [...people, ...(leftOut?.rows().all() ?? [])].sort((one, other) => one.line - other.line);
      return { ...result, people: all.map((person) => withUnreadable(person, unreadable)) };
    },
  };
}

/** Systems that leave out what is empty leave out the end date of everybody who stays. A right that was taken away
 * looks the same for every other field, and would take people out of their groups. */
function isOftenAbsent(mapping: Mapping, input: string): boolean {
  const fields = mapping.fieldsOf(input);
  return fields.length > 0 && fields.every((field) => field === "endDate");
}

function withUnreadable(person: Person, fields: Person["unreadable"]): Person {
  return { ...person, unreadable: [...new Set([...person.unreadable, ...fields])] };
}

function rowOf(item: unknown): Readonly<Record<string, unknown>> {
  return typeof item === "object" && item !== null && !Array.isArray(item) ? { ...item } : {};
}
