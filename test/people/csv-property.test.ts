import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PeopleRead } from "../../shared/core/person.ts";
import { textEncodings } from "../../shared/people/text-encoding.ts";
import { readBytes } from "./source-kit.ts";

/** Every row is a person, or a problem without a worker that says that a row was lost. */
function expectAccounted(read: PeopleRead): void {
  const lost = read.problems.filter(({ code, worker }) => worker === undefined && code !== "columnMissing");
  expect(read.people.length + lost.length).toBe(read.evidence.rows);
  if (lost.length > 0) expect(read.completeness).toBe("incomplete");
  expect(read.completeness === "incomplete").toBe(read.evidence.incompleteBecause.length > 0);
}

const csvBytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "ID,Name,Dept\n",
        "ID;Name;Dept\r\n",
        "1,Ann,Sales\n",
        '"',
        '""',
        ",",
        "\n",
        "\r",
        "\t",
        "\u0000",
        "\uFEFF",
        "é",
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.from(parts.join(""), "utf8"));

const anyBytes = fc.oneof(
  csvBytes,
  csvBytes.map((bytes) => Buffer.concat([Buffer.from("ID,Name,Dept\n"), bytes])),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.concat([Buffer.from("ID,Name,Dept\n"), bytes])),
);

const rowArbitrary = fc.record({
  id: fc.integer({ min: 1000, max: 9999 }),
  name: fc.string({ maxLength: 8, unit: fc.constantFrom("a", "B", "ö", " ", "-", '"', ",", "\n") }),
  dept: fc.string({ maxLength: 5, unit: fc.constantFrom("x", "y", "z") }),
  quoted: fc.boolean(),
});

type Row = { readonly id: number; readonly name: string; readonly dept: string; readonly quoted: boolean };

function field(text: string, quoted: boolean): string {
  return quoted || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function line({ id, name, dept, quoted }: Row): string {
  return `${id},${field(name, quoted)},${field(dept, quoted)}\n`;
}

const table = fc.uniqueArray(rowArbitrary, { minLength: 1, maxLength: 12, selector: ({ id }) => id });

describe("a CSV source, whatever the bytes", () => {
  it("never throws, and never loses a row in silence", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBytes,
        fc.constantFrom(...textEncodings),
        fc.integer({ min: 1, max: 400 }),
        async (bytes, encoding, chunk) => {
          expectAccounted(await readBytes(bytes, { settings: { encoding } }, { chunk }));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("gives the same read however the bytes are cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, fc.integer({ min: 1, max: 30 }), async (bytes, chunk) => {
        expect(await readBytes(bytes, {}, { chunk })).toEqual(await readBytes(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it("reads every worker of a sound file", async () => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const read = await readBytes(`ID,Name,Dept\n${rows.map(line).join("")}`);

        expect(read.people.map(({ employeeNumber, department = "" }) => [employeeNumber, department])).toEqual(
          rows.map(({ id, dept }) => [String(id), dept]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("is not complete where fewer bytes came than were announced, wherever it broke off", async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.double({ min: 0, max: 1, noNaN: true }), async (rows, share) => {
        const bytes = Buffer.from(`ID,Name,Dept\n${rows.map(line).join("")}`);
        const cut = bytes.subarray(0, Math.floor(share * bytes.length));
        fc.pre(cut.length < bytes.length);

        const read = await readBytes(cut, {}, { opened: { size: bytes.length } });

        expect(read.completeness).toBe("incomplete");
      }),
      { numRuns: 100 },
    );
  });

  it("is complete for a whole file whose cells hold no line break", async () => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const text = rows.map((row) => line({ ...row, name: row.name.replaceAll("\n", " ") })).join("");
        const bytes = Buffer.from(`ID,Name,Dept\n${text}`);
        const read = await readBytes(bytes, {}, { opened: { size: bytes.length } });

        expect(read.completeness).toBe("complete");
      }),
      { numRuns: 1_000 },
    );
  });

  it("has every worker in a complete read, although a byte was put in behind a key", async () => {
    const damage = fc.constantFrom('"', "\n", "\r", ",", ";", "\u0000", "\uFFFD", '"\n', '\n"');
    await fc.assert(
      fc.asyncProperty(table, damage, fc.nat(), fc.nat(), async (rows, added, pick, place) => {
        const plain = rows.map((row) => ({ ...row, name: row.name.replaceAll("\n", " ") }));
        const lines = plain.map(line);
        const index = pick % lines.length;
        const damaged = lines[index] ?? "";
        const at = 5 + (place % Math.max(1, damaged.length - 5));
        lines[index] = damaged.slice(0, at) + added + damaged.slice(at);
        const read = await readBytes(`ID,Name,Dept\n${lines.join("")}`);

        expectAccounted(read);
        if (read.completeness !== "complete") return;
        const found = new Set(read.people.map(({ employeeNumber }) => employeeNumber));
        expect(rows.filter(({ id }) => !found.has(String(id)))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
