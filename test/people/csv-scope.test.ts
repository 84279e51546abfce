// A file of which few rows are within the scope: those outside are kept small, and count as read.
import { describe, expect, it } from "vitest";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createSource } from "../../shared/people/kinds.ts";
import type { SourceMemory } from "../../shared/run-ports.ts";
import { aPolicy, inDepartment } from "../helpers/core-builders.ts";
import { problemsOf, sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

const { people } = aPolicy({ people: { scope: inDepartment("Sales"), scopeText: "sales" } });

function read(content: string, memory?: SourceMemory): Promise<PeopleRead> {
  const bytes = Buffer.from(content);
  async function* stream() {
    yield bytes;
  }
  const deps = sourceDeps({ openBlob: async () => ({ stream: stream(), size: bytes.length }), people, memory });
  return createSource(sourceEntry(), deps).read(new AbortController().signal);
}

describe("a CSV file that is read with a scope", () => {
  it("keeps whole who is within it, and the others small", async () => {
    const result = await read("ID,Name,Dept\n1,Ann,Sales\n2,Bo,Stores\n3,Cy,Stores\n");

    expect(workersOf(result)).toEqual(["1"]);
    expect([...(result.leftOut?.all() ?? [])]).toEqual([
      expect.objectContaining({ worker: "employee/2", givenName: "Bo", department: "Stores", line: 3, source: "hr" }),
      expect.objectContaining({ worker: "employee/3", line: 4 }),
    ]);
  });

  it("counts all of them as read: complete, with everybody in the comparison with the last read", async () => {
    const result = await read("ID,Name,Dept\n1,Ann,Sales\n2,Bo,Stores\n3,Cy,Stores\n", { at: 0, people: 3 });

    expect(result).toMatchObject({ completeness: "complete", evidence: { rows: 3, people: 3 } });
    expect(await read("ID,Name,Dept\n1,Ann,Sales\n", { at: 0, people: 3 })).toMatchObject({
      completeness: "incomplete",
    });
  });

  it("keeps whole a row with a problem, whatever its scope", async () => {
    const result = await read("ID,Name,Dept\n1,Ann,Stores\n2,B\u0001o,Stores\n");

    expect(workersOf(result)).toEqual(["2"]);
    expect(problemsOf(result)).toEqual(["3 employee/2 encoding givenName"]);
  });
});
