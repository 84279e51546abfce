import { describe, expect, it } from "vitest";
import { createOrderedMap, mapSequence } from "../../../dev/apim/ordered-map.ts";

function mapOf(ids: readonly string[]) {
  const map = createOrderedMap<string>();
  for (const id of ids) map.set(id, id.toUpperCase());
  return map;
}

describe("createOrderedMap", () => {
  it("keeps the order of creation through changes, deletes and new entries", () => {
    const map = mapOf(["b", "a", "c"]);
    map.set("b", "changed");
    map.delete("a");
    map.set("d", "D");
    map.set("a", "again");

    expect(map.slice(0, 10)).toEqual(["changed", "C", "D", "again"]);
    expect(map.slice(1, 3)).toEqual(["C", "D"]);
    expect([map.size, map.delete("none")]).toEqual([4, false]);
  });
});

describe("mapSequence", () => {
  it("looks up the items of the page and no others", () => {
    const looked: string[] = [];
    const sequence = mapSequence(mapOf(["a", "b", "c", "d"]), (item) => {
      looked.push(item);
      return item === "C" ? undefined : item;
    });

    expect(sequence.slice(1, 3)).toEqual(["B"]);
    expect(looked).toEqual(["B", "C"]);
    expect([...sequence.values()]).toEqual(["A", "B", "D"]);
  });
});
