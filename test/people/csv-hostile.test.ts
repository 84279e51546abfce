import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { problemsOf, readBytes, workersOf } from "./source-kit.ts";

const header = "ID,Name,Dept\n";

function utf16be(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

describe("hostile CSV files", () => {
  it("reads quotes, doubled quotes, delimiters and line breaks within quotes", async () => {
    const read = await readBytes(`"ID","Name","Dept"\r\n"1","Ann ""Annie"", Doe","Sales\r\nNorth"\r\n2,Bob,IT\r\n`);

    expect(read.completeness).toBe("complete");
    expect(read.people).toMatchObject([
      { employeeNumber: "1", givenName: 'Ann "Annie", Doe', department: "Sales North", line: 2 },
      { employeeNumber: "2", givenName: "Bob", line: 4 },
    ]);
  });

  it("ends rows at CRLF, LF and CR, mixed in one file", async () => {
    const read = await readBytes("ID,Name,Dept\r\n1,Ann,Sales\n2,Bob,IT\r3,Cy,IT\r\n");

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ employeeNumber, line }) => [employeeNumber, line])).toEqual([
      ["1", 2],
      ["2", 3],
      ["3", 4],
    ]);
  });

  it("counts a row with a stray quote within a field as lost, and reads the others", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,Bob "B" Doe,IT\n3,Cy,IT\n`);

    expect(read.completeness).toBe("incomplete");
    expect(problemsOf(read)).toEqual(["3 - quote -"]);
    expect(read.people.map(({ employeeNumber, line }) => [employeeNumber, line])).toEqual([
      ["1", 2],
      ["3", 4],
    ]);
    expect(JSON.stringify(read.problems)).not.toContain("Bob");
  });

  it("reads no further than a field that goes on behind its closing quote", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,"Bob"x,IT\n3,Cy,IT\n`);

    expect(read.completeness).toBe("incomplete");
    expect(workersOf(read)).toEqual(["1"]);
    expect(problemsOf(read)[0]).toBe("3 - quote -");
  });

  it("is incomplete when a quote that was never meant to be closed takes in other rows", async () => {
    const read = await readBytes(`${header}1,"Ann,Sales\n2,Bob,IT\n3,"Cy",IT\n4,Di",IT\n5,Ed,IT\n`);
    const neat = await readBytes(`${header}1,"Ann,Sales\n2,Bob,IT\n3,Cy",IT\n4,Di,IT\n`);

    expect(read.completeness).toBe("incomplete");
    expect(neat.completeness).toBe("incomplete");
    expect(neat.evidence.incompleteBecause).toEqual([expect.stringContaining("line 2 holds what looks like rows")]);
  });

  it("is incomplete when a row of the wrong length holds a line break, which may hide another worker", async () => {
    const read = await readBytes(`${header}1,"Ann\n2,Bob",IT,x\n3,Cy,IT\n`);

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toEqual([expect.stringContaining("line 2 holds what looks like rows")]);
  });

  it("takes quotes as text where the rules say that there are none", async () => {
    const read = await readBytes(`${header}1,Ann "A" Doe,"Sales\n`, { settings: { quote: "" } });

    expect(read.people).toMatchObject([{ givenName: 'Ann "A" Doe', department: '"Sales' }]);
    expect(read.completeness).toBe("complete");
  });

  it("takes another quote where the rules name it", async () => {
    const read = await readBytes(`${header}1,'Ann, ''A'' Doe',Sales\n`, { settings: { quote: "'" } });

    expect(read.people).toMatchObject([{ givenName: "Ann, 'A' Doe" }]);
  });

  it("is incomplete when the header cannot be cut", async () => {
    const read = await readBytes('ID,Na"me,Dept\n1,Ann,Sales\n');

    expect(read).toMatchObject({ completeness: "incomplete", people: [] });
    expect(read.evidence.incompleteBecause).toEqual([
      expect.stringContaining("The header line cannot be cut into names"),
    ]);
  });

  it("stops at a row without an end and says so", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,"${"x,y\n".repeat(400_000)}`);

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toContainEqual(expect.stringContaining("A row is longer than"));
  });

  it("stops at a header without an end", async () => {
    const read = await readBytes("x".repeat(200_000));

    expect(read.evidence.incompleteBecause).toEqual([expect.stringContaining("The header line does not end")]);
  });

  it.each([
    ["a header without an end", "x".repeat(500_000)],
    ["a beginning without anything", " ".repeat(500_000)],
    ["a header that cannot be cut", `"ID","Name" x,Dept\n${"1,Ann,Sales\n".repeat(50_000)}`],
    ["a quote that is never closed", `${header}2,"${"x,y\n".repeat(800_000)}`],
  ])("holds no stream open after %s", async (_, text) => {
    const bytes = Buffer.from(text, "utf8");
    let sent = 0;
    const stream = new Readable({
      read() {
        this.push(sent < bytes.length ? bytes.subarray(sent, sent + 10_000) : null);
        sent += 10_000;
      },
    });
    const read = await readBytes(bytes, {}, { opened: { stream } });

    expect(read.completeness).toBe("incomplete");
    expect(sent).toBeLessThan(bytes.length);
    expect(stream.destroyed).toBe(true);
  });

  it.each([
    ["UTF-8 with a byte order mark", Buffer.from("\uFEFFID,Name,Dept\n1,Zoë,Süd\n", "utf8"), "utf-8"],
    ["a mark before a quoted header", Buffer.from('\uFEFF"ID","Name","Dept"\n1,Zoë,Süd\n', "utf8"), "utf-8"],
    ["UTF-16LE with a mark, against the rules", Buffer.from("\uFEFFID,Name,Dept\n1,Zoë,Süd\n", "utf16le"), "utf-8"],
    ["UTF-16BE with a mark", utf16be("\uFEFFID,Name,Dept\n1,Zoë,Süd\n"), "utf-8"],
    ["UTF-16LE without a mark", Buffer.from("ID,Name,Dept\n1,Zoë,Süd\n", "utf16le"), "utf-16le"],
    ["latin1", Buffer.from("ID,Name,Dept\n1,Zoë,Süd\n", "latin1"), "latin1"],
    ["windows-1252", Buffer.from("ID,Name,Dept\n1,Zoë,Süd\n", "latin1"), "windows-1252"],
  ])("reads %s, also byte by byte", async (_, bytes, encoding) => {
    for (const chunk of [64 * 1024, 1]) {
      const read = await readBytes(bytes, { settings: { encoding } }, { chunk });

      expect(read.completeness).toBe("complete");
      expect(read.people).toMatchObject([{ employeeNumber: "1", givenName: "Zoë", department: "Süd" }]);
    }
  });

  it("reads the letters that windows-1252 has and latin1 has not", async () => {
    const bytes = Buffer.concat([Buffer.from(`${header}1,`), Buffer.of(0x80, 0x8a, 0x92, 0x9f), Buffer.from(",x\n")]);
    const read = await readBytes(bytes, { settings: { encoding: "windows-1252" } });

    expect(read.people[0]?.givenName).toBe("€Š’Ÿ");
  });

  it("reports bytes that are no text as encoding and holds the row", async () => {
    const read = await readBytes(Buffer.from(`${header}1,Zoë,Süd\n2,Bob,IT\n`, "latin1"));

    expect(problemsOf(read)).toEqual(["2 employee/1 encoding givenName", "2 employee/1 encoding department"]);
    expect(read.people[0]?.unreadable).toEqual(["givenName", "department"]);
    expect(read.people[1]?.unreadable).toEqual([]);
  });

  it("is incomplete when the file ends within a character", async () => {
    const text = Buffer.from("ID,Name,Dept,Note\n1,Ann,Sales,Zoë", "utf8");
    const read = await readBytes(text.subarray(0, -1));

    expect(read.completeness).toBe("incomplete");
  });

  it("finds no columns in UTF-16 that is taken for UTF-8, and reads nobody", async () => {
    const read = await readBytes(Buffer.from(`${header}1,Ann,Sales\n`, "utf16le"));

    expect(read).toMatchObject({ completeness: "incomplete", people: [] });
  });

  it("survives NUL bytes: a problem where they stand in a mapped field, a lost row where they stand alone", async () => {
    const read = await readBytes(`${header}1,A\u0000nn,Sales\n\u0000\n2,Bob,IT\n`);

    expect(problemsOf(read)).toEqual(["2 employee/1 encoding givenName", "3 - fieldCount -"]);
    expect(workersOf(read)).toEqual(["1", "2"]);
    expect(read.completeness).toBe("incomplete");
  });

  it("is not misled by names that objects have by themselves", async () => {
    const text = "ID,__proto__,constructor\n1,Ann,Sales\n";
    const columns = { employeeNumber: "ID", givenName: "__proto__", department: "constructor" };
    const read = await readBytes(text, { columns });

    expect(read.people).toMatchObject([{ givenName: "Ann", department: "Sales" }]);
  });
});
