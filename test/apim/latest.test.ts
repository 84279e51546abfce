import { expect, it } from "vitest";
import { createLatest } from "../../shared/apim/latest.ts";

it("forgets what was set longest ago, and nothing else", () => {
  const latest = createLatest<number>(2);
  latest.set("a", 1);
  latest.set("b", 2);
  latest.set("a", 3);
  latest.set("c", 4);
  expect(["a", "b", "c"].map(latest.get)).toEqual([3, undefined, 4]);

  latest.delete("a");
  latest.set("d", 5);
  expect(["a", "c", "d"].map(latest.get)).toEqual([undefined, 4, 5]);
});
