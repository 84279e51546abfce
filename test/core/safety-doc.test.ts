// Holds docs/safety.md to the tests that it names.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** A table's row: two cells, the second one a test's file and name. */
const row = /^\| (?<rule>[^|]+) \| `(?<file>test\/[\w/-]+\.test\.ts)`: "(?<name>[^|]+)" \|$/;

function rows(): readonly { readonly file: string; readonly name: string }[] {
  const lines = read("docs/safety.md").split("\n");
  const cells = lines.filter((line) => line.startsWith("| ") && line !== "| rule | test |");
  return cells.map((line) => {
    const { file = "", name = line } = row.exec(line)?.groups ?? {};
    return { file, name };
  });
}

/** Whether a test of that name is in the file: as the first argument of `it()` or of what `it.each()` gives. */
function hasTest({ file, name }: { readonly file: string; readonly name: string }): boolean {
  if (file === "") return false;
  const text = read(file);
  const at = text.indexOf(`(${JSON.stringify(name)}, `);
  const folded = text.indexOf(`(\n${" ".repeat(4)}${JSON.stringify(name)},`);
  return at !== -1 || folded !== -1;
}

describe("docs/safety.md", () => {
  it("names only tests that exist", () => {
    expect(rows().filter((one) => !hasTest(one))).toEqual([]);
  });

  it("names a test for every rule, and no rule twice", () => {
    const found = rows();

    expect(found.length).toBeGreaterThan(60);
    expect(new Set(found.map(({ file, name }) => `${file} ${name}`)).size).toBe(found.length);
  });
});
