import { describe, expect, it } from "vitest";
import { type Change, changeId, compareChanges } from "../../shared/core/change.ts";

function block(key: string): Change {
  const reason = { code: "leaverStated", text: "gone" } as const;
  return {
    kind: "blockUser",
    key,
    before: { state: "active", marked: true },
    after: { state: "blocked", worker: "e/1" },
    reason,
  };
}

const creation: Change = {
  kind: "createGroup",
  key: "a",
  before: null,
  after: { displayName: "A" },
  reason: { code: "groupInRules", text: "new" },
};

describe("changeId()", () => {
  it("is kind and key", () => {
    expect(changeId(creation)).toBe("createGroup:a");
  });
});

describe("compareChanges()", () => {
  it("takes access away before it gives any, and goes by key within a kind", () => {
    const sorted = [creation, block("b"), block("a"), block("c")].toSorted(compareChanges);

    expect(sorted.map(changeId)).toEqual(["blockUser:a", "blockUser:b", "blockUser:c", "createGroup:a"]);
    expect(compareChanges(creation, creation)).toBe(0);
  });
});
