import { describe, expect, it } from "vitest";
import { createMapping } from "../../shared/people/mapping.ts";
import { problemsOf, readBytes, sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

const status = { column: "Status", active: ["Active", "Aktiv"], onLeave: ["Leave"], ended: ["Inactive"] };

describe("the mapping of a row", () => {
  it("keeps mapped fields only, trimmed, and leaves out what is empty", async () => {
    const read = await readBytes("ID,Name,Dept,Born\n 7 , Ann ,,1980-01-01\n");

    expect(read.people).toEqual([
      {
        worker: "employee/7",
        numberSpace: "employee",
        employeeNumber: "7",
        givenName: "Ann",
        status: "active",
        source: "hr",
        line: 2,
        unreadable: [],
      },
    ]);
  });

  it.each([
    ["Active", "active"],
    [" aKTIV ", "active"],
    ["LEAVE", "onLeave"],
    ["inactive", "ended"],
  ])("reads the status word %j as %s, whatever its case", async (word, expected) => {
    const read = await readBytes(`ID,Status\n7,${word}\n`, { columns: { employeeNumber: "ID" }, status });

    expect(read.people[0]?.status).toBe(expected);
    expect(read.problems).toEqual([]);
  });

  it("takes a word in no list as unknown and quotes it, cut short, and nothing else of the row", async () => {
    const word = `Sabbatical ${"x".repeat(100)}`;
    const read = await readBytes(`ID,Name,Status\n7,Ann,${word}\n`, {
      columns: { employeeNumber: "ID", givenName: "Name" },
      status,
    });

    expect(read.people[0]?.status).toBe("unknown");
    expect(problemsOf(read)).toEqual(["2 employee/7 wordUnknown status"]);
    expect(read.problems[0]?.reason).toContain(`"${word.slice(0, 40)}…"`);
    expect(read.problems[0]?.reason).not.toContain("Ann");
    expect(read.completeness).toBe("complete");
  });

  it("takes an empty status as unknown, never as ended or active", async () => {
    const read = await readBytes("ID,Status\n7,\n", { columns: { employeeNumber: "ID" }, status });

    expect(read.people[0]?.status).toBe("unknown");
    expect(problemsOf(read)).toEqual(["2 employee/7 wordUnknown status"]);
  });

  it("has everybody active where no status is mapped", async () => {
    const read = await readBytes("ID,Name,Dept\n7,Ann,Sales\n");

    expect(read.people[0]?.status).toBe("active");
  });

  it("refuses a status word in two lists when the source is made", () => {
    const both = { column: "Status", active: ["Active"], ended: [" ACTIVE"] };

    expect(() => createMapping(sourceEntry({ status: both }), sourceDeps().expressions)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  it("computes fields by expressions over the raw row", async () => {
    const map = { email: 'row.Name.lowerAscii() + "." + row.ID + "@contoso.com"' };
    const read = await readBytes("ID,Name\n7,Ann\n", { columns: { employeeNumber: "ID" }, map });

    expect(read.people[0]?.email).toBe("ann.7@contoso.com");
  });

  it("makes a failing expression a problem of that field and row, and holds the row", async () => {
    const map = { title: "row.Nmae" };
    const read = await readBytes("ID,Name\n7,Ann\n", { columns: { employeeNumber: "ID" }, map });

    expect(problemsOf(read)).toEqual(["2 employee/7 expressionFailed title"]);
    expect(read.people[0]?.unreadable).toEqual(["title"]);
    expect(read.completeness).toBe("complete");
  });

  it("makes the read incomplete when the expression for the key fails", async () => {
    const read = await readBytes("ID,Name\n7,Ann\n", { columns: {}, map: { employeeNumber: "row.Number" } });

    expect(problemsOf(read)).toEqual(["2 - keyMissing employeeNumber"]);
    expect(read.completeness).toBe("incomplete");
  });

  it.each([
    ["an expression that does not compile", { map: { title: "row.(" } }],
    ["a field that is mapped twice", { map: { givenName: "row.Name" } }],
    ["no employeeNumber", { columns: { givenName: "Name" } }],
  ])("refuses %s when the source is made", (_, entry) => {
    expect(() => createMapping(sourceEntry(entry), sourceDeps().expressions)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  it.each(["", "   ", "a\u0000b", "a\uFFFDb", "x".repeat(1001)])(
    "makes the read incomplete for the key %j",
    async (key) => {
      const read = await readBytes(`ID,Name,Dept\n${key},Ann,Sales\n8,Bob,Sales\n`);

      expect(problemsOf(read)).toEqual(["2 - keyMissing employeeNumber"]);
      expect(workersOf(read)).toEqual(["8"]);
      expect(read.completeness).toBe("incomplete");
      expect(read.evidence.incompleteBecause).toEqual([
        "The worker's key cannot be read in 1 of 2 rows, the first at line 2",
      ]);
    },
  );

  it("does not join a key that goes over two lines", async () => {
    const read = await readBytes('ID,Name,Dept\n"7\n1",Ann,Sales\n');

    expect(problemsOf(read)).toEqual(["2 - keyMissing employeeNumber"]);
  });

  it("keeps number spaces apart, from the row where it names one", async () => {
    const columns = { employeeNumber: "ID", numberSpace: "Kind" };
    const read = await readBytes("ID,Kind\n7,employee\n7,contingent\n7,\n", { columns });

    expect(read.people.map(({ worker }) => worker)).toEqual(["employee/7", "contingent/7"]);
    expect(problemsOf(read)).toEqual(["4 - keyMissing numberSpace"]);
    expect(read.completeness).toBe("incomplete");
  });

  it("takes the source's number space where rows name none", async () => {
    const read = await readBytes("ID,Name,Dept\n7,Ann,Sales\n", { numberSpace: "contingent" });

    expect(read.people[0]?.worker).toBe("contingent/7");
  });

  it.each([
    ["tooLong", "department", "x".repeat(1001)],
    ["encoding", "department", "Sa\u0000les"],
    ["dateInvalid", "startDate", "2025-02-30"],
    ["dateInvalid", "endDate", "14.05.2025"],
    ["zoneUnknown", "timeZone", "Europe/Atlantis"],
    ["zoneUnknown", "timeZone", "+02:00"],
  ] as const)("reports %s and holds the row, without its cell", async (code, field, cell) => {
    const read = await readBytes(`ID,Cell\n7,${cell}\n`, { columns: { employeeNumber: "ID", [field]: "Cell" } });

    expect(problemsOf(read)).toEqual([`2 employee/7 ${code} ${field}`]);
    expect(read.people[0]?.unreadable).toEqual([field]);
    expect(read.people[0]?.[field]).toBeUndefined();
    expect(read.problems[0]?.reason).not.toContain(cell);
    expect(read.completeness).toBe("complete");
  });

  it("reads dates and zones, each also the second time that it stands there", async () => {
    const columns = { employeeNumber: "ID", startDate: "From", endDate: "To", timeZone: "Zone" };
    const row = "2025-05-14T00:00:00+02:00,9999-12-31,Europe/Stockholm";
    const read = await readBytes(`ID,From,To,Zone\n7,${row}\n8,${row}\n`, { columns });

    for (const person of read.people) {
      expect(person).toMatchObject({ startDate: "2025-05-14", timeZone: "Europe/Stockholm", unreadable: [] });
      expect(person.endDate).toBeUndefined();
    }
  });
});
