import { describe, expect, it } from "vitest";
import { type PlanInput, planSubscriptionOwners } from "../../shared/core/plan.ts";
import {
  aDirectory,
  aGroup,
  aGroupRule,
  anAccount,
  aPerson,
  aPlanInput,
  aPolicy,
  aRead,
  aSubscription,
  aUser,
  blockedByUs,
  bystander,
  idOf,
  inDepartment,
  markOf,
  ourGroup,
} from "../helpers/core-builders.ts";
import { plan } from "../helpers/core-plan.ts";

function changesOf(input: PlanInput): readonly string[] {
  return plan(input).changes.map(({ kind, key }) => `${kind} ${key}`);
}

const gone = aPerson("1", { status: "ended" });

describe("plan()", () => {
  it("names its format, target, owner and purpose, and has the digest of its changes", () => {
    const empty = plan(aPlanInput());

    expect(empty).toMatchObject({
      format: "rollcall-plan/1",
      target: "contoso",
      owner: "contoso-platform",
      purpose: "sync",
    });
    expect(empty.digest).toBe("36ca9ca2ee1112c3b46c8fe42e6cf45cbde87ee1d38d0be802987dc106c26f15");
  });

  it("has the same digest when only lines, reasons and findings differ", () => {
    const first = plan(aPlanInput({ reads: [aRead([aPerson("1", { line: 2 })])] }));
    const later = plan(
      aPlanInput({ reads: [aRead([aPerson("2", { status: "unknown" }), aPerson("1", { line: 3 })])] }),
    );

    expect(later.digest).toBe(first.digest);
    expect(later.findings).not.toEqual(first.findings);
  });

  it("lets one person's problem stop nobody else", () => {
    const people = [aPerson("1", { email: "nonsense" }), aPerson("2", { unreadable: ["email"] }), aPerson("3")];

    const { changes, problems } = plan(aPlanInput({ reads: [aRead(people)] }));

    expect(changes.map(({ key }) => key)).toEqual([idOf("3")]);
    expect(problems).toMatchObject([{ code: "addressInvalid", worker: "employee/1" }]);
  });

  it("passes the problems of the reads on", () => {
    const problem = { code: "keyMissing", source: "hr", line: 3, reason: "The row has no employee number" } as const;

    expect(plan(aPlanInput({ reads: [aRead([], { problems: [problem] })] })).problems).toEqual([problem]);
  });

  it("writes no name and no address of a person into findings, problems and reasons", () => {
    const people = [
      aPerson("1", { email: "secret@contoso.com", givenName: "Secret" }),
      aPerson("2", { email: "secret@contoso.com", givenName: "Secret" }),
      aPerson("3", { email: "secret at contoso", givenName: "Secret" }),
      aPerson("4", { givenName: "Secret", familyName: "Secret" }),
    ];
    const users = [anAccount("4"), aUser("u7", { email: "secret@contoso.com" })];

    const { changes, findings, problems } = plan(
      aPlanInput({ reads: [aRead(people)], directory: aDirectory({ users }) }),
    );

    const texts = JSON.stringify([changes.map(({ reason }) => reason), findings, problems]);
    expect(changes).toHaveLength(1);
    expect(texts.toLowerCase()).not.toContain("secret");
  });

  it("sorts findings, so that the order of the reads does not show", () => {
    const people = [
      aPerson("2", { status: "unknown" }),
      aPerson("1", { startDate: "2026-04-01" }),
      aPerson("3", { status: "unknown" }),
    ];

    const codes = plan(aPlanInput({ reads: [aRead(people)] })).findings.map(({ code, worker }) => [code, worker]);

    expect(codes).toEqual([
      ["preHire", "employee/1"],
      ["statusUnknown", "employee/2"],
      ["statusUnknown", "employee/3"],
    ]);
  });
});

