import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createCsvSystem } from "../../dev/hr/csv-system.ts";
import { personOf } from "../contract/hr-rig.ts";
import { describePeopleSourceContract } from "../contract/people-source-contract.ts";
import { problemsOf, readBytes, workersOf } from "./source-kit.ts";

const header = "ID,Name,Dept\n";

describe("a CSV source", () => {
  it("reads a whole file, with line numbers and evidence", async () => {
    const text = `${header}1,Ann,Sales\n2,Bob,IT\n`;
    const read = await readBytes(text, {}, { opened: { etag: '"5"', modifiedAt: 17 } });

    expect(read.completeness).toBe("complete");
    expect(read.people.map(({ employeeNumber, givenName, line }) => [employeeNumber, givenName, line])).toEqual([
      ["1", "Ann", 2],
      ["2", "Bob", 3],
    ]);
    expect(read.evidence).toEqual({
      rows: 2,
      people: 2,
      problems: 0,
      bytes: text.length,
      expectedBytes: text.length,
      etag: '"5"',
      modifiedAt: 17,
      incompleteBecause: [],
    });
  });

  it("does not miss a final line break", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,Bob,IT`);

    expect([read.completeness, ...workersOf(read)]).toEqual(["complete", "1", "2"]);
  });

  it.each(["", "\n", "\r\n  \n", header, header.trim(), `\uFEFF${header}`])("is empty for %j", async (text) => {
    expect((await readBytes(text)).completeness).toBe("empty");
  });

  it("skips blank lines and still counts them", async () => {
    const read = await readBytes(`\n${header}\n1,Ann,Sales\n   \n2,,\n\n`);

    expect(read.people.map(({ employeeNumber, line }) => [employeeNumber, line])).toEqual([
      ["1", 4],
      ["2", 6],
    ]);
    expect(read.completeness).toBe("complete");
  });

  it.each([",", ";", "\t", "|"])("finds the delimiter %j in the header", async (delimiter) => {
    const text = `${header}1,Ann,Sales\n`.replaceAll(",", delimiter);

    expect((await readBytes(text)).people).toMatchObject([
      { employeeNumber: "1", givenName: "Ann", department: "Sales" },
    ]);
  });

  it("takes the delimiter that finds the columns, though another stands there more often", async () => {
    const read = await readBytes("ID;Name;Dept;a,b,c,d,e\n1;Ann;Sales;x\n");

    expect(read.people).toMatchObject([{ employeeNumber: "1", givenName: "Ann" }]);
  });

  it("says which columns are missing when the delimiter of the rules is wrong, and reads nobody", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n`, { settings: { delimiter: ";" } });

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause[0]).toBe('Column "ID" is missing, expected once');
    expect(read.people).toEqual([]);
  });

  it("is incomplete without a mapped column, and holds every row for it", async () => {
    const read = await readBytes("ID,Name\n1,Ann\n2,Bob\n");

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toEqual(['Column "Dept" is missing, expected once']);
    expect(problemsOf(read)).toEqual(["1 - columnMissing Dept"]);
    expect(read.people.map(({ unreadable }) => unreadable)).toEqual([["department"], ["department"]]);
  });

  it("is incomplete when a mapped column stands there twice, and believes neither", async () => {
    const read = await readBytes("ID,Name,Dept,Dept\n1,Ann,Sales,IT\n");

    expect(read.evidence.incompleteBecause).toEqual(['Column "Dept" stands in the header 2 times, expected once']);
    expect(read.people).toMatchObject([{ unreadable: ["department"] }]);
    expect(read.people[0]?.department).toBeUndefined();
  });

  it("has nobody leave by a status column that is missing", async () => {
    const status = { column: "Status", active: ["Active"], ended: ["Inactive"] };
    const read = await readBytes(`${header}1,Ann,Sales\n`, { status });

    expect(read.people[0]?.status).toBe("unknown");
    expect(problemsOf(read)).toEqual(["1 - columnMissing Status"]);
    expect(read.completeness).toBe("incomplete");
  });

  it("fails an expression over a column that stands there twice", async () => {
    const read = await readBytes("ID,X,X\n1,a,b\n", { columns: { employeeNumber: "ID" }, map: { title: "row.X" } });

    expect(problemsOf(read)).toEqual(["2 employee/1 expressionFailed title"]);
  });

  it.each([
    ["too many", "2,Bob,IT,x"],
    ["too few", "2,Bob"],
  ])("holds the worker of a row with %s fields and trusts nothing else of it", async (_, row) => {
    const status = { column: "Status", active: ["Active"], ended: ["Inactive"] };
    const read = await readBytes(`ID,Status,Name\n1,Active,Ann\n${row}\n3,Active,Cy\n`, {
      columns: { employeeNumber: "ID", givenName: "Name" },
      status,
    });

    expect(read.completeness).toBe("complete");
    expect(problemsOf(read)).toEqual(["3 employee/2 fieldCount -"]);
    expect(read.people[1]).toEqual({
      worker: "employee/2",
      numberSpace: "employee",
      employeeNumber: "2",
      status: "unknown",
      source: "hr",
      line: 3,
      unreadable: ["employeeNumber", "givenName"],
    });
  });

  it.each([
    ["stands behind other fields, which may have moved it", "Name,ID,Dept\nDoe, Ann,2,Sales\nBob,3,IT\n"],
    ["may itself be cut", "ID,Name,Dept\n2\nBob,3,IT\n"],
    ["is empty", "ID,Name,Dept\n,Ann,Sales,x\n3,Bob,IT\n"],
  ])("is incomplete when a row of the wrong length has a key that %s", async (_, text) => {
    const read = await readBytes(text);

    expect(problemsOf(read)).toEqual(["2 - fieldCount -"]);
    expect(read.completeness).toBe("incomplete");
  });

  it("doubts the file when many rows have the wrong number of fields", async () => {
    const rows = Array.from({ length: 6 }, (_, index) => `1,00${index},Ann,Sales\n`);
    const read = await readBytes(`${header}${rows.join("")}9,Bob,IT\n`);

    expect(read.evidence.incompleteBecause).toEqual([
      expect.stringContaining("6 of 7 rows have another number of fields"),
    ]);
  });

  it("is incomplete when the last row is cut off, and keeps what came before", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,Bo`);

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toEqual([expect.stringContaining("The last row, at line 3, is cut off")]);
    expect(workersOf(read)).toEqual(["1", "2"]);
  });

  it("does not know a file that ends behind a row from a shorter one: what is expected has to tell", async () => {
    const cut = `${header}1,Ann,Sales\n2,Bob,I`;

    expect((await readBytes(cut)).completeness).toBe("complete");
    expect((await readBytes(cut, {}, { memory: { at: 0, people: 3 } })).completeness).toBe("incomplete");
    expect((await readBytes(cut, { expect: { minRows: 3, maxShrinkPercent: 100 } })).completeness).toBe("incomplete");
  });

  it("is incomplete when a quote is open at the end", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n2,Bob,"I`);

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toContainEqual(expect.stringContaining("A quote is open at the end"));
    expect(problemsOf(read)).toEqual(["3 - quote -"]);
    expect(workersOf(read)).toEqual(["1"]);
  });

  it.each([1, -1])("is incomplete when the length announced differs by %i", async (difference) => {
    const text = `${header}1,Ann,Sales\n`;
    const read = await readBytes(text, {}, { opened: { size: text.length + difference } });

    expect(read.completeness).toBe("incomplete");
    expect(workersOf(read)).toEqual(["1"]);
  });

  it("is incomplete when the file was written to meanwhile", async () => {
    const read = await readBytes(`${header}1,Ann,Sales\n`, {}, { opened: { changed: async () => true } });

    expect(read.evidence.incompleteBecause).toEqual(["The file was written to while it was read"]);
  });

  it("keeps what was read when the stream breaks off", async () => {
    async function* broken() {
      yield Buffer.from(`${header}1,Ann,Sales\n`);
      throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
    }
    const read = await readBytes("", {}, { opened: { stream: broken(), size: undefined } });

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toEqual(['Reading broke off with "ECONNRESET" after 25 bytes']);
    expect(workersOf(read)).toEqual(["1"]);
  });

  it("throws SOURCE_UNAVAILABLE when the stream breaks off before its first byte", async () => {
    const stream = new Readable({
      read() {
        this.destroy(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
      },
    });

    await expect(readBytes("", {}, { opened: { stream } })).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
    });
  });

  it("compares with the last complete read and with the rules", async () => {
    const entry = { expect: { minRows: 3, maxShrinkPercent: 20, maxAgeHours: 1 } };
    const read = await readBytes(`${header}1,Ann,Sales\n`, entry, {
      memory: { at: 0, people: 2 },
      opened: { modifiedAt: 0 },
    });

    expect(read.evidence.incompleteBecause).toHaveLength(3);
  });
});

describePeopleSourceContract("csv", {
  system: createCsvSystem(),
  entry: (address) => ({
    kind: "csv",
    settings: { location: `${address}/people.csv`, authentication: { kind: "bearer", secret: "hr" } },
    columns: {
      employeeNumber: "employeeNumber",
      givenName: "givenName",
      familyName: "familyName",
      email: "email",
      department: "department",
      startDate: "startDate",
      endDate: "endDate",
      manager: "manager",
    },
    status: { column: "status", active: ["active"], onLeave: ["onLeave"], ended: ["ended"] },
  }),
  truth: (worker) =>
    personOf(worker, [
      "employeeNumber",
      "givenName",
      "familyName",
      "email",
      "department",
      "startDate",
      "endDate",
      "manager",
      "status",
    ]),
  department: "department",
  oneAnswer: true,
  stream: true,
  lastDay: { property: "endDate" },
  exempt: {
    noContent: "one answer without content is one with nobody in it",
    repeatedNext: "a file has no pages",
    shifted: "a file has no pages",
    lostRow: "a file names no total",
    expiredCursor: "a file has no cursor",
    worker: "a file is read as a whole",
  },
});
