// The part of a plan about groups, memberships and products, seen through plan().

import { describe, expect, it } from "vitest";
import type { Group, Product, User } from "../../shared/core/directory.ts";
import type { Person } from "../../shared/core/person.ts";
import type { PlanInput } from "../../shared/core/plan.ts";
import type { GroupRule, Policy } from "../../shared/core/policy.ts";
import {
  aDirectory,
  aGroup,
  aGroupRule,
  anAccount,
  aPerson,
  aPlanInput,
  aPolicy,
  aProduct,
  aRead,
  aUser,
  blockedByUs,
  broken,
  bystander,
  idOf,
  inDepartment,
  markOf,
  nobody,
  ourGroup,
} from "../helpers/core-builders.ts";
import { plan } from "../helpers/core-plan.ts";

type Setting = {
  readonly rules?: readonly GroupRule[];
  readonly groups?: readonly Group[];
  readonly people?: readonly Person[];
  readonly users?: readonly User[];
  readonly products?: readonly Product[];
  readonly policy?: Policy;
} & Partial<PlanInput>;

function planFor({
  rules = [],
  groups = [],
  people = [],
  users = [],
  products = [],
  policy = aPolicy(),
  ...fields
}: Setting) {
  const directory = aDirectory({ users, groups, products });
  const input = aPlanInput({ reads: [aRead(people)], directory, policy: { ...policy, groups: rules }, ...fields });
  const { changes, findings, problems } = plan(input);
  return {
    changes: changes.map(({ kind, key }) => `${kind} ${key}`),
    whole: changes,
    findings: findings.map(({ code, group, product }) =>
      [code, group, product].filter((part) => part !== undefined).join(" "),
    ),
    problems,
  };
}

const payments = aGroupRule("payments", inDepartment("Payments"), { displayName: "Payments team" });
const team = ourGroup("payments", { displayName: "Payments team" });
const member = anAccount("1", { groups: ["developers", "payments"] });
const ledger = aPerson("1", { department: "Ledger" });

describe("plan() for a group of the rules", () => {
  it("makes it where it does not exist", () => {
    expect(planFor({ rules: [payments] }).whole).toEqual([
      {
        kind: "createGroup",
        key: "payments",
        before: null,
        after: { displayName: "Payments team" },
        reason: { code: "groupInRules", rule: "payments", text: "The rules name the group, and it does not exist yet" },
      },
    ]);
  });

  it("takes over one that nobody manages as a planned adoption, keeping its id as it is written", () => {
    const existing = aGroup("Payments", { displayName: "Pay" });

    expect(planFor({ rules: [payments], groups: [existing] }).whole).toMatchObject([
      { kind: "adoptGroup", key: "Payments", before: { displayName: "Pay" }, after: { displayName: "Payments team" } },
    ]);
  });

  it("renames ours, and leaves it where nothing differs", () => {
    expect(planFor({ rules: [payments], groups: [{ ...team, displayName: "Old" }] }).changes).toEqual([
      "updateGroup payments",
    ]);
    expect(planFor({ rules: [payments], groups: [team] }).changes).toEqual([]);
  });

  it.each([
    ["another installation's", "rollcall/1 owner=fabrikam"],
    ["malformed", "rollcall/1"],
  ])("touches neither the group nor its members where its mark is %s", (_what, description) => {
    const foreign = aGroup("payments", { description });

    expect(planFor({ rules: [payments], groups: [foreign], people: [ledger], users: [member] })).toMatchObject({
      changes: [],
      findings: ["groupForeign payments"],
    });
  });

  it.each([
    ["built-in", aGroup("payments", { builtIn: true, type: "system" })],
    ["external", aGroup("payments", { type: "external" })],
  ])("refuses rules that name a group which is %s", (what, group) => {
    expect(() => planFor({ rules: [payments], groups: [group] })).toThrow(
      `Cannot manage the group "payments": it is ${what}, expected a custom group; take it out of the rules`,
    );
  });
});

