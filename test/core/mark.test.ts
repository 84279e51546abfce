import { describe, expect, it } from "vitest";
import { parseMark, writeMark } from "../../shared/core/mark.ts";

const fields = { owner: "contoso platform", space: "employee", key: "1/ä" };
const line = "rollcall/1 owner=contoso%20platform space=employee key=1%2F%C3%A4";

describe("writeMark()", () => {
  it("makes one line of percent-encoded values", () => {
    expect(writeMark("", fields)).toBe(line);
    expect(writeMark("", { owner: "o", blocked: "2026-02-01T00:00:00Z" })).toBe(
      "rollcall/1 owner=o blocked=2026-02-01T00%3A00%3A00Z",
    );
  });

  it("keeps the other lines of the note and stands after the last one", () => {
    expect(writeMark("met at the fair\r\nlikes tea", fields)).toBe(`met at the fair\r\nlikes tea\n${line}`);
  });

  it("takes the place of the old mark and keeps what others wrote around it", () => {
    const note = `first\n${line} blocked=x\nlast\n`;

    expect(writeMark(note, fields)).toBe(`first\n${line}\nlast\n`);
  });
});

describe("parseMark()", () => {
  it("reads a mark among other lines, whatever ends them", () => {
    expect(parseMark(`first\r\n${line}\r\nlast`)).toEqual({ kind: "mark", fields });
  });

  it("reads when a subscription was handed over, and takes an empty instant for none", () => {
    const mark = "rollcall/1 owner=o key=u1";
    expect(parseMark(`${mark} transferred=2026-02-01T00%3A00%3A00Z`)).toEqual({
      kind: "mark",
      fields: { owner: "o", key: "u1", transferred: "2026-02-01T00:00:00Z" },
    });
    expect(parseMark(`${mark} transferred=`)).toEqual({ kind: "mark", fields: { owner: "o", key: "u1" } });
  });

  it("reads when it was blocked", () => {
    expect(parseMark("rollcall/1 owner=o space=s key=1 blocked=2026-02-01T00%3A00%3A00Z")).toEqual({
      kind: "mark",
      fields: { owner: "o", space: "s", key: "1", blocked: "2026-02-01T00:00:00Z" },
    });
  });

  it("takes an empty time of blocking for none", () => {
    expect(parseMark("rollcall/1 owner=o blocked=")).toEqual({ kind: "mark", fields: { owner: "o" } });
  });

  it("keeps quiet about fields that a later version may add", () => {
    expect(parseMark("rollcall/1 owner=o colour=red")).toEqual({ kind: "mark", fields: { owner: "o" } });
  });

  it("finds none in a text that only mentions it", () => {
    expect(parseMark("")).toEqual({ kind: "none" });
    expect(parseMark("see rollcall/1 owner=o")).toEqual({ kind: "none" });
  });

  it.each([
    ["another version", "rollcall/2 owner=o"],
    ["no owner", "rollcall/1 space=s key=1"],
    ["an empty owner", "rollcall/1 owner="],
    ["a field without a value", "rollcall/1 owner=o key"],
    ["a field without a name", "rollcall/1 owner=o =1"],
    ["a field twice", "rollcall/1 owner=o owner=p"],
    ["broken percent-encoding", "rollcall/1 owner=%zz"],
    ["two marks", "rollcall/1 owner=o\nrollcall/1 owner=o"],
  ])("takes %s for malformed", (_what, note) => {
    expect(parseMark(note)).toEqual({ kind: "malformed" });
  });
});
