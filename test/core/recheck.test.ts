import { describe, expect, it } from "vitest";
import type { Reason } from "../../shared/core/change.ts";
import type { Group, Subscription, User } from "../../shared/core/directory.ts";
import {
  type GroupChange,
  type RecheckContext,
  recheckCreate,
  recheckGroup,
  recheckSubscription,
  recheckUser,
  type SubscriptionChange,
  type UserChange,
} from "../../shared/core/recheck.ts";
import {
  aGroup,
  anAccount,
  aSubscription,
  blockedByUs,
  idOf,
  markOf,
  ourGroup,
  owner,
  suspensionOf,
} from "../helpers/core-builders.ts";

const at = "2026-03-02T09:00:00Z";
const context: RecheckContext = { owner, protect: ["svc-*"], at };
const reason: Reason = { code: "hrValueChanged", worker: "employee/1", text: "" };
const foreign = "rollcall/1 owner=fabrikam space=employee key=1";
const key = idOf("1");

/** The fields that are sent, or why nothing is. */
function user(change: UserChange, now: User | undefined, rest: Partial<RecheckContext> = {}): unknown {
  const result = recheckUser(change, now, { ...context, ...rest });
  return result.go ? result.fields : result.reason;
}

function group(change: GroupChange, now: Group | undefined): unknown {
  const result = recheckGroup(change, now, context);
  return result.go ? result.fields : result.reason;
}

function subscription(change: SubscriptionChange, now: Subscription | undefined): unknown {
  const result = recheckSubscription(change, now, context);
  return result.go ? result.fields : result.reason;
}

describe("recheckCreate()", () => {
  const fields = { firstName: "Given1", lastName: "Family1", email: "p1@contoso.com" };
  const create = (now: User | undefined): unknown => {
    const after = { ...fields, worker: "employee/1" };
    const result = recheckCreate({ kind: "createUser", key, before: null, after, reason }, now, context);
    return result.go ? result.fields : result.reason;
  };

  it("sends the account with its mark where nobody has the id", () => {
    expect(create(undefined)).toEqual({ ...fields, note: markOf("1") });
  });

  it("finds the account that it was to make itself, and writes nothing over it", () => {
    expect(create(anAccount("1"))).toBe("alreadySo");
  });

  it.each([
    ["is blocked, by whomever", { ...anAccount("1"), state: "blocked" }],
    ["was blocked by Rollcall", blockedByUs("1")],
    ["has another name", anAccount("1", { firstName: "Eva" })],
    ["has another address", anAccount("1", { email: "eva@contoso.com" })],
    ["has no mark", anAccount("1", { note: "" })],
    ["carries the mark of another worker", anAccount("1", { note: markOf("2") })],
    ["carries the mark of another installation", anAccount("1", { note: foreign })],
  ] as const)("leaves an account under the id that %s", (_what, now) => {
    expect(create(now)).toBe("changedMeanwhile");
  });
});

