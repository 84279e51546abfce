// A document of which few items are within the scope; pages are in the contract.
import { describe, expect, it } from "vitest";
import { createSource } from "../../shared/people/kinds.ts";
import { aPolicy, inDepartment } from "../helpers/core-builders.ts";
import { sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

describe("a JSON document that is read with a scope", () => {
  it("keeps whole who is within it, and the others small", async () => {
    const { people } = aPolicy({ people: { scope: inDepartment("Sales"), scopeText: "sales" } });
    const items = ["Sales", "Stores", "Stores"].map((Dept, index) => ({ ID: String(index + 1), Name: "Ann", Dept }));
    const bytes = Buffer.from(JSON.stringify({ items }));
    async function* stream() {
      yield bytes;
    }
    const deps = sourceDeps({ openBlob: async () => ({ stream: stream(), size: bytes.length }), people });
    const settings = { location: "blob://account/people/hr.json", items: "items" };
    const read = await createSource(sourceEntry({ kind: "json", settings }), deps).read(new AbortController().signal);

    expect(read).toMatchObject({ completeness: "complete", evidence: { rows: 3, people: 3 } });
    expect(workersOf(read)).toEqual(["1"]);
    expect([...(read.leftOut?.all() ?? [])].map(({ worker, line }) => [worker, line])).toEqual([
      ["employee/2", 2],
      ["employee/3", 3],
    ]);
  });
});
