import { describe, expect, it } from "vitest";
import { compileODataPath, odataSelection, odataText } from "../../shared/people/odata-path.ts";

const many = (...results: readonly unknown[]) => ({ results });

describe("compileODataPath", () => {
  it.each([
    ["a property", "name", { name: "Ada" }, "Ada"],
    ["a property of another entity", "nav.name", { nav: { name: "Ada" } }, "Ada"],
    ["the only one of several", "navs.name", { navs: many({ name: "Ada" }) }, "Ada"],
    [
      "the primary one of several",
      "navs.name",
      { navs: many({ name: "Ada", isPrimary: false }, { name: "Åsa", isPrimary: true }) },
      "Åsa",
    ],
    [
      "one of several that cannot be told apart",
      "navs.name",
      { navs: many({ name: "Ada" }, { name: "Åsa" }) },
      undefined,
    ],
    ["one of none", "navs.name", { navs: many() }, undefined],
    ["a property that is null", "name", { name: null }, undefined],
    ["a property of a navigation that is null", "nav.name", { nav: null }, undefined],
    ["a property that only objects have", "constructor", {}, undefined],
    ["a property of a text", "name.length", { name: "Ada" }, undefined],
    ["false and zero, which are something", "flag", { flag: false }, false],
  ])("finds %s", (_, path, entity, value) => {
    expect(compileODataPath(path)(entity)).toEqual(value);
  });
});

describe("odataSelection", () => {
  it("selects each path once, and expands what is on the way to it", () => {
    expect(odataSelection(["id", "a.b.name", "a.start", "id", "c.name", "a.b.code"])).toEqual({
      $select: "id,a/b/name,a/start,c/name,a/b/code",
      $expand: "a/b,c",
    });
  });

  it("does not take a name for the beginning of another one", () => {
    expect(odataSelection(["job.name", "jobInfo.name"]).$expand).toBe("job,jobInfo");
  });
});

describe("odataText", () => {
  it("keeps a condition whole", () => {
    expect(odataText("O'Dell' or 1 eq 1")).toBe("'O''Dell'' or 1 eq 1'");
  });
});