describe("plan() for a group of ours that left the rules", () => {
  const remove = aPolicy({ lifecycle: { removedGroups: "delete" } });

  it("reports and keeps it, with its members", () => {
    expect(planFor({ groups: [team], people: [aPerson("1")], users: [member] })).toMatchObject({
      changes: [],
      findings: ["groupLeftRules payments"],
    });
  });

  it("deletes it with onRemoved: delete", () => {
    expect(planFor({ groups: [team], policy: remove }).whole).toMatchObject([
      { kind: "deleteGroup", key: "payments", before: { displayName: "Payments team" }, after: null },
    ]);
  });

  it("never deletes a group that is not ours, is built-in or external, whatever its description says", () => {
    const groups = [
      aGroup("unmarked"),
      aGroup("foreign", { description: "rollcall/1 owner=fabrikam" }),
      ourGroup("developers", { builtIn: true, type: "system" }),
      ourGroup("entra", { type: "external" }),
    ];

    expect(planFor({ groups, policy: remove })).toMatchObject({ changes: [], findings: [] });
  });
});

describe("plan() for memberships", () => {
  it("adds who the rule wants in and takes out who it does not, with row and rule as reason", () => {
    const people = [aPerson("1", { line: 4 }), aPerson("2", { line: 5, department: "Ledger" })];
    const users = [anAccount("1"), anAccount("2", { groups: ["PAYMENTS"] })];

    expect(planFor({ rules: [payments], groups: [team], people, users }).whole).toEqual([
      {
        kind: "removeMember",
        key: `payments/${idOf("2")}`,
        before: { group: "payments", user: idOf("2") },
        after: null,
        reason: {
          code: "groupRuleEnded",
          worker: "employee/2",
          rule: "payments",
          source: "hr",
          line: 5,
          text: 'The rule of group "payments" does not hold',
        },
      },
      {
        kind: "addMember",
        key: `payments/${idOf("1")}`,
        before: null,
        after: { group: "payments", user: idOf("1") },
        reason: {
          code: "groupRuleHolds",
          worker: "employee/1",
          rule: "payments",
          source: "hr",
          line: 4,
          text: 'The rule of group "payments" holds',
        },
      },
    ]);
  });

  it("adds to a new account and to a new group only after they are made", () => {
    expect(planFor({ rules: [payments], people: [aPerson("1")] }).changes).toEqual([
      "createGroup payments",
      `createUser ${idOf("1")}`,
      `addMember payments/${idOf("1")}`,
    ]);
  });

  it("leaves alone who is in our group without our mark: strangers, foreign, protected and doubly marked ones", () => {
    const groups = ["payments"];
    const users = [
      aUser("u1", { groups }),
      aUser("u2", { groups, note: "rollcall/1 owner=fabrikam" }),
      aUser("1", { groups, note: markOf("1") }),
      aUser("u3", { groups, note: markOf("3") }),
      aUser("u4", { groups, note: markOf("3") }),
    ];
    const people = [ledger, aPerson("3", { department: "Ledger" })];

    expect(planFor({ rules: [payments], groups: [team], people, users }).changes).toEqual([]);
  });

  it("leaves leavers and blocked accounts in their groups, so that a rehire finds them", () => {
    const users = [
      blockedByUs("1", { groups: ["payments"] }),
      anAccount("2", { groups: ["payments"], state: "blocked" }),
    ];
    const people = [aPerson("1", { status: "ended" }), aPerson("2", { department: "Ledger" })];

    expect(planFor({ rules: [payments], groups: [team], people, users }).changes).toEqual([]);
  });

  it("takes an adopted account out of our group only after it is adopted", () => {
    const stranger = aUser("u7", {
      email: "p1@contoso.com",
      firstName: "Given1",
      lastName: "Family1",
      groups: ["payments"],
    });

    expect(planFor({ rules: [payments], groups: [team], people: [ledger], users: [stranger] }).changes).toEqual([
      "adoptUser u7",
      "removeMember payments/u7",
    ]);
  });

  it("takes members out of a group that it takes over only after that", () => {
    const unmarked = aGroup("payments", { displayName: "Payments team" });

    expect(planFor({ rules: [payments], groups: [unmarked], people: [ledger], users: [member] }).changes).toEqual([
      "adoptGroup payments",
      `removeMember payments/${idOf("1")}`,
    ]);
  });

  it("changes no membership where the rule fails for the row, and reports the row", () => {
    const rule = aGroupRule("payments", broken, { displayName: "Payments team" });

    const { changes, problems } = planFor({
      rules: [rule],
      groups: [team],
      people: [aPerson("1", { line: 6 })],
      users: [member],
    });

    expect(changes).toEqual([]);
    expect(problems).toEqual([
      {
        code: "groupRuleFailed",
        source: "hr",
        line: 6,
        worker: "employee/1",
        field: "payments",
        reason: 'The rule of group "payments" cannot be evaluated for this row: no such field',
      },
    ]);
  });

  it("gives no new membership to who shares an address, but takes those away that the rule does not hold for", () => {
    const rules = [payments, aGroupRule("ledger", inDepartment("Ledger"))];
    const groups = [team, ourGroup("ledger")];
    const people = [aPerson("1", { email: "x@contoso.com" }), aPerson("2", { email: "x@contoso.com" })];
    const users = [anAccount("1", { groups: ["ledger"] })];

    expect(planFor({ rules, groups, people, users }).changes).toEqual([`removeMember ledger/${idOf("1")}`]);
  });

  describe("of a worker whose rows contradict each other", () => {
    const rows = [aPerson("1"), aPerson("1", { line: 3, department: "Ledger" })];
    const rules = [payments, aGroupRule("ledger", inDepartment("Ledger")), aGroupRule("sales", inDepartment("Sales"))];
    const groups = [team, ourGroup("ledger"), ourGroup("sales")];

    it("gives none, keeps those that any row supports and takes those that none does", () => {
      const users = [anAccount("1", { groups: ["payments", "sales"] })];

      expect(planFor({ rules, groups, people: rows, users }).changes).toEqual([`removeMember sales/${idOf("1")}`]);
    });

    it("keeps those for which the rule fails on any row", () => {
      const people = [aPerson("1", { department: "broken" }), aPerson("1", { line: 3, department: "Ledger" })];
      const users = [anAccount("1", { groups: ["sales"] })];

      expect(planFor({ rules, groups, people, users }).changes).toEqual([]);
    });

    it("are left alone where the account is not active, or its mark was wiped", () => {
      const held = anAccount("1", { groups: ["sales"], state: "blocked" });
      const wiped = anAccount("1", { groups: ["sales"], note: "" });

      expect(planFor({ rules, groups, people: rows, users: [held] }).changes).toEqual([]);
      expect(planFor({ rules, groups, people: rows, users: [wiped] }).changes).toEqual([]);
    });
  });
});