describe("plan() for deleting", () => {
  const rules = (deleteAfterDays?: number) =>
    aPolicy({
      lifecycle: {
        leaver: { subscriptions: { kind: "keep" }, ...(deleteAfterDays === undefined ? {} : { deleteAfterDays }) },
      },
    });
  const blocked = blockedByUs("1");
  const input = aPlanInput({ policy: rules(29), reads: [aRead([gone])], directory: aDirectory({ users: [blocked] }) });

  it("deletes leavers' accounts that Rollcall blocked so many days ago", () => {
    expect(plan({ ...input, purpose: "delete" }).changes).toEqual([
      {
        kind: "deleteUser",
        key: idOf("1"),
        before: { state: "blocked" },
        after: null,
        reason: {
          code: "deleteAfterDays",
          worker: "employee/1",
          text: "Blocked by Rollcall for 29 days or more, and HR still has the worker gone",
        },
      },
    ]);
  });

  it("waits for the whole of the last day", () => {
    expect(changesOf({ ...input, purpose: "delete", policy: rules(30) })).toEqual([]);
  });

  it("deletes never unless the rules say when", () => {
    expect(changesOf({ ...input, purpose: "delete", policy: rules() })).toEqual([]);
  });

  it("deletes in a plan of its own: a sync only reports what is due", () => {
    const { changes, findings } = plan(input);

    expect(changes).toEqual([]);
    expect(findings).toEqual([
      {
        code: "deleteDue",
        user: idOf("1"),
        worker: "employee/1",
        text: "The account is due to be deleted, in a plan of its own",
      },
    ]);
    const others = { ...input, purpose: "delete" as const, reads: [aRead([gone, aPerson("2")])] };
    expect(changesOf(others)).toEqual([`deleteUser ${idOf("1")}`]);
  });

  it.each([
    ["who is back", [aPerson("1")], blocked],
    ["who is held", [aPerson("1", { status: "unknown" })], blocked],
    ["whose absence is not proved", [], blocked],
    ["that somebody else blocked", [gone], anAccount("1", { state: "blocked" })],
    ["that somebody unblocked", [gone], { ...blocked, state: "active" as const }],
    ["whose mark was wiped", [gone], { ...blocked, note: "" }],
    ["whose mark says no time", [gone], { ...blocked, note: markOf("1", "somewhen") }],
    ["whose mark says a time to come", [gone], { ...blocked, note: markOf("1", "2027-01-01T00:00:00Z") }],
  ])("does not delete the account of a worker %s", (_what, people, user) => {
    const directory = aDirectory({ users: [user] });

    expect(
      changesOf({ ...input, purpose: "delete", reads: [aRead(people, { completeness: "incomplete" })], directory }),
    ).toEqual([]);
  });

  it("deletes one worker's account alone when asked to", () => {
    const directory = aDirectory({ users: [blocked, blockedByUs("2")] });
    const reads = [aRead([gone, aPerson("2", { status: "ended" })])];

    expect(changesOf({ ...input, purpose: "delete", reads, directory, worker: "employee/2" })).toEqual([
      `deleteUser ${idOf("2")}`,
    ]);
  });
});

describe("plan() for one worker", () => {
  const rule = aGroupRule("payments", inDepartment("Payments"));

  it("has only this worker's changes, memberships and subscriptions included", () => {
    const people = [gone, aPerson("2", { department: "Ledger" }), aPerson("3"), aPerson("4")];
    const users = [anAccount("1"), anAccount("2", { groups: ["payments"] }), anAccount("3")];
    const input = aPlanInput({
      policy: aPolicy({ groups: [rule] }),
      reads: [aRead(people)],
      directory: aDirectory({ users, groups: [ourGroup("payments", { displayName: "Old" })] }),
      subscriptions: new Map([[idOf("1"), [aSubscription("s1", idOf("1"))]]]),
    });

    expect(changesOf({ ...input, worker: "employee/1" })).toEqual(["suspendSubscription s1", `blockUser ${idOf("1")}`]);
    expect(changesOf({ ...input, worker: "employee/2" })).toEqual([`removeMember payments/${idOf("2")}`]);
    expect(changesOf({ ...input, worker: "employee/4" })).toEqual([
      `createUser ${idOf("4")}`,
      `addMember payments/${idOf("4")}`,
    ]);
    expect(changesOf({ ...input, worker: "employee/5" })).toEqual([]);
  });

  it("leaves memberships for the next whole run where the group is yet to be made or adopted", () => {
    const policy = aPolicy({ groups: [rule, aGroupRule("ledger", inDepartment("Ledger"))] });
    const directory = aDirectory({ users: [anAccount("1", { groups: ["ledger"] })], groups: [aGroup("ledger")] });

    expect(changesOf(aPlanInput({ policy, reads: [aRead([aPerson("1")])], directory, worker: "employee/1" }))).toEqual(
      [],
    );
  });

  it("leaves an address for the next whole run that somebody else has to give away first", () => {
    const people = [aPerson("1", { email: "new@contoso.com" }), aPerson("2", { email: "p1@contoso.com" })];
    const input = aPlanInput({
      policy: aPolicy({ groups: [rule] }),
      reads: [aRead(people)],
      directory: aDirectory({ users: [anAccount("1")], groups: [ourGroup("payments")] }),
    });

    expect(changesOf({ ...input, worker: "employee/2" })).toEqual([]);
    expect(changesOf({ ...input, worker: "employee/1" })).toEqual([
      `updateUser ${idOf("1")}`,
      `addMember payments/${idOf("1")}`,
    ]);
  });

  it("takes nobody for absent from a read of one worker, which is never a complete one", () => {
    const reads = [aRead([aPerson("1")], { completeness: "incomplete" })];
    const input = aPlanInput({ reads, directory: aDirectory({ users: [anAccount("2")] }), worker: "employee/2" });

    expect(plan(input)).toMatchObject({ changes: [], findings: [{ code: "absentNotProved", worker: "employee/2" }] });
  });
});

describe("planSubscriptionOwners()", () => {
  const input = aPlanInput({
    reads: [aRead([gone, aPerson("2"), bystander])],
    directory: aDirectory({ users: [anAccount("1"), blockedByUs("2")] }),
  });

  it("names whose subscriptions a plan has to see: of those whom it blocks or unblocks", () => {
    expect(planSubscriptionOwners(plan(input), input.policy)).toEqual([idOf("1"), idOf("2")]);
  });

  it("leaves leavers out where their subscriptions are kept", () => {
    const policy = aPolicy({ lifecycle: { leaver: { subscriptions: { kind: "keep" } } } });

    expect(planSubscriptionOwners(plan({ ...input, policy }), policy)).toEqual([idOf("2")]);
  });
});
