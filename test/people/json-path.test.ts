import { describe, expect, it } from "vitest";
import { compilePath } from "../../shared/people/json-path.ts";

const document = {
  d: { results: [{ id: 1 }], "a.b": "dotted" },
  "@odata.nextLink": "next",
  list: [[1, 2]],
  nothing: null,
};

describe("compilePath", () => {
  it.each([
    ["d.results[0].id", 1],
    ["d.results.0.id", 1],
    ["list[0][1]", 2],
    ["@odata.nextLink", "next"],
    ["d.a.b", "dotted"],
    ["nothing", null],
    ["nothing.more", undefined],
    ["d.missing.more", undefined],
    ["d.results[7].id", undefined],
    ["constructor", undefined],
    ["d.__proto__", undefined],
  ])("finds %s", (path, value) => {
    expect(compilePath(path)(document)).toEqual(value);
  });

  it("takes the empty path as the document, and an index at the front as an item of it", () => {
    expect(compilePath("")(document)).toBe(document);
    expect(compilePath("[1]")(["a", "b"])).toBe("b");
  });
});
