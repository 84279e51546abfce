// Small pieces of text that several commands print.
import type { PlaceText } from "../shared/core/report.ts";

/** `1 person`, `2 people`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

type NamedKind = { readonly name: string; readonly kind: string };

/** What a source's rows are counted by: only a CSV file has lines; a JSON document and a system have items, counted as
 * they come. */
export function rowWord(kind: string): "line" | "item" {
  return kind === "csv" ? "line" : "item";
}

/** Where a row stands, for sources of these kinds. One that the rules have no more had lines, as far as anybody knows. */
export function placeTexts(sources: readonly NamedKind[]): PlaceText {
  const words = new Map(sources.map(({ name, kind }) => [name, rowWord(kind)]));
  return (source, line) => (line === undefined ? source : `${source}, ${words.get(source) ?? "line"} ${line}`);
}