describe("recheckUser()", () => {
  const block: UserChange = {
    kind: "blockUser",
    key,
    before: { state: "active", marked: true },
    after: { state: "blocked", worker: "employee/1" },
    reason,
  };
  const unblock: UserChange = {
    kind: "unblockUser",
    key,
    before: { state: "blocked" },
    after: { state: "active" },
    reason,
  };
  const remove: UserChange = { kind: "deleteUser", key, before: { state: "blocked" }, after: null, reason };
  const rename: UserChange = {
    kind: "updateUser",
    key,
    before: { firstName: "Given1" },
    after: { firstName: "Eva" },
    reason,
  };
  const before = { firstName: "Given1", lastName: "Family1", email: "p1@contoso.com" };
  const adopt: UserChange = {
    kind: "adoptUser",
    key,
    before: { ...before, state: "active" },
    after: { ...before, worker: "employee/1" },
    reason,
  };
  const every = [block, unblock, remove, rename, adopt];

  it.each(every)("leaves an account alone that became protected: $kind", (change) => {
    expect(user(change, blockedByUs("1"), { protect: [key] })).toBe("changedMeanwhile");
  });

  it.each([block, unblock, remove, rename, adopt])(
    "leaves an account alone that carries another owner's mark by now: $kind",
    (change) => {
      const state =
        change.kind === "blockUser" || change.kind === "adoptUser" || change.kind === "updateUser"
          ? "active"
          : "blocked";

      expect(user(change, anAccount("1", { note: foreign, state }))).toBe("changedMeanwhile");
    },
  );

  it.each([unblock, remove, rename])(
    "leaves an account alone whose mark is gone or another worker's: $kind",
    (change) => {
      expect(user(change, blockedByUs("1", { note: "" }))).toBe("changedMeanwhile");
      expect(user(change, blockedByUs("1", { note: markOf("2", at) }))).toBe("changedMeanwhile");
    },
  );

  it("finds a deleted account already so, and any other change of an account that is gone changed meanwhile", () => {
    expect(user(remove, undefined)).toBe("alreadySo");
    expect([block, unblock, rename, adopt].map((change) => user(change, undefined))).toEqual(
      Array(4).fill("changedMeanwhile"),
    );
  });

  describe("of a block", () => {
    it("writes state and mark together, with the instant, and keeps the rest of the note", () => {
      expect(user(block, anAccount("1", { note: `kept\n${markOf("1")}` }))).toEqual({
        state: "blocked",
        note: `kept\n${markOf("1", at)}`,
      });
    });

    it("does not write over the mark of who blocked it meanwhile", () => {
      expect(user(block, anAccount("1", { state: "blocked" }))).toBe("alreadySo");
    });

    it("leaves an account alone in another state or with another mark than planned", () => {
      expect(user(block, anAccount("1", { state: "pending" }))).toBe("changedMeanwhile");
      expect(user(block, anAccount("1", { note: "" }))).toBe("changedMeanwhile");
      expect(user(block, anAccount("1", { note: markOf("2") }))).toBe("changedMeanwhile");
    });

    it("marks an account whose mark was wiped, unless it has one again", () => {
      const wiped = { ...block, before: { state: "active", marked: false } } as const;

      expect(user(wiped, anAccount("1", { note: "kept" }))).toEqual({
        state: "blocked",
        note: `kept\n${markOf("1", at)}`,
      });
      expect(user(wiped, anAccount("1"))).toBe("changedMeanwhile");
    });
  });

  describe("of an unblock or a delete", () => {
    it("takes the time out of the mark and unblocks what Rollcall blocked", () => {
      expect(user(unblock, blockedByUs("1"))).toEqual({ state: "active", note: markOf("1") });
      expect(user(remove, blockedByUs("1"))).toEqual({});
    });

    it("neither unblocks nor deletes what somebody else blocked meanwhile", () => {
      const byOthers = anAccount("1", { state: "blocked" });

      expect(user(unblock, byOthers)).toBe("changedMeanwhile");
      expect(user(remove, byOthers)).toBe("changedMeanwhile");
    });

    it("finds an active account already unblocked, and does not delete it", () => {
      expect(user(unblock, anAccount("1"))).toBe("alreadySo");
      expect(user(remove, anAccount("1"))).toBe("changedMeanwhile");
      expect(user(unblock, anAccount("1", { state: "deleted" }))).toBe("changedMeanwhile");
    });
  });

  describe("of an update", () => {
    it("sends what is new while the old values still stand", () => {
      expect(user(rename, anAccount("1"))).toEqual({ firstName: "Eva" });
      expect(user(rename, anAccount("1", { firstName: "Ada" }))).toBe("changedMeanwhile");
      expect(user(rename, anAccount("1", { firstName: "Eva" }))).toBe("alreadySo");
    });

    it("compares addresses as the service does", () => {
      const move: UserChange = { ...rename, before: { email: "p1@contoso.com" }, after: { email: "new@contoso.com" } };

      expect(user(move, anAccount("1", { email: "P1@contoso.com" }))).toEqual({ email: "new@contoso.com" });
      expect(user(move, anAccount("1", { email: "NEW@contoso.com" }))).toBe("alreadySo");
    });

    it("cleans a mark that says blocked on an active account, with or without other values", () => {
      const clean: UserChange = { ...rename, before: {}, after: {} };

      expect(user(clean, blockedByUs("1", { state: "active" }))).toEqual({ note: markOf("1") });
      expect(user(clean, anAccount("1"))).toBe("alreadySo");
      expect(user(rename, blockedByUs("1", { state: "active" }))).toEqual({ firstName: "Eva", note: markOf("1") });
    });
  });

  describe("of an adoption", () => {
    it("writes nothing but the mark, and keeps the note", () => {
      expect(user(adopt, anAccount("1", { note: "kept" }))).toEqual({ note: `kept\n${markOf("1")}` });
    });

    it("finds an account with this worker's mark already adopted", () => {
      expect(user(adopt, anAccount("1"))).toBe("alreadySo");
    });

    it("leaves an account alone that is no longer as it was when it was planned", () => {
      expect(user(adopt, anAccount("1", { note: markOf("2") }))).toBe("changedMeanwhile");
      expect(user(adopt, anAccount("1", { note: "", state: "blocked" }))).toBe("changedMeanwhile");
      expect(user(adopt, anAccount("1", { note: "", email: "other@contoso.com" }))).toBe("changedMeanwhile");
    });
  });
});

