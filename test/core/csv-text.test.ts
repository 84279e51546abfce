import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { csvRow } from "../../shared/core/csv-text.ts";

describe("csvRow()", () => {
  it("gives cells back as they were to whoever reads CSV", () => {
    const cells = ["plain", 'say "so"', "a,b", "a;b", "two\nlines", "", "ü 人"];

    expect(parse(csvRow(cells))).toEqual([cells]);
    expect(csvRow(["a", 7, undefined])).toBe("a,7,");
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])(
    "leaves no cell that a spreadsheet runs as a formula: %j",
    (text) => {
      const row = csvRow([text, "next"]);

      expect(row.startsWith(`"'`)).toBe(true);
      expect(parse(row)).toEqual([[`'${text}`, "next"]]);
    },
  );
});
