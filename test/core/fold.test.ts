import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldAddress, foldId, foldName } from "../../shared/core/fold.ts";

describe("foldAddress()", () => {
  it("takes capitals, outer spaces and composed letters for the same address", () => {
    expect(foldAddress(" Ada.EK@Contoso.com ")).toBe("ada.ek@contoso.com");
    expect(foldAddress("rene\u0301@contoso.com")).toBe("ren\u00E9@contoso.com");
  });
});

describe("folding of plain text", () => {
  const plain = fc.string({
    unit: fc.constantFrom("a", "z", "A", "Z", "@", "[", "`", "~", "!", ".", " ", "\t", "\u007F"),
  });

  it("comes to the same as the rules for any text", () => {
    fc.assert(
      fc.property(plain, (text) => {
        expect(foldAddress(text)).toBe(text.trim().toLowerCase());
        expect(foldName(text, 5)).toBe(foldName(`\u200E${text}`, 5));
      }),
    );
  });
});

describe("foldId()", () => {
  it("takes capitals for the same id", () => {
    expect(foldId("Developers")).toBe("developers");
  });
});

describe("foldName()", () => {
  it("composes letters and makes every run of white space one space", () => {
    expect(foldName("  Rene\u0301\t\n de  la\u00A0Cruz ", 100)).toBe("Ren\u00E9 de la Cruz");
  });

  it("drops control characters and marks that turn the writing direction around", () => {
    expect(foldName("Ada\u0000\u202E kE\u2069", 100)).toBe("Ada kE");
  });

  it("keeps the joiners that Persian and Indic names need", () => {
    expect(foldName("\u0639\u0644\u06CC\u200C\u0631\u0636\u0627", 100)).toBe(
      "\u0639\u0644\u06CC\u200C\u0631\u0636\u0627",
    );
  });

  it("cuts by characters, never through one, and leaves no space at the end", () => {
    expect(foldName("\u{1F600}\u{1F600}\u{1F600}", 2)).toBe("\u{1F600}\u{1F600}");
    expect(foldName("Ada Ek", 4)).toBe("Ada");
  });

  it("changes nothing the second time", () => {
    const once = foldName(" A\u0301\u0000  B ", 3);

    expect(foldName(once, 3)).toBe(once);
  });
});