describe("recheckGroup()", () => {
  const create: GroupChange = { kind: "createGroup", key: "g", before: null, after: { displayName: "New" }, reason };
  const adopt: GroupChange = {
    kind: "adoptGroup",
    key: "g",
    before: { displayName: "Old" },
    after: { displayName: "New" },
    reason,
  };
  const rename: GroupChange = {
    kind: "updateGroup",
    key: "g",
    before: { displayName: "Old" },
    after: { displayName: "New" },
    reason,
  };
  const remove: GroupChange = { kind: "deleteGroup", key: "g", before: { displayName: "Old" }, after: null, reason };
  const mark = "rollcall/1 owner=contoso-platform";
  const old = { displayName: "Old" };

  it("makes a group with our mark, unless it is there", () => {
    expect(group(create, undefined)).toEqual({ displayName: "New", description: mark });
    expect(group(create, ourGroup("g"))).toBe("alreadySo");
    expect(group(create, aGroup("g"))).toBe("changedMeanwhile");
  });

  it("adopts a group that is as planned, and keeps its description", () => {
    expect(group(adopt, aGroup("g", { ...old, description: "kept" }))).toEqual({
      displayName: "New",
      description: `kept\n${mark}`,
    });
    expect(group(adopt, ourGroup("g", old))).toBe("alreadySo");
    expect(group(adopt, aGroup("g", { ...old, description: "rollcall/1 owner=fabrikam" }))).toBe("changedMeanwhile");
    expect(group(adopt, aGroup("g", { displayName: "Other" }))).toBe("changedMeanwhile");
    expect(group(adopt, undefined)).toBe("changedMeanwhile");
  });

  it("renames ours while the old name still stands", () => {
    expect(group(rename, ourGroup("g", old))).toEqual({ displayName: "New" });
    expect(group(rename, ourGroup("g", { displayName: "New" }))).toBe("alreadySo");
    expect(group(rename, ourGroup("g", { displayName: "Other" }))).toBe("changedMeanwhile");
    expect(group(rename, undefined)).toBe("changedMeanwhile");
  });

  it("deletes only a group that still carries our mark", () => {
    expect(group(remove, ourGroup("g", old))).toEqual({});
    expect(group(remove, aGroup("g", old))).toBe("changedMeanwhile");
    expect(group(remove, undefined)).toBe("alreadySo");
  });

  it.each([create, adopt, rename, remove])(
    "never touches a built-in or external group, whatever was accepted: $kind",
    (change) => {
      expect(group(change, ourGroup("g", { ...old, builtIn: true, type: "system" }))).toBe("changedMeanwhile");
      expect(group(change, aGroup("g", { ...old, type: "external" }))).toBe("changedMeanwhile");
    },
  );
});

