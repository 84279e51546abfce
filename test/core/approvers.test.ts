import { describe, expect, it } from "vitest";
import { canBeAsked, chooseApprovers, type KnownForAsking, managerOf } from "../../shared/core/approvers.ts";
import type { ApproverSpec } from "../../shared/core/decision.ts";
import { aPerson } from "../helpers/request-records.ts";

const manager = aPerson(9, { email: "boss@contoso.com" });
const known: KnownForAsking = {
  manager,
  owners: ["owner@contoso.com", "Second@contoso.com"],
  requester: { worker: "employee/1", addresses: ["ada@contoso.com"] },
};
const all: readonly ApproverSpec[] = [
  { kind: "manager" },
  { kind: "owners" },
  { kind: "address", address: "security@contoso.com" },
];

function addresses(...args: Parameters<typeof chooseApprovers>): readonly string[] {
  return chooseApprovers(...args).map(({ address, role }) => `${role} ${address}`);
}

describe("chooseApprovers()", () => {
  it("gives manager, owners and named addresses, the manager with the worker's key", () => {
    expect(addresses([all], known)).toEqual([
      "manager boss@contoso.com",
      "owner owner@contoso.com",
      "owner Second@contoso.com",
      "named security@contoso.com",
    ]);
    expect(chooseApprovers([all], known)[0]?.worker).toBe("employee/9");
  });

  it("never gives the requester, by worker or by address", () => {
    const own = { ...known.requester, worker: "employee/9", addresses: ["OWNER@contoso.com"] };
    expect(addresses([all], { ...known, requester: own })).toEqual([
      "owner Second@contoso.com",
      "named security@contoso.com",
    ]);
  });

  it("gives nobody twice, and nobody who was asked already", () => {
    const specs: readonly ApproverSpec[] = [
      { kind: "address", address: "SECOND@contoso.com" },
      ...all,
      { kind: "address", address: "owner@contoso.com" },
    ];
    expect(addresses([specs], known, ["Security@contoso.com"])).toEqual([
      "named SECOND@contoso.com",
      "manager boss@contoso.com",
      "owner owner@contoso.com",
    ]);
  });

  it("takes the first list that has anybody", () => {
    const none = { ...known, manager: undefined };
    expect(addresses([[{ kind: "manager" }], [{ kind: "owners" }]], none)).toEqual([
      "owner owner@contoso.com",
      "owner Second@contoso.com",
    ]);
    expect(addresses([[{ kind: "manager" }]], none)).toEqual([]);
  });

  it("can give a manager without an address nothing", () => {
    const { email: _, ...silent } = manager;
    expect(addresses([[{ kind: "manager" }]], { ...known, manager: silent })).toEqual(["manager "]);
  });
});

describe("managerOf()", () => {
  it("is in the worker's own number space", () => {
    expect(managerOf(aPerson(1, { manager: "9", numberSpace: "contingent" }))).toBe("contingent/9");
  });

  it("is unknown where HR names none or it cannot be read", () => {
    expect(managerOf(aPerson(1))).toBeUndefined();
    expect(managerOf(aPerson(1, { manager: "" }))).toBeUndefined();
    expect(managerOf(aPerson(1, { manager: "9", unreadable: ["manager"] }))).toBeUndefined();
  });
});

describe("canBeAsked()", () => {
  it("takes who is at work and has an address", () => {
    const { email: _, ...silent } = manager;
    expect(canBeAsked({ person: manager, standing: "present" })).toBe(true);
    expect(canBeAsked({ person: manager, standing: "leaver" })).toBe(false);
    expect(canBeAsked({ person: { ...manager, status: "onLeave" }, standing: "present" })).toBe(false);
    expect(canBeAsked({ person: silent, standing: "present" })).toBe(false);
  });
});
