// The rows of a CSV file as csv-parse gives them: arrays of cells. Counts lines, skips blank ones, proves that each row
// is whole, and hands whole rows to the mapping. Nothing is dropped without a trace.
import type { LeftOut } from "../core/left-out.ts";
import type { LeftOutRows, Person, RowProblem } from "../core/person.ts";
import { bindHeader, type CsvDelimiter, type CsvHeader } from "./csv-header.ts";
import type { RawRow } from "./field-readers.ts";
import type { Mapped, Mapping, RowMapper } from "./mapping.ts";

export type CsvRows = {
  /** Takes the next record; the first that is not blank is the header. */
  take(record: readonly string[]): void;
  /** A line that csv-parse dropped for a stray quote, `records` records after the start. Without its header no row can be
   * read. */
  skip(at: { readonly line: number; readonly records: number }): void;
  /** From now on cells may hold line breaks. */
  quoteSeen(): void;
  /** True once the header turned out to be unreadable or to have no column for the worker's key: no row can be read. */
  isHopeless(): boolean;
  finish(): CsvResult;
};

export type CsvResult = {
  readonly rows: number;
  readonly people: readonly Person[];
  readonly leftOut?: LeftOutRows;
  readonly problems: readonly RowProblem[];
  readonly faults: readonly string[];
};

/** Above so many misshapen rows, and above one in so many, the file as a whole is in doubt. */
const maxMisshapen = 5;
const misshapenShare = 0.01;

/** @param source name of the source, for problems
 * @param leftOut takes rows that give nobody anything; without it all are kept whole */
export function createCsvRows(
  source: string,
  mapping: Mapping,
  delimiter: CsvDelimiter,
  leftOut: LeftOut | undefined,
): CsvRows {
  const people: Person[] = [];
  const problems: RowProblem[] = [];
  const faults: string[] = [];
  const skips: { line: number; records: number }[] = [];
  let header: { bound: CsvHeader; mapper: RowMapper; rawRow: ReturnType<typeof createRawRows> } | undefined;
  let line = 1;
  let records = 0;
  let rows = 0;
  let misshapen = 0;
  let quotes = false;
  let hopeless = false;
  let swallowedAt: number | undefined;
  let last: { cells: readonly string[]; line: number } | undefined;

  const keep = (mapped: Mapped) => {
    if (mapped.person !== undefined && leftOut?.take(mapped.person) !== true) people.push(mapped.person);
    if (mapped.problems.length > 0) problems.push(...mapped.problems);
  };

  const takeHeader = (names: readonly string[], at: number) => {
    const bound = bindHeader(source, at, names, mapping);
    problems.push(...bound.problems);
    faults.push(...bound.problems.map(({ reason }) => reason));
    header = { bound, mapper: mapping.start(bound.missing), rawRow: createRawRows(bound) };
    hopeless = mapping.keyInputs?.some((input) => bound.indexes[input] === -1) === true;
  };

  const takeMisshapen = (cells: readonly string[], at: number, current: NonNullable<typeof header>) => {
    const { bound, mapper, rawRow } = current;
    misshapen += 1;
    const reason = `The row has ${cells.length} fields, expected ${bound.width} as in the header`;
    const mapped = isKeySafe(cells, bound, mapping) ? mapper.mapKeyOnly(rawRow(cells, at)) : undefined;
    if (mapped?.person === undefined) problems.push({ code: "fieldCount", source, line: at, reason });
    else {
      people.push(mapped.person);
      problems.push({ code: "fieldCount", source, line: at, worker: mapped.person.worker, reason });
    }
  };

  const takeRow = (cells: readonly string[], at: number, current: NonNullable<typeof header>) => {
    rows += 1;
    last = { cells, line: at };
    const { width } = current.bound;
    if (quotes && holdsRows(cells, width, delimiter)) swallowedAt ??= at;
    if (cells.length === width) keep(current.mapper.map(current.rawRow(cells, at)));
    else takeMisshapen(cells, at, current);
  };

  return {
    quoteSeen() {
      quotes = true;
    },
    isHopeless: () => hopeless,
    skip(at) {
      if (header === undefined) hopeless = true;
      if (hopeless) return;
      const before = skips.at(-1);
      if (before?.line === at.line && before.records === at.records) return;
      skips.push(at);
      rows += 1;
      const reason = "The row has a quote that is neither at the border of a field nor doubled, expected it quoted";
      problems.push({ code: "quote", source, line: at.line, reason });
    },
    take(record) {
      if (hopeless) return;
      for (let next = skips[0]; next !== undefined && next.records <= records; next = skips[0]) {
        line = Math.max(line, next.line + 1);
        skips.shift();
      }
      records += 1;
      const at = line;
      line += 1 + (quotes ? lineBreaks(record) : 0);
      if (record.length <= 1 && (record[0] ?? "").trim() === "") return;
      if (header === undefined) takeHeader(record, at);
      else takeRow(record, at, header);
    },
    finish() {
      // How much more was looked at before the end came depends on chance: nothing of it counts.
      if (hopeless) return hopelessResult(header?.bound.problems);
      if (last !== undefined && header !== undefined && isCutOff(last.cells, header.bound.width)) {
        faults.push(`The last row, at line ${last.line}, is cut off: it has fewer fields than the header`);
      }
      if (misshapen > Math.max(maxMisshapen, rows * misshapenShare)) {
        faults.push(
          `${misshapen} of ${rows} rows have another number of fields than the header, check delimiter and quotes`,
        );
      }
      if (swallowedAt !== undefined) {
        faults.push(
          `The row at line ${swallowedAt} holds what looks like rows within a quoted field, check its quotes`,
        );
      }
      return { rows, people, ...(leftOut !== undefined && { leftOut: leftOut.rows() }), problems, faults };
    },
  };
}

