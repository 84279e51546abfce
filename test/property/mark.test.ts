// Marks in texts that others write: nothing that they write can break reading, nothing of theirs is lost by writing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMark, writeMark } from "../../shared/core/mark.ts";

const cases = { numRuns: 2_000 };
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", " ", "=", "%", "%zz"),
);
/** Any sequence of code units, halves of pairs included. */
const codeUnits = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes));
const line = fc.oneof(
  text,
  fc.constantFrom(
    "rollcall",
    "rollcall/",
    "rollcall/1",
    "rollcall/2 owner=a",
    " rollcall/1 owner=a",
    "rollcall/1 owner=a\r",
  ),
);
const note = fc
  .array(line, { maxLength: 6 })
  .chain((lines) => fc.constantFrom("\n", "\r\n", "\r").map((end) => lines.join(end)));
const fields = fc
  .record({
    owner: fc.string({ unit: "binary", minLength: 1 }),
    space: text,
    key: text,
    blocked: text,
    with: fc.nat(7),
  })
  .map(({ owner, space, key, blocked, with: which }) => ({
    owner,
    ...(which & 1 ? { space } : {}),
    ...(which & 2 ? { key } : {}),
    ...(which & 4 && blocked !== "" ? { blocked } : {}),
  }));

function marks(of: string): readonly string[] {
  return of.split("\n").filter((one) => one.startsWith("rollcall/"));
}

function others(of: string): readonly string[] {
  return of === "" ? [] : of.split("\n").filter((one) => !one.startsWith("rollcall/"));
}

describe("parseMark()", () => {
  it("gives back what writeMark() wrote, in any text that has at most one mark", () => {
    fc.assert(
      fc.property(note, fields, (before, mark) => {
        fc.pre(marks(before).length < 2);

        const read = parseMark(writeMark(before, mark));

        expect(read).toEqual({ kind: "mark", fields: mark });
      }),
      cases,
    );
  });

  it("takes any text without throwing", () => {
    fc.assert(
      fc.property(fc.oneof(note, fc.string({ unit: "binary" }), codeUnits), (any) => {
        expect(["none", "mark", "malformed"]).toContain(parseMark(any).kind);
      }),
      cases,
    );
  });

  it("takes a text with two marks for malformed", () => {
    fc.assert(
      fc.property(note, fields, fields, (before, one, two) => {
        const twice = [writeMark("", one), before, writeMark("", two)].join("\n");

        expect(parseMark(twice)).toEqual({ kind: "malformed" });
      }),
      cases,
    );
  });
});

describe("writeMark()", () => {
  it("keeps every other line byte for byte", () => {
    fc.assert(
      fc.property(note, fields, (before, mark) => {
        const after = writeMark(before, mark);

        expect(others(after)).toEqual(others(before));
      }),
      cases,
    );
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(note, fields, (before, mark) => {
        const once = writeMark(before, mark);

        expect(writeMark(once, mark)).toBe(once);
      }),
      cases,
    );
  });
});
