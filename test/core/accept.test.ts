import { describe, expect, it } from "vitest";
import { acceptanceMs, stillHolding } from "../../shared/core/accept.ts";
import { type Change, changeId } from "../../shared/core/change.ts";

function block(key: string, state: "active" | "pending" = "active", text = "gone"): Change {
  const reason = { code: "leaverStated", text } as const;
  return {
    kind: "blockUser",
    key,
    before: { state, marked: true },
    after: { state: "blocked", worker: `e/${key}` },
    reason,
  };
}

function move(key: string, from: string, to: string): Change {
  return {
    kind: "updateUser",
    key,
    before: { email: from },
    after: { email: to },
    reason: { code: "hrValueChanged", text: "" },
  };
}

function ids(changes: readonly Change[]): readonly string[] {
  return changes.map(changeId);
}

describe("stillHolding()", () => {
  it("keeps what a fresh plan would do as well, whatever its reason says now", () => {
    const { holding, dropped } = stillHolding(
      [block("1"), block("2")],
      [block("1", "active", "long gone"), block("2")],
    );

    expect(ids(holding)).toEqual(["blockUser:1", "blockUser:2"]);
    expect(holding[0]?.reason.text).toBe("gone");
    expect(dropped).toEqual([]);
  });

  it("drops what HR no longer asks for, and what was changed meanwhile", () => {
    const { holding, dropped } = stillHolding(
      [block("1"), block("2"), block("3")],
      [block("2", "pending"), block("3")],
    );

    expect(ids(holding)).toEqual(["blockUser:3"]);
    expect(ids(dropped)).toEqual(["blockUser:1", "blockUser:2"]);
  });

  it("drops a change that is another worker's by now, though its values are the same", () => {
    const accepted = { ...move("1", "a", "b"), reason: { code: "hrValueChanged", worker: "e/1", text: "" } } as const;
    const fresh = { ...accepted, reason: { ...accepted.reason, worker: "e/2" } };

    expect(ids(stillHolding([accepted], [fresh]).dropped)).toEqual(["updateUser:1"]);
    expect(ids(stillHolding([accepted], [accepted]).holding)).toEqual(["updateUser:1"]);
  });

  it("adds nothing that was not accepted", () => {
    expect(stillHolding([], [block("1")])).toEqual({ holding: [], dropped: [] });
  });

  it("drops a change that needs another one by now which was not accepted or no longer holds", () => {
    const accepted = [move("2", "b", "c"), move("1", "a", "b")];

    expect(ids(stillHolding(accepted, [move("2", "b", "d"), move("1", "a", "b")]).holding)).toEqual([]);
    expect(ids(stillHolding([move("1", "a", "b")], accepted).holding)).toEqual([]);
    expect(ids(stillHolding(accepted, accepted).holding)).toEqual(["updateUser:2", "updateUser:1"]);
  });
});

describe("acceptanceMs", () => {
  it("is four hours", () => {
    expect(acceptanceMs).toBe(14_400_000);
  });
});
