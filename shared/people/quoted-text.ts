/** A text in a condition as OData writes it: in apostrophes, an apostrophe within it twice. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