describe("plan() for products", () => {
  const rule = { ...payments, members: nobody, products: ["Api", "gone", "Kept"] };

  it("links and unlinks our group, and reports a product that does not exist", () => {
    const products = [aProduct("api", ["developers"]), aProduct("old", ["Payments"]), aProduct("kept", ["payments"])];

    const { whole, findings } = planFor({ rules: [rule], groups: [team], products });

    expect(whole.map(({ kind, key, before, after }) => [kind, key, before, after])).toEqual([
      ["removeProductLink", "old/payments", { product: "old", group: "payments" }, null],
      ["addProductLink", "api/payments", null, { product: "api", group: "payments" }],
    ]);
    expect(findings).toEqual(["productMissing payments gone"]);
  });

  it("leaves links alone where the rules say nothing of products, and links of other groups always", () => {
    const products = [aProduct("old", ["payments", "developers", "others"])];

    expect(planFor({ rules: [payments], groups: [team], products }).changes).toEqual([]);
    expect(planFor({ rules: [{ ...payments, products: [] }], groups: [team], products }).changes).toEqual([
      "removeProductLink old/payments",
    ]);
  });

  it("unlinks a group that it takes over only after that", () => {
    const groups = [aGroup("payments", { displayName: "Payments team" })];

    expect(
      planFor({ rules: [{ ...rule, products: [] }], groups, products: [aProduct("old", ["payments"])] }).changes,
    ).toEqual(["adoptGroup payments", "removeProductLink old/payments"]);
  });
});

describe("plan() counts what limits are a share of", () => {
  it("our active accounts, and our members of the groups in the rules: no strangers, no built-in groups", () => {
    const users = [
      anAccount("1", { groups: ["developers", "Payments", "elsewhere"] }),
      blockedByUs("2", { groups: ["payments"] }),
      aUser("u7", { groups: ["payments"] }),
    ];
    const people = [aPerson("1"), bystander];

    const { base } = plan(
      aPlanInput({
        reads: [aRead(people, { completeness: "incomplete" })],
        directory: aDirectory({ users, groups: [team] }),
        policy: aPolicy({ groups: [payments, aGroupRule("new")] }),
      }),
    );

    expect(base).toEqual({ users: 3, active: 1, members: { payments: 2, new: 0 } });
  });
});
