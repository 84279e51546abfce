import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPackedPeople } from "../../shared/core/packed-people.ts";
import { mappableFields, type Person, workerKey } from "../../shared/core/person.ts";
import { aPerson, without } from "../helpers/core-builders.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("Payments", "Ledger", "", "\uD800", "李"),
);

/** Any readable row of the source `hr`: every field may be there or not. */
const person = fc
  .record({
    space: text,
    number: text,
    status: fc.constantFrom("active" as const, "onLeave" as const, "ended" as const),
    line: fc.nat(2_000_000_000),
    values: fc.array(fc.option(text, { nil: undefined }), { minLength: 16, maxLength: 16 }),
  })
  .map(({ space, number, status, line, values }): Person => {
    const given = mappableFields.flatMap((field, index) => {
      const value = values[index];
      return value === undefined ? [] : [[field, value] as const];
    });
    const key = { worker: workerKey(space, number), numberSpace: space, employeeNumber: number };
    return { ...Object.fromEntries(given), ...key, status, source: "hr", line, unreadable: [] };
  });

function packed(people: readonly Person[]) {
  const store = createPackedPeople("hr");
  for (const each of people) store.add(each);
  return store;
}

describe("createPackedPeople()", () => {
  it("loses nothing of any row", () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 20 }), (people) => {
        const store = packed(people);

        expect([...store.all()]).toEqual(people);
        expect(store.size()).toBe(people.length);
      }),
    );
  });

  it("finds exactly the rows of a worker and those with an address, in their order, however many there are", () => {
    const people = Array.from({ length: 40_000 }, (_, index) => aPerson(String(index), { line: index + 2 }));
    const again = aPerson("7", { line: 50_000, email: "P39999@Contoso.com" });
    const store = packed([...people, again, without(aPerson("8", { line: 50_001 }), "email")]);
    const lines = (found: readonly Person[]) => found.map(({ line }) => line);

    expect(store.size()).toBe(40_002);
    expect(lines(store.find({ workers: new Set(["employee/7", "employee/20000"]) }))).toEqual([9, 20_002, 50_000]);
    expect(lines(store.find({ addresses: new Set(["p39999@contoso.com"]) }))).toEqual([40_001, 50_000]);
    expect(lines(store.find({ workers: new Set(["employee/7"]), addresses: new Set(["p7@contoso.com"]) }))).toEqual([
      9, 50_000,
    ]);
    expect(store.find({ workers: new Set(["employee/none"]) })).toEqual([]);
    expect(store.find({})).toEqual([]);
  });

  it("takes rows that fill more than a page, and more different texts than it remembers", () => {
    const long = "x".repeat(1_500_000);
    const people = [
      aPerson("1"),
      aPerson("2", { displayName: long }),
      aPerson("3", { displayName: long }),
      aPerson("4"),
    ];
    const titles = Array.from({ length: 70_000 }, (_, index) => aPerson("5", { title: `Title ${index}` }));
    const store = packed([...people, ...titles]);

    expect([...store.all()]).toEqual([...people, ...titles]);
  });

  it("unpacks no row that only looks like the one that is meant", () => {
    // Two texts with the same hash, found by search.
    const [one, other] = sameHash();
    const store = packed([aPerson(one), aPerson(other)]);

    expect(store.find({ workers: new Set([workerKey("employee", one)]) })).toEqual([aPerson(one)]);
  });
});

/** Two numbers whose workers have one hash: FNV-1a of 30 bits, so that some fifty thousand are enough. */
function sameHash(): readonly [string, string] {
  const known = new Map<number, string>();
  for (let number = 0; ; number += 1) {
    let value = 0x811c9dc5;
    for (const unit of Buffer.from(workerKey("employee", String(number)), "latin1"))
      value = Math.imul(value ^ unit, 0x01000193);
    const hash = value & 0x3fffffff;
    const other = known.get(hash);
    if (other !== undefined) return [other, String(number)];
    known.set(hash, String(number));
  }
}
