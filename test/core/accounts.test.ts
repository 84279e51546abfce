import { describe, expect, it } from "vitest";
import { resolveAccounts } from "../../shared/core/accounts.ts";
import type { User } from "../../shared/core/directory.ts";
import { anAccount, aUser, blockedByUs, idOf, markOf, owner } from "../helpers/core-builders.ts";

function resolve(
  users: readonly User[],
  {
    links = {},
    workers = [],
    protect = [],
  }: { links?: Record<string, string>; workers?: string[]; protect?: string[] } = {},
) {
  const accounts = resolveAccounts(users, { owner, protect, links: new Map(Object.entries(links)), workers });
  return { ...accounts, byUser: new Map(users.map((user) => [user.id, accounts.ownershipOf(user)])) };
}

describe("resolveAccounts()", () => {
  it("takes an account with our mark for the worker's, whatever its id and address", () => {
    const user = aUser("u7", { note: `kept\n${markOf("1")}` });

    const { byUser, byWorker } = resolve([user]);

    const account = { kind: "own", user, worker: "employee/1", marked: true };
    expect(byWorker.get("employee/1")).toEqual(account);
    expect(byUser.get("u7")).toEqual(account);
  });

  it("says nothing of an account that it was not shown, whatever its mark", () => {
    expect(resolve([anAccount("1")]).ownershipOf(aUser("u7", { note: markOf("1") }))).toBeUndefined();
  });

  it("reads from the mark when we blocked it", () => {
    expect(resolve([blockedByUs("1")]).byWorker.get("employee/1")).toMatchObject({
      blockedByUs: "2026-02-01T00:00:00Z",
    });
  });

  it.each([
    ["the mark of another owner", markOf("1").replace("contoso-platform", "fabrikam")],
    ["a malformed mark", "rollcall/1 nonsense"],
    ["a mark of ours without a number space", `rollcall/1 owner=${owner} key=1`],
    ["a mark of ours without a number", `rollcall/1 owner=${owner} space=employee`],
  ])("takes an account with %s for foreign", (_what, note) => {
    const { byUser, byWorker } = resolve([aUser("u1", { note })], { workers: ["employee/1"] });

    expect(byUser.get("u1")).toEqual({ kind: "foreign" });
    expect(byWorker.size).toBe(0);
  });

  it("takes an account without a mark for a stranger, also where its address is the worker's", () => {
    const { byUser, byWorker } = resolve([aUser("u1", { email: "p1@contoso.com" })], { workers: ["employee/1"] });

    expect(byUser.get("u1")).toEqual({ kind: "stranger" });
    expect(byWorker.size).toBe(0);
  });

  it("gives a worker whose mark stands on two accounts neither of them", () => {
    const { byUser, byWorker, duplicates } = resolve([anAccount("1"), aUser("u1", { note: markOf("1") })]);

    expect(duplicates).toEqual(new Map([["employee/1", [idOf("1"), "u1"]]]));
    expect(byWorker.size).toBe(0);
    expect(byUser.get("u1")).toEqual({ kind: "duplicate", worker: "employee/1" });
  });

  it("protects user 1 and the patterns' accounts even from their own marks", () => {
    const { byUser, byWorker } = resolve([aUser("1", { note: markOf("1") }), aUser("svc-1", { note: markOf("2") })], {
      protect: ["svc-*"],
    });

    expect(byUser.get("1")).toEqual({ kind: "protected" });
    expect(byUser.get("svc-1")).toEqual({ kind: "protected" });
    expect(byWorker.size).toBe(0);
  });

  it("gives a worker whose marked account is protected no second one", () => {
    const { outOfReach } = resolve([aUser("svc-1", { note: markOf("1") })], { protect: ["svc-*"] });

    expect(outOfReach.get("employee/1")).toEqual({ user: "svc-1", because: "protected" });
  });

  it("counts a protected account among two with one mark, and leaves it protected", () => {
    const { byUser, duplicates } = resolve([anAccount("1"), aUser("svc-1", { note: markOf("1") })], {
      protect: ["svc-*"],
    });

    expect(duplicates.get("employee/1")).toEqual([idOf("1"), "svc-1"]);
    expect(byUser.get("svc-1")).toEqual({ kind: "protected" });
    expect(byUser.get(idOf("1"))).toEqual({ kind: "duplicate", worker: "employee/1" });
  });

  describe("an account whose mark was wiped", () => {
    const wiped = anAccount("1", { note: "met at the fair" });

    it("is found by the id that only the worker's account can have", () => {
      expect(resolve([wiped], { workers: ["employee/1"] }).byWorker.get("employee/1")).toEqual({
        kind: "own",
        user: wiped,
        worker: "employee/1",
        marked: false,
      });
    });

    it("is found by memory where it was adopted under another id, also when HR no longer names the worker", () => {
      const adopted = aUser("U7");

      expect(resolve([adopted], { links: { "employee/1": "u7" } }).byWorker.get("employee/1")).toEqual({
        kind: "own",
        user: adopted,
        worker: "employee/1",
        marked: false,
      });
    });

    it("is nobody's while another account carries the worker's mark", () => {
      const { byUser, byWorker } = resolve([wiped, aUser("u1", { note: markOf("1") })], { workers: ["employee/1"] });

      expect(byUser.get(wiped.id)).toEqual({ kind: "stranger" });
      expect(byWorker.get("employee/1")?.user.id).toBe("u1");
    });

    it("is nobody's and out of reach when it is remembered as that of two workers", () => {
      const { byUser, byWorker, outOfReach } = resolve([aUser("u7")], {
        links: { "employee/1": "u7", "employee/2": "U7" },
      });

      expect(byWorker.size).toBe(0);
      expect(byUser.get("u7")?.kind).toBe("duplicate");
      expect([...outOfReach]).toEqual([
        ["employee/1", { user: "u7", because: "ambiguous" }],
        ["employee/2", { user: "u7", because: "ambiguous" }],
      ]);
    });
  });

  describe("an account without a mark, where some workers only were read", () => {
    const resolveSome = (id: string, links: Readonly<Record<string, string>>) =>
      resolveAccounts([aUser(id)], {
        owner,
        protect: [],
        links: new Map(Object.entries(links)),
        workers: ["employee/1"],
        someWorkers: true,
      });

    it("is nobody's when memory says one worker, and its id may come from another who was not read", () => {
      const { byWorker, outOfReach } = resolveSome(idOf("2").toUpperCase(), { "employee/1": idOf("2") });

      expect(byWorker.size).toBe(0);
      expect(outOfReach.get("employee/1")?.because).toBe("ambiguous");
    });

    it.each([idOf("1"), "u7"])("is the worker's when memory says so and the id %s is no other's", (id) => {
      expect(resolveSome(id, { "employee/1": id }).byWorker.get("employee/1")).toMatchObject({ marked: false });
    });
  });

  it("puts a remembered account out of reach that is protected or foreign by now", () => {
    const users = [aUser("u7", { note: "rollcall/1 owner=fabrikam space=employee key=1" }), aUser("svc-1")];

    const { byWorker, outOfReach } = resolve(users, {
      links: { "employee/1": "u7", "employee/2": "svc-1" },
      protect: ["svc-*"],
    });

    expect(byWorker.size).toBe(0);
    expect(outOfReach.get("employee/1")).toEqual({ user: "u7", because: "foreign" });
    expect(outOfReach.get("employee/2")).toEqual({ user: "svc-1", because: "protected" });
  });

  it("forgets a memory that the mark contradicts", () => {
    const users = [anAccount("1"), aUser("u7", { note: "rollcall/1 owner=fabrikam" })];

    const { byWorker, outOfReach } = resolve(users, { links: { "employee/1": "u7" } });

    expect(byWorker.get("employee/1")?.user.id).toBe(idOf("1"));
    expect(outOfReach.size).toBe(0);
  });
});
