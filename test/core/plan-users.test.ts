// Whose account is blocked, and whose is not, seen through plan().
import { describe, expect, it } from "vitest";
import {
  anAccount,
  aPerson,
  aPolicy,
  aRead,
  aUser,
  blockedByUs,
  bystander,
  idOf,
  inDepartment,
  markOf,
  nobody,
} from "../helpers/core-builders.ts";
import { planFor } from "../helpers/core-plan.ts";

const gone = aPerson("1", { status: "ended" });

describe("plan() for leavers", () => {
  it("blocks the account of a stated leaver, with the place of the statement", () => {
    const { changes, reasons } = planFor([aPerson("1", { status: "ended", line: 8 })], [anAccount("1")]);

    expect(changes).toEqual([
      {
        kind: "blockUser",
        key: idOf("1"),
        before: { state: "active", marked: true },
        after: { state: "blocked", worker: "employee/1" },
        because: "leaverStated",
      },
    ]);
    expect(reasons[0]).toMatchObject({ worker: "employee/1", source: "hr", line: 8, fields: ["status"] });
  });

  it.each(["incomplete", "empty"] as const)("blocks a stated leaver also in a read that is %s", (completeness) => {
    const reads = [aRead([gone], { completeness })];

    expect(planFor([], [anAccount("1")], { reads }).changes).toMatchObject([
      { kind: "blockUser", because: "leaverStated" },
    ]);
  });

  it("goes ahead with the block when every row states an end, though the rows contradict each other", () => {
    const rows = [
      aPerson("1", { status: "ended", department: "Ledger" }),
      aPerson("1", { line: 3, endDate: "2026-02-01" }),
    ];

    expect(planFor(rows, [anAccount("1")]).changes).toMatchObject([{ kind: "blockUser" }]);
  });

  it("blocks an absent leaver after a complete read", () => {
    const { changes, reasons } = planFor([bystander], [anAccount("1"), anAccount("999")]);

    expect(changes).toMatchObject([{ kind: "blockUser", key: idOf("1"), because: "leaverAbsent" }]);
    expect(reasons[0]?.text).toBe("The worker is in no row of hr, read completely");
  });

  it.each(["incomplete", "empty"] as const)("blocks nobody for being absent from a read that is %s", (completeness) => {
    const reads = [aRead([bystander], { completeness })];

    expect(planFor([], [anAccount("1")], { reads })).toMatchObject({
      changes: [{ kind: "createUser" }],
      findings: [["absentNotProved", "employee/1", idOf("1")]],
    });
  });

  it("blocks nobody for being absent while another source that can hold the worker was not read completely", () => {
    const agency = { ...aRead([], { source: "agency", completeness: "incomplete" }), spaces: "any" as const };

    expect(planFor([], [anAccount("1")], { reads: [aRead([bystander]), agency] }).changes).toMatchObject([
      { kind: "createUser" },
    ]);
  });

  it("blocks nobody for being absent from sources of another number space", () => {
    const agency = {
      ...aRead([aPerson("7", { numberSpace: "contingent" })], { source: "agency" }),
      spaces: ["contingent"],
    };

    const { changes, findings } = planFor([], [anAccount("1")], { reads: [agency] });

    expect(changes.map(({ kind }) => kind)).toEqual(["createUser"]);
    expect(findings).toEqual([["absentNotProved", "employee/1", idOf("1")]]);
  });

  it("does not let an incomplete read of another number space hold an absent leaver", () => {
    const agency = { ...aRead([], { source: "agency", completeness: "incomplete" }), spaces: ["contingent"] };

    expect(planFor([], [anAccount("1")], { reads: [aRead([bystander]), agency] }).changes).toMatchObject([
      { kind: "blockUser", key: idOf("1") },
      { kind: "createUser", key: idOf("999") },
    ]);
  });

  it("does not take one number for another in the other space", () => {
    const contingent = aUser(idOf("1", "contingent"), { note: markOf("1", undefined, "contingent") });
    const reads = [{ ...aRead([aPerson("1")]), spaces: "any" as const }];

    expect(planFor([], [anAccount("1"), contingent], { reads }).changes).toMatchObject([
      { kind: "blockUser", key: contingent.id, after: { worker: "contingent/1" } },
    ]);
  });

  it("gives a block for the scope its own reason", () => {
    const policy = aPolicy({ people: { scope: nobody } });

    expect(planFor([aPerson("1")], [anAccount("1")], { policy }).changes).toMatchObject([
      { kind: "blockUser", because: "outOfScope" },
    ]);
  });

  it("keeps the account of somebody on leave, held, not yet at work again, or with a rule that fails", () => {
    const people = [
      aPerson("1", { status: "onLeave" }),
      aPerson("2", { status: "unknown" }),
      aPerson("3", { startDate: "2026-05-01" }),
      aPerson("4", { department: "broken" }),
      aPerson("5", { unreadable: ["endDate"] }),
    ];
    const policy = aPolicy({ people: { scope: inDepartment("Payments") } });

    expect(
      planFor(
        people,
        people.map(({ employeeNumber }) => anAccount(employeeNumber)),
        { policy },
      ).changes,
    ).toEqual([]);
  });

  it("leaves accounts alone that are blocked or deleted already, and reports a pending one", () => {
    expect(planFor([gone], [anAccount("1", { state: "blocked" })])).toMatchObject({ changes: [], findings: [] });
    expect(planFor([gone], [anAccount("1", { state: "deleted" })])).toMatchObject({ changes: [], findings: [] });
    expect(planFor([gone], [anAccount("1", { state: "pending" })])).toMatchObject({
      changes: [],
      findings: [["accountPending", "employee/1", idOf("1")]],
    });
  });

  it("blocks again what somebody unblocked while HR still has the worker gone", () => {
    expect(planFor([gone], [blockedByUs("1", { state: "active" })]).changes).toMatchObject([{ kind: "blockUser" }]);
  });

  it("does nothing to a leaver without an account", () => {
    expect(planFor([gone], [])).toMatchObject({ changes: [], findings: [] });
  });
});