describe("recheckSubscription()", () => {
  const suspend: SubscriptionChange = {
    kind: "suspendSubscription",
    key: "s",
    before: { state: "active", ownerId: "u1" },
    after: { state: "suspended" },
    reason,
  };
  const resume: SubscriptionChange = {
    kind: "resumeSubscription",
    key: "s",
    before: { state: "suspended", ownerId: "u1" },
    after: { state: "active" },
    reason,
  };
  const transfer: SubscriptionChange = {
    kind: "transferSubscription",
    key: "s",
    before: { ownerId: "u1" },
    after: { ownerId: "u2" },
    reason,
  };
  const ours = aSubscription("s", "u1", { state: "suspended", stateComment: `kept\n${suspensionOf("u1")}` });

  it("suspends with a comment that says who, whose and when, and keeps the rest of it", () => {
    expect(subscription(suspend, aSubscription("s", "U1", { stateComment: "kept" }))).toEqual({
      state: "suspended",
      stateComment: "kept\nrollcall/1 owner=contoso-platform key=u1 blocked=2026-03-02T09%3A00%3A00Z",
    });
  });

  it("resumes what Rollcall suspended, and says so no longer", () => {
    expect(subscription(resume, ours)).toEqual({
      state: "active",
      stateComment: "kept\nrollcall/1 owner=contoso-platform",
    });
  });

  it.each([
    ["somebody else", "late invoice"],
    ["another installation", suspensionOf("u1").replace("contoso-platform", "fabrikam")],
    ["somebody else after it was resumed", "rollcall/1 owner=contoso-platform key=u1"],
    ["Rollcall, when another user left", suspensionOf("u7")],
    ["Rollcall, of nobody knows whom", "rollcall/1 owner=contoso-platform blocked=2026-02-01T00%3A00%3A00Z"],
  ])("does not resume what was suspended by %s", (_who, stateComment) => {
    expect(subscription(resume, { ...ours, stateComment })).toBe("changedMeanwhile");
  });

  it("hands over to the new owner, with a comment that says who still knows the keys", () => {
    expect(subscription(transfer, aSubscription("s", "u1", { stateComment: "kept" }))).toEqual({
      ownerId: "u2",
      stateComment: "kept\nrollcall/1 owner=contoso-platform key=u1 transferred=2026-03-02T09%3A00%3A00Z",
    });
    expect(subscription(transfer, aSubscription("s", "U2"))).toBe("alreadySo");
  });

  it.each([suspend, resume, transfer])(
    "leaves a subscription alone that is gone or has another owner or none: $kind",
    (change) => {
      const { ownerId: _, ...ownerless } = ours;

      expect(subscription(change, undefined)).toBe("changedMeanwhile");
      expect(subscription(change, { ...ours, ownerId: "u9" })).toBe("changedMeanwhile");
      expect(subscription(change, ownerless)).toBe("changedMeanwhile");
    },
  );

  it("finds a state that is reached already, and leaves any third one alone", () => {
    expect(subscription(suspend, ours)).toBe("alreadySo");
    expect(subscription(resume, aSubscription("s", "u1"))).toBe("alreadySo");
    expect(subscription(suspend, aSubscription("s", "u1", { state: "cancelled" }))).toBe("changedMeanwhile");
    expect(subscription(resume, aSubscription("s", "u1", { state: "cancelled" }))).toBe("changedMeanwhile");
  });
});
