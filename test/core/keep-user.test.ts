// What becomes of the accounts of those who are at work, seen through plan().
import { describe, expect, it } from "vitest";
import { anAccount, aPerson, aPolicy, aUser, blockedByUs, bystander, idOf, markOf } from "../helpers/core-builders.ts";
import { planFor } from "../helpers/core-plan.ts";

const gone = aPerson("1", { status: "ended" });
const shared = [aPerson("1"), aPerson("2", { email: "p1@contoso.com" })];

describe("plan() for somebody at work with an account", () => {
  it("has nothing to do where the account is like HR", () => {
    expect(planFor([aPerson("1")], [anAccount("1")])).toMatchObject({ changes: [], findings: [] });
  });

  it("updates names and address, and names the fields that HR changed", () => {
    const { changes, reasons } = planFor(
      [aPerson("1", { familyName: "Holm", email: "new@contoso.com" })],
      [anAccount("1")],
    );

    expect(changes).toEqual([
      {
        kind: "updateUser",
        key: idOf("1"),
        before: { lastName: "Family1", email: "p1@contoso.com" },
        after: { lastName: "Holm", email: "new@contoso.com" },
        because: "hrValueChanged",
      },
    ]);
    expect(reasons[0]?.fields).toEqual(["familyName", "email"]);
    expect(reasons[0]?.text).toBe("HR has another familyName, email");
  });

  it("keeps the old address where another account holds the new one, and reports it without failing in every run", () => {
    const people = [aPerson("1", { givenName: "Eva", email: "taken@contoso.com" })];
    const taken = aUser("u7", { email: "taken@contoso.com" });

    expect(planFor(people, [anAccount("1"), taken])).toMatchObject({
      changes: [{ kind: "updateUser", key: idOf("1"), after: { firstName: "Eva" } }],
      findings: [["addressInUse", "employee/1", idOf("1")]],
      texts: [
        'The new e-mail address is held by the account "u7", which is not Rollcall\'s (state active, signs in by Aad)',
      ],
    });
  });

  it("moves addresses along a chain in the order in which they become free", () => {
    const people = [
      aPerson("1", { email: "p2@contoso.com" }),
      aPerson("2", { email: "p3@contoso.com" }),
      aPerson("3", { email: "p4@contoso.com" }),
    ];
    const users = [anAccount("1"), anAccount("2"), anAccount("3")];

    expect(planFor(people, users).changes.map(({ key }) => key)).toEqual([idOf("3"), idOf("2"), idOf("1")]);
  });

  it("gives a new account an address after the account that had it moved away", () => {
    const people = [aPerson("1", { email: "new@contoso.com" }), aPerson("2", { email: "p1@contoso.com" })];

    expect(planFor(people, [anAccount("1")]).changes.map(({ kind, key }) => [kind, key])).toEqual([
      ["updateUser", idOf("1")],
      ["createUser", idOf("2")],
    ]);
  });

  it("holds two who swap addresses", () => {
    const people = [aPerson("1", { email: "p2@contoso.com" }), aPerson("2", { email: "p1@contoso.com" })];

    expect(planFor(people, [anAccount("1"), anAccount("2")])).toMatchObject({
      changes: [],
      findings: [
        ["addressInUse", "employee/1", idOf("1")],
        ["addressInUse", "employee/2", idOf("2")],
      ],
    });
  });

  it("does not count on an address of an account that stays blocked", () => {
    const people = [aPerson("1", { email: "new@contoso.com" }), aPerson("2", { email: "p1@contoso.com" })];

    const { changes, findings } = planFor(people, [anAccount("1", { state: "blocked" })]);

    expect(changes).toEqual([]);
    expect(findings).toEqual([
      ["addressInUse", "employee/2", idOf("1")],
      ["heldByOthers", "employee/1", idOf("1")],
    ]);
  });

  it("changes no address of who shares it with another worker, though names follow", () => {
    const people = [
      aPerson("1", { givenName: "Eva", email: "x@contoso.com" }),
      aPerson("2", { email: "x@contoso.com" }),
    ];

    expect(planFor(people, [anAccount("1"), anAccount("2")]).changes).toMatchObject([
      { kind: "updateUser", key: idOf("1"), before: { firstName: "Given1" }, after: { firstName: "Eva" } },
    ]);
  });

  it.each(["pending", "deleted"] as const)("does not activate an account that is %s, but reports it", (state) => {
    const code = state === "pending" ? "accountPending" : "accountDeleted";

    expect(planFor([aPerson("1")], [anAccount("1", { state })])).toMatchObject({
      changes: [],
      findings: [[code, "employee/1", idOf("1")]],
    });
  });

  it("cleans a mark that says blocked where somebody else unblocked the account", () => {
    const user = blockedByUs("1", { state: "active" });

    expect(planFor([aPerson("1")], [user]).changes).toEqual([
      { kind: "updateUser", key: idOf("1"), before: {}, after: {}, because: "unblockedByOthers" },
    ]);
  });

  it("touches neither of two accounts with one mark, and reports them", () => {
    const users = [anAccount("1"), aUser("u7", { note: markOf("1") })];

    expect(planFor([aPerson("1", { givenName: "Eva" })], users)).toMatchObject({
      changes: [],
      findings: [["duplicateMark", "employee/1", undefined]],
      texts: [`Several accounts carry this worker's mark, none is touched: ${idOf("1")}, u7`],
    });
  });

  it("reports two accounts with one mark also when the worker is in no row", () => {
    const users = [anAccount("1"), aUser("u7", { note: markOf("1") })];

    expect(planFor([bystander], users).findings).toContainEqual(["duplicateMark", "employee/1", undefined]);
  });

  it("never touches a protected account, nor makes its worker a second one", () => {
    const policy = aPolicy({ protect: [idOf("1")] });

    expect(planFor([aPerson("1", { email: "new@contoso.com" })], [anAccount("1")], { policy })).toMatchObject({
      changes: [],
      findings: [["accountProtected", "employee/1", idOf("1")]],
    });
  });

  it("never touches a remembered account whose mark is another owner's or cannot be read, nor makes a second one", () => {
    const users = [aUser("u7", { note: "rollcall/1 owner=" })];

    expect(planFor([aPerson("1")], users, { links: new Map([["employee/1", "u7"]]) })).toMatchObject({
      changes: [],
      findings: [["accountForeign", "employee/1", "u7"]],
    });
  });

  it("never touches an unmarked account that is remembered for two workers", () => {
    const links = new Map([
      ["employee/1", "u7"],
      ["employee/2", "u7"],
    ]);

    expect(planFor([aPerson("1"), aPerson("2", { status: "ended" })], [aUser("u7")], { links })).toMatchObject({
      changes: [],
      findings: [
        ["accountAmbiguous", "employee/1", "u7"],
        ["accountAmbiguous", "employee/2", "u7"],
      ],
    });
  });
});

