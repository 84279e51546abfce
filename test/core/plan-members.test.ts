import { describe, expect, it } from "vitest";
import type { User } from "../../shared/core/directory.ts";
import { planMembers } from "../../shared/core/plan-members.ts";
import type { PersonRule } from "../../shared/core/policy.ts";
import type { Membership } from "../../shared/core/users-draft.ts";
import { aGroupRule, anAccount, aPerson, broken, inDepartment } from "../helpers/core-builders.ts";

const today = "2026-05-14";

function present(number: string, department: string, { id, groups }: User): Membership {
  const person = aPerson(number, { department });
  const fields = { firstName: "A", lastName: "B", email: `${number}@contoso.com` };
  return {
    worker: person.worker,
    user: id,
    groups,
    gives: true,
    standing: { kind: "present", person, fields, today, gives: true },
  };
}

describe("planMembers()", () => {
  it("compares with the groups that the service says, whatever their capitals", () => {
    const user = anAccount("1", { groups: ["PAYMENTS", "Web"] });
    const managed = [
      { id: "payments", rule: aGroupRule("payments", inDepartment("Payments")) },
      { id: "web", rule: aGroupRule("web", inDepartment("Web")) },
    ];

    const { changes } = planMembers(managed, [present("1", "Payments", user)]);

    expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([`removeMember web/${user.id}`]);
  });

  it("gives the problems rule by rule, and within a rule in the order of the people", () => {
    const users = [anAccount("1"), anAccount("2")];
    const managed = ["first", "second"].map((id) => ({ id, rule: aGroupRule(id, broken) }));
    const memberships = users.map((user, index) => present(String(index + 1), "Payments", user));

    const { problems } = planMembers(managed, memberships);

    expect(problems.map(({ field, worker }) => `${field} ${worker}`)).toEqual(
      ["first", "second"].flatMap((id) => memberships.map(({ worker }) => `${id} ${worker}`)),
    );
  });

  it("asks a rule only about people with the values that it needs, and about its members", () => {
    const users = ["1", "2", "3"].map((number) => anAccount(number, { groups: number === "3" ? ["payments"] : [] }));
    const departments = ["Payments", "Web", "Web"];
    const memberships = users.map((user, index) => present(String(index + 1), departments[index] ?? "", user));
    const asked: string[] = [];
    const members: PersonRule = (person, date) => {
      asked.push(person.employeeNumber);
      return inDepartment("Payments")(person, date);
    };
    const needs = [
      { field: "title", values: ["a", "b"] },
      { field: "department", values: ["Payments"] },
    ] as const;
    const managed = [{ id: "payments", rule: { ...aGroupRule("payments", members), needs } }];

    const { changes } = planMembers(managed, memberships);

    expect([...new Set(asked)]).toEqual(["1", "3"]);
    expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      `addMember payments/${users[0]?.id}`,
      `removeMember payments/${users[2]?.id}`,
    ]);
  });

  it("asks a rule that needs an empty field about people who lack the field", () => {
    const user = anAccount("1", { groups: [] });
    const members: PersonRule = (person) => ({ ok: true, value: person.title === undefined });
    const needs = [{ field: "title", values: [""] }] as const;
    const managed = [{ id: "untitled", rule: { ...aGroupRule("untitled", members), needs } }];

    const { changes } = planMembers(managed, [present("1", "Web", user)]);

    expect(changes.map(({ kind }) => kind)).toEqual(["addMember"]);
  });

  it("asks about every row of a worker whose rows contradict each other", () => {
    const user = anAccount("1", { groups: ["payments"] });
    const [web, payments] = ["Web", "Payments"].map((department) => aPerson("1", { department }));
    if (web === undefined || payments === undefined) throw new Error("Both rows are expected");
    const facts = [web, payments].map((person) => ({ person, today }));
    const membership: Membership = {
      worker: web.worker,
      user: user.id,
      groups: user.groups,
      gives: true,
      standing: { kind: "conflict", person: web, facts },
    };
    const rule = (id: string, department: string) => ({
      id,
      rule: {
        ...aGroupRule(id, inDepartment(department)),
        needs: [{ field: "department", values: [department] }] as const,
      },
    });

    const { changes } = planMembers([rule("payments", "Payments"), rule("web", "Web")], [membership]);

    expect(changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual([`addMember web/${user.id}`]);
  });
});
