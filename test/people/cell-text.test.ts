import { describe, expect, it } from "vitest";
import { cellText } from "../../shared/people/cell-text.ts";

describe("cellText", () => {
  it.each([
    ["  Ann  ", "Ann"],
    ["", ""],
    [undefined, ""],
    [null, ""],
    [17, "17"],
    [1.5, "1.5"],
    [false, "false"],
    ["a\r\n b\tc", "a b c"],
    ["x".repeat(1000), "x".repeat(1000)],
    ["Zoë 🦊", "Zoë 🦊"],
  ])("takes %j as text", (value, text) => {
    expect(cellText(value)).toEqual({ ok: true, text });
  });

  it.each([
    ["x".repeat(1001), "tooLong"],
    ["a\u0000b", "encoding"],
    ["a\u001bb", "encoding"],
    ["a\u0085b", "encoding"],
    ["a\uFFFDb", "encoding"],
    ["\ud800", "encoding"],
    [{ name: "Ann" }, "notText"],
    [["Ann"], "notText"],
    [2 ** 53, "notText"],
    [Number.NaN, "notText"],
  ])("refuses what is no text or not the text that was written (case %#)", (value, code) => {
    expect(cellText(value)).toMatchObject({ ok: false, code });
  });

  it("never repeats the cell in its reason", () => {
    const refused = ["secret\u0000", { secret: 1 }, "secret".repeat(300)].map((value) => cellText(value));
    expect(JSON.stringify(refused)).not.toContain("secret");
  });
});
