// Text on its way into a CSV file that somebody opens as a spreadsheet. What begins like a formula would be run as one,
// so such a cell is quoted and begins with an apostrophe, which the spreadsheet takes for "this is text".

const formula = /^[=+\-@\t\r]/;
const special = /[",;\r\n\t]/;

function csvCell(text: string): string {
  if (formula.test(text)) return `"'${text.replaceAll('"', '""')}"`;
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row, without its line break. */
export function csvRow(cells: readonly (string | number | undefined)[]): string {
  return cells.map((cell) => csvCell(String(cell ?? ""))).join(",");
}
