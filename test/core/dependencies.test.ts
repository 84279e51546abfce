import { describe, expect, it } from "vitest";
import { type Change, type ChangeKind, changeId, type Reason } from "../../shared/core/change.ts";
import { dependencies, sortChanges } from "../../shared/core/dependencies.ts";

const reason: Reason = { code: "hrValueChanged", text: "" };

function move(key: string, from: string, to: string): Change {
  return { kind: "updateUser", key, before: { email: from }, after: { email: to }, reason };
}

function make(kind: "createGroup" | "createUser", key: string, email = `${key}@x`): Change {
  if (kind === "createGroup") return { kind, key, before: null, after: { displayName: key }, reason };
  return { kind, key, before: null, after: { firstName: "A", lastName: "B", email, worker: "e/1" }, reason };
}

function adoptUser(key: string): Change {
  const fields = { firstName: "A", lastName: "B", email: "a@x" };
  return {
    kind: "adoptUser",
    key,
    before: { ...fields, state: "active" },
    after: { ...fields, worker: "e/1" },
    reason,
  };
}

function adoptGroup(key: string): Change {
  return { kind: "adoptGroup", key, before: { displayName: key }, after: { displayName: key }, reason };
}

function unblock(key: string): Change {
  return { kind: "unblockUser", key, before: { state: "blocked" }, after: { state: "active" }, reason };
}

function join(group: string, user: string): Change {
  return { kind: "addMember", key: `${group}/${user}`, before: null, after: { group, user }, reason };
}

function quit(group: string, user: string): Change {
  return { kind: "removeMember", key: `${group}/${user}`, before: { group, user }, after: null, reason };
}

function link(kind: "addProductLink" | "removeProductLink", product: string, group: string): Change {
  const pair = { product, group };
  const key = `${product}/${group}`;
  return kind === "addProductLink"
    ? { kind, key, before: null, after: pair, reason }
    : { kind, key, before: pair, after: null, reason };
}

function resume(key: string, ownerId: string): Change {
  return {
    kind: "resumeSubscription",
    key,
    before: { state: "suspended", ownerId },
    after: { state: "active" },
    reason,
  };
}

function order(...changes: readonly Change[]): readonly string[] {
  return sortChanges(changes).map(changeId);
}

describe("dependencies()", () => {
  it.each<[string, Change, readonly Change[], readonly string[]]>([
    [
      "joining needs the group and the account made",
      join("G", "U"),
      [make("createGroup", "g"), make("createUser", "u")],
      ["createGroup:g", "createUser:u"],
    ],
    [
      "joining needs group and account adopted",
      join("g", "u"),
      [adoptGroup("G"), adoptUser("U")],
      ["adoptGroup:G", "adoptUser:U"],
    ],
    ["joining needs the account unblocked", join("g", "u"), [unblock("u")], ["unblockUser:u"]],
    [
      "leaving a group needs group and account adopted",
      quit("g", "u"),
      [adoptGroup("g"), adoptUser("u")],
      ["adoptGroup:g", "adoptUser:u"],
    ],
    ["a link needs the group made", link("addProductLink", "p", "g"), [make("createGroup", "g")], ["createGroup:g"]],
    ["unlinking needs the group adopted", link("removeProductLink", "p", "g"), [adoptGroup("g")], ["adoptGroup:g"]],
    ["an update needs the account adopted", move("u", "a", "b"), [adoptUser("u")], ["adoptUser:u"]],
    [
      "resuming needs the owner unblocked or adopted",
      resume("s", "U"),
      [unblock("u"), adoptUser("u")],
      ["unblockUser:u", "adoptUser:u"],
    ],
    [
      "a new account needs its address given away",
      make("createUser", "n", "A@x"),
      [move("u", "a@x", "b@x")],
      ["updateUser:u"],
    ],
    ["a move needs its address given away", move("n", "c@x", "a@x"), [move("u", "A@x", "b@x")], ["updateUser:u"]],
  ])("%s", (_what, change, others, needs) => {
    expect(dependencies([change, ...others]).get(changeId(change))).toEqual(needs);
  });

  it("has none where the plan does not hold what might be needed, nor of a change on itself", () => {
    const spelling = move("u", "a@x", "A@x");
    const name: Change = {
      kind: "updateUser",
      key: "n",
      before: { firstName: "A" },
      after: { firstName: "B" },
      reason,
    };

    expect(dependencies([join("g", "u"), spelling, name]).size).toBe(0);
  });
});

describe("sortChanges()", () => {
  it("goes by kind and key, whatever the order it is given", () => {
    const changes = [join("g", "b"), make("createUser", "b"), join("g", "a"), make("createGroup", "g")];

    const expected = ["createGroup:g", "createUser:b", "addMember:g/a", "addMember:g/b"];
    expect(order(...changes)).toEqual(expected);
    expect(order(...changes.toReversed())).toEqual(expected);
  });

  it("gives an address away before it is taken, along a chain", () => {
    expect(order(move("1", "a", "b"), move("2", "b", "c"), move("3", "c", "d"), move("0", "x", "y"))).toEqual([
      "updateUser:0",
      "updateUser:3",
      "updateUser:2",
      "updateUser:1",
    ]);
  });

  it("takes over a group before it takes anything out of it", () => {
    expect(order(quit("g", "u"), link("removeProductLink", "p", "g"), adoptGroup("g"))).toEqual([
      "adoptGroup:g",
      "removeProductLink:p/g",
      "removeMember:g/u",
    ]);
  });

  it("ends though somebody hands it a ring", () => {
    expect(order(move("1", "a", "b"), move("2", "b", "a"))).toHaveLength(2);
  });

  it("walks a chain of a hundred thousand moves", () => {
    const length = 100_000;
    const chain = Array.from({ length }, (_, index) =>
      move(String(index).padStart(6, "0"), `a${index}`, `a${index + 1}`),
    );

    const sorted = sortChanges(chain);

    expect(sorted[0]?.key).toBe("099999");
    expect(sorted[length - 1]?.key).toBe("000000");
  });

  it("keeps every kind apart that needs nothing", () => {
    const kinds = order(unblock("u"), adoptUser("v"), make("createUser", "w"), resume("s", "x")).map(
      (id) => id.split(":")[0],
    );

    expect(kinds).toEqual(["adoptUser", "createUser", "unblockUser", "resumeSubscription"] satisfies ChangeKind[]);
  });
});
