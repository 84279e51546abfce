import { beforeAll, describe, expect, it } from "vitest";
import { defaultLimits } from "../../shared/config/limits-schema.ts";
import { policyFor } from "../../shared/config/policy.ts";
import { parseRules, type Rules } from "../../shared/config/rules.ts";
import type { RulesDeps } from "../../shared/config/rules-schema.ts";
import type { Person } from "../../shared/core/person.ts";
import type { Policy } from "../../shared/core/policy.ts";
import { rulesDeps, validText } from "./rules-fixture.ts";

const jane: Person = {
  worker: "employee/1001",
  numberSpace: "employee",
  employeeNumber: "1001",
  status: "active",
  source: "hr",
  line: 2,
  unreadable: [],
  department: "Payments",
};

let deps: RulesDeps;
beforeAll(async () => {
  deps = await rulesDeps();
});

function rulesOf(text: string): Rules {
  const result = parseRules(text, "rollcall.yaml", deps);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.rules;
}

function policyOf(more: string, ofTarget = ""): Policy {
  const text = validText.replace("  - name: main\n", `  - name: main\n${ofTarget}`) + more;
  return policyFor(rulesOf(text), "main", deps.expressions);
}

describe("policyFor()", () => {
  it("gives the defaults: everybody, no groups, suspend, keep, cautious limits", () => {
    const { people, ...policy } = policyOf("");

    expect(policy).toEqual({
      owner: "contoso",
      target: "main",
      groups: [],
      lifecycle: {
        provision: "create",
        adopt: "email",
        adoptIdentities: ["Aad", "AadB2C"],
        prehireDays: 0,
        leaver: { subscriptions: { kind: "suspend" } },
        removedGroups: "keep",
      },
      protect: [],
      limits: defaultLimits,
    });
    expect(people).toMatchObject({
      defaultTimeZone: "Europe/Stockholm",
      emailDomains: [],
      employments: "conflict",
      missingFamilyName: "-",
    });
    expect(people.scope(jane, "2026-05-14")).toEqual({ ok: true, value: true });
  });

  it("knows the text of the scope, and which sources give which field", () => {
    expect(policyOf("").people).toMatchObject({ scopeText: "", scopeReads: [] });
    expect(policyOf("").people).not.toHaveProperty("precedence");
    expect(
      policyOf('  scope: person.department == "Sales"\n  precedence: { default: [hr], email: [hr] }\n').people,
    ).toMatchObject({
      scopeText: 'person.department == "Sales"',
      scopeReads: ["department"],
      precedence: { default: ["hr"], fields: { email: ["hr"] } },
    });
  });

  it("compiles the scope and the groups, those of the target after those of all", () => {
    const policy = policyOf(
      `  scope: person.department == "Sales"
groups:
  - { id: pay, displayName: Pay, members: 'person.department == "Payments"', products: [p1] }
`,
      `    groups: [{ id: old, displayName: Old, members: 'person.startDate < today' }]
`,
    );

    expect(policy.people.scope(jane, "2026-05-14")).toEqual({ ok: true, value: false });
    expect(policy.groups.map(({ members, ...group }) => [group, members(jane, "2026-05-14")])).toEqual([
      [
        {
          id: "pay",
          displayName: "Pay",
          needs: [{ field: "department", values: ["Payments"] }],
          products: ["p1"],
        },
        { ok: true, value: true },
      ],
      [
        { id: "old", displayName: "Old" },
        { ok: true, value: true },
      ],
    ]);
  });

  it("lets a named limit replace its default entirely, and the target's limit that of the file", () => {
    const policy = policyOf(
      "limits: { blockUser: { count: 3 }, updateUser: { percent: 1 }, removeMember: { percent: 2, perGroup: false, ignoreBelow: 0 } }\n",
      "    limits: { blockUser: { percent: 4 } }\n",
    );

    expect(policy.limits).toEqual({
      ...defaultLimits,
      blockUser: { percent: 4, ignoreBelow: 5 },
      updateUser: { percent: 1, ignoreBelow: 5 },
      removeMember: { percent: 2, perGroup: false, ignoreBelow: 0 },
    });
  });

  it("has cautious limits for everything that takes access away", () => {
    const { blockUser, outOfScope, deleteUser, removeMember, suspendSubscription, transferSubscription } =
      policyOf("").limits;

    expect(
      [blockUser, outOfScope, deleteUser, removeMember, suspendSubscription, transferSubscription].map(
        ({ percent, count }) => [percent, count],
      ),
    ).toEqual([
      [10, 50],
      [5, 25],
      [5, 25],
      [20, 200],
      [10, 50],
      [10, 50],
    ]);
  });

  it("protects what the target protects beside what the file protects", () => {
    const policy = policyOf("protect: ['*@admins.contoso.com']\n", "    protect: [svc-*]\n");

    expect(policy.protect).toEqual(["*@admins.contoso.com", "svc-*"]);
  });

  it.each([
    ["keep", { kind: "keep" }],
    ["suspend", { kind: "suspend" }],
    ["{ transfer: manager }", { kind: "transfer", to: { manager: true } }],
    ["{ transfer: { user: api-owner } }", { kind: "transfer", to: { user: "api-owner" } }],
  ])("gives leavers' subscriptions: %s", (text, subscriptions) => {
    const policy = policyOf(
      `lifecycle: { leaver: { subscriptions: ${text}, deleteAfterDays: 90 }, removedGroups: delete }\n`,
    );

    expect(policy.lifecycle.leaver).toEqual({ subscriptions, deleteAfterDays: 90 });
    expect(policy.lifecycle.removedGroups).toBe("delete");
  });

  it("refuses a target that the rules do not have", () => {
    const rules = rulesOf(validText);

    expect(() => policyFor(rules, "other", deps.expressions)).toThrow(
      'Cannot find target "other": the rules have "main"',
    );
  });
});
