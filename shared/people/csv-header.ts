// The header of a CSV file: which delimiter it is written with, and where the mapped columns stand in it.
import type { RowProblem } from "../core/person.ts";
import type { Mapping } from "./mapping.ts";

export const csvDelimiters = [",", ";", "\t", "|"] as const;

export type CsvDelimiter = (typeof csvDelimiters)[number];

export type CsvHeader = {
  /** How many fields each row has to have. */
  readonly width: number;
  /** Where each input of the mapping stands; -1 for one that is not there or there twice. */
  readonly indexes: readonly number[];
  /** Names that stand in the header once, with their index: what an expression may ask for. */
  readonly columns: readonly (readonly [name: string, index: number])[];
  readonly missing: ReadonlySet<string>;
  readonly problems: readonly RowProblem[];
};

/** The delimiter that finds most of the wanted columns in a header line; among equals the one that gives most names.
 * Delimiters within quotes count as well: what decides is how many of the names are found. */
export function detectDelimiter(line: string, quote: string, wanted: readonly string[]): CsvDelimiter {
  let best: { delimiter: CsvDelimiter; found: number; width: number } = { delimiter: ",", found: -1, width: 0 };
  for (const delimiter of csvDelimiters) {
    const names = line.split(delimiter).map((name) => unquoted(name.trim(), quote));
    const found = wanted.filter((column) => names.includes(column.trim())).length;
    if (found > best.found || (found === best.found && names.length > best.width)) {
      best = { delimiter, found, width: names.length };
    }
  }
  return best.delimiter;
}

function unquoted(name: string, quote: string): string {
  const isQuoted = quote !== "" && name.length > 1 && name.startsWith(quote) && name.endsWith(quote);
  return isQuoted
    ? name
        .slice(1, -1)
        .replaceAll(quote + quote, quote)
        .trim()
    : name;
}

/** Finds the mapped columns. One that is missing, or that stands there twice so that nobody knows which is meant, is a
 * problem of the header. Names are compared trimmed, in their own case. */
export function bindHeader(source: string, line: number, header: readonly string[], mapping: Mapping): CsvHeader {
  const names = header.map((name) => name.trim());
  const places = new Map<string, number[]>();
  for (const [index, name] of names.entries()) places.set(name, [...(places.get(name) ?? []), index]);
  const problems: RowProblem[] = [];
  const indexes = mapping.inputs.map((input) => {
    const found = places.get(input.trim()) ?? [];
    if (found.length === 1) return found[0] ?? -1;
    const reason =
      found.length === 0
        ? `Column "${input}" is missing`
        : `Column "${input}" stands in the header ${found.length} times`;
    problems.push({ code: "columnMissing", source, line, field: input, reason: `${reason}, expected once` });
    return -1;
  });
  const columns = [...places].flatMap(([name, found]) => {
    const [index] = found;
    return name !== "" && found.length === 1 && index !== undefined ? [[name, index] as const] : [];
  });
  const missing = new Set(mapping.inputs.filter((_, position) => indexes[position] === -1));
  return { width: names.length, indexes, columns, missing, problems };
}