describe("plan() for an account whose mark was wiped", () => {
  const wiped = anAccount("1", { note: "" });

  it("writes the mark again, and reports that it was gone", () => {
    expect(planFor([aPerson("1")], [wiped])).toMatchObject({
      changes: [{ kind: "adoptUser", key: idOf("1"), after: { worker: "employee/1" }, because: "markRestored" }],
      findings: [["markWiped", "employee/1", idOf("1")]],
    });
  });

  it("blocks it when its worker leaves", () => {
    expect(planFor([gone], [wiped])).toMatchObject({
      changes: [{ kind: "blockUser", key: idOf("1"), before: { state: "active", marked: false } }],
      findings: [["markWiped", "employee/1", idOf("1")]],
    });
  });

  it("only reports it while something holds what gives", () => {
    expect(planFor(shared, [wiped])).toMatchObject({
      changes: [],
      findings: [
        ["markWiped", "employee/1", idOf("1")],
        ["sharedAddress", "employee/1", undefined],
        ["sharedAddress", "employee/2", undefined],
      ],
    });
  });

  it("does not unblock it: nothing says that Rollcall blocked it", () => {
    expect(planFor([aPerson("1")], [{ ...wiped, state: "blocked" }])).toMatchObject({
      changes: [],
      findings: [["heldByOthers", "employee/1", idOf("1")]],
    });
  });
});

describe("plan() for somebody who is back", () => {
  it("unblocks what Rollcall blocked", () => {
    const { changes, reasons } = planFor([aPerson("1")], [blockedByUs("1")]);

    expect(changes).toEqual([
      {
        kind: "unblockUser",
        key: idOf("1"),
        before: { state: "blocked" },
        after: { state: "active" },
        because: "rehire",
      },
    ]);
    expect(reasons[0]).toMatchObject({ worker: "employee/1", source: "hr", line: 2 });
  });

  it("does not unblock what somebody else blocked, but reports it", () => {
    expect(planFor([aPerson("1")], [anAccount("1", { state: "blocked" })])).toMatchObject({
      changes: [],
      findings: [["heldByOthers", "employee/1", idOf("1")]],
    });
  });

  it("does not unblock while something holds what gives", () => {
    expect(planFor(shared, [blockedByUs("1")]).changes).toEqual([]);
    expect(planFor([aPerson("1", { status: "unknown" })], [blockedByUs("1")]).changes).toEqual([]);
    expect(planFor([aPerson("1"), gone], [blockedByUs("1")]).changes).toEqual([]);
  });

  it("gives names and address that changed in between as well", () => {
    expect(planFor([aPerson("1", { email: "new@contoso.com" })], [blockedByUs("1")]).changes).toMatchObject([
      { kind: "updateUser", after: { email: "new@contoso.com" } },
      { kind: "unblockUser" },
    ]);
  });
});
