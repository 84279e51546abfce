import { describe, expect, it } from "vitest";
import { didYouMean, suggestion } from "../../shared/config/did-you-mean.ts";

describe("didYouMean()", () => {
  it.each([
    ["departmnt", "department"],
    ["emial", "email"],
    ["cvs", "csv"],
    ["EMAIL", "email"],
    ["costCentre", "costCenter"],
    ["xylophone", undefined],
    ["", undefined],
    ["e".repeat(101), undefined],
  ])("takes %j for %j", (word, expected) => {
    expect(didYouMean(word, ["department", "email", "csv", "costCenter"])).toBe(expected);
  });

  it("prefers the nearest word", () => {
    expect(didYouMean("groupId", ["groups", "groupIds", "group"])).toBe("groupIds");
  });
});

describe("suggestion()", () => {
  it("is a clause, or nothing", () => {
    expect([suggestion("emial", ["email"]), suggestion("x", ["email"])]).toEqual(['; did you mean "email"?', ""]);
  });
});