/** @param problems of the header; undefined when it could not be cut into names */
function hopelessResult(problems: readonly RowProblem[] | undefined): CsvResult {
  const faults = problems?.map(({ reason }) => reason) ?? [
    "The header line cannot be cut into names, check delimiter and quotes",
  ];
  return { rows: 0, people: [], problems: problems ?? [], faults };
}

/** Gives rows as the mapping sees them. It is one row that changes: a million of them need not be made. */
function createRawRows(header: CsvHeader): (cells: readonly string[], line: number) => RawRow {
  let record: readonly string[] = [];
  const cells: (string | undefined)[] = header.indexes.map(() => undefined);
  const raw = {
    cells,
    row: () => Object.fromEntries(header.columns.map(([name, index]) => [name, record[index]])),
    line: 0,
  };
  return (next, line) => {
    record = next;
    raw.line = line;
    for (let position = 0; position < cells.length; position += 1)
      cells[position] = next[header.indexes[position] ?? -1];
    return raw;
  };
}

/** In a row of the wrong length a cell stands where the header says only if nothing before it was cut or added: the
 * key has to be the first field, and a delimiter has to follow it. */
function isKeySafe(cells: readonly string[], header: CsvHeader, mapping: Mapping): boolean {
  const { keyInputs } = mapping;
  return cells.length > 1 && keyInputs?.length === 1 && keyInputs.every((input) => header.indexes[input] === 0);
}

/** A quote that is opened and never meant to be closes at the next quote, rows later. The field between the two then
 * holds the delimiters of all rows in it: at least one row's worth, or the row has the wrong number of fields. */
function holdsRows(cells: readonly string[], width: number, delimiter: string): boolean {
  return cells.some((cell) => {
    if (!cell.includes("\n") && !cell.includes("\r")) return false;
    return cells.length !== width || cell.split(delimiter).length >= width;
  });
}

function lineBreaks(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    if (cell.includes("\n") || cell.includes("\r")) count += cell.split(/\r\n|\n|\r/).length - 1;
  }
  return count;
}

/** Fewer fields than the header, or an end in the middle of a character. */
function isCutOff(cells: readonly string[], width: number): boolean {
  return cells.length < width || cells.at(-1)?.endsWith("\uFFFD") === true;
}
