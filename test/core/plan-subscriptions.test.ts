// The part of a plan about the subscriptions of those who leave and of those who are back, seen through plan().

import { describe, expect, it } from "vitest";
import type { Subscription, User } from "../../shared/core/directory.ts";
import type { Person } from "../../shared/core/person.ts";
import type { PlanInput } from "../../shared/core/plan.ts";
import type { LeaverSubscriptions, Policy } from "../../shared/core/policy.ts";
import {
  aDirectory,
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
  markOf,
  suspensionOf,
} from "../helpers/core-builders.ts";
import { plan } from "../helpers/core-plan.ts";

const id = idOf("1");
const boss = idOf("9");

function policyWith(subscriptions: LeaverSubscriptions, fields: Partial<Policy> = {}): Policy {
  return aPolicy({ ...fields, lifecycle: { leaver: { subscriptions } } });
}

function planFor(
  people: readonly Person[],
  users: readonly User[],
  list: readonly Subscription[],
  fields: Partial<PlanInput> = {},
) {
  const subscriptions = new Map<string, readonly Subscription[]>();
  for (const one of list) subscriptions.set(one.ownerId ?? "", [...(subscriptions.get(one.ownerId ?? "") ?? []), one]);
  const input = aPlanInput({ reads: [aRead(people)], directory: aDirectory({ users }), subscriptions, ...fields });
  const { changes, findings } = plan(input);
  return {
    changes: changes.map(({ kind, key }) => `${kind} ${key}`),
    whole: changes,
    findings: findings.filter(({ subscription }) => subscription !== undefined),
  };
}

const gone = aPerson("1", { status: "ended", manager: "9" });
const manager = aPerson("9");

describe("plan() for the subscriptions of a leaver", () => {
  it("suspends the active ones before the block", () => {
    const list = [
      aSubscription("s1", id),
      aSubscription("s2", id, { state: "submitted" }),
      aSubscription("s3", id, { state: "suspended" }),
    ];

    const { changes, whole } = planFor([gone], [anAccount("1")], list);

    expect(changes).toEqual(["suspendSubscription s1", `blockUser ${id}`]);
    expect(whole[0]).toEqual({
      kind: "suspendSubscription",
      key: "s1",
      before: { state: "active", ownerId: id },
      after: { state: "suspended" },
      reason: { code: "leaverSubscription", text: "Its owner leaves: HR says that the work has ended" },
    });
  });

  it("keeps them with keep: the block stops their keys", () => {
    const policy = policyWith({ kind: "keep" });

    expect(planFor([gone], [anAccount("1")], [aSubscription("s1", id)], { policy }).changes).toEqual([
      `blockUser ${id}`,
    ]);
  });

  it("leaves those of everybody else alone", () => {
    const people = [gone, aPerson("2")];

    expect(planFor(people, [anAccount("1"), anAccount("2")], [aSubscription("s2", idOf("2"))]).changes).toEqual([
      `blockUser ${id}`,
    ]);
  });

  describe("that goes to the manager", () => {
    const policy = policyWith({ kind: "transfer", to: { manager: true } });
    const list = [aSubscription("s1", id)];

    it("is handed over before the block, and listed as known to the leaver", () => {
      const { changes, whole, findings } = planFor([gone, manager], [anAccount("1"), anAccount("9")], list, { policy });

      expect(changes).toEqual(["transferSubscription s1", `blockUser ${id}`]);
      expect(whole[0]).toMatchObject({
        before: { ownerId: id },
        after: { ownerId: boss },
        reason: { code: "leaverSubscription" },
      });
      expect(findings).toEqual([
        {
          code: "keysKnownToLeaver",
          subscription: "s1",
          user: id,
          text: "The leaver knows both keys of the subscription; regenerate them",
        },
      ]);
    });

    it.each([
      [
        "HR names none",
        [aPerson("1", { status: "ended" }), manager],
        [anAccount("9")],
        "HR names no manager for the leaver",
      ],
      ["nobody has the number", [gone, bystander], [anAccount("999")], "the manager has no active account"],
      [
        "the account is blocked",
        [gone, manager],
        [anAccount("9", { state: "blocked" })],
        "the manager has no active account",
      ],
      [
        "the manager leaves too",
        [gone, aPerson("9", { status: "ended" })],
        [anAccount("9")],
        "the manager has no active account",
      ],
      [
        "the leaver is the manager",
        [aPerson("1", { status: "ended", manager: "1" })],
        [],
        "the manager has no active account",
      ],
      ["the leaver is in no row", [bystander], [anAccount("999")], "HR names no manager for the leaver"],
    ])("is not handed over when %s; it is reported and the block goes ahead", (_what, people, others, why) => {
      const { changes, findings } = planFor(people, [anAccount("1"), ...others], list, { policy });

      expect(changes.filter((change) => change.includes("Subscription"))).toEqual([]);
      expect(changes).toContain(`blockUser ${id}`);
      expect(findings).toEqual([
        {
          code: "transferImpossible",
          subscription: "s1",
          user: id,
          text: `The subscription cannot be handed over: ${why}. The block goes ahead and stops its keys`,
        },
      ]);
    });

    it("goes to the manager in the leaver's own number space", () => {
      const contingent = aUser("c9", { note: markOf("9", undefined, "contingent") });

      const { changes } = planFor([gone], [anAccount("1"), contingent], list, { policy });

      expect(changes).toEqual([`blockUser ${id}`]);
    });
  });

  describe("that goes to a named owner", () => {
    const policy = policyWith({ kind: "transfer", to: { user: "API-ops" } });
    const list = [aSubscription("s1", id)];

    it("is handed over to that account, which need not be ours", () => {
      const { whole } = planFor([gone], [anAccount("1"), aUser("api-ops")], list, { policy });

      expect(whole[0]).toMatchObject({ kind: "transferSubscription", after: { ownerId: "api-ops" } });
    });

    it.each([
      ["does not exist", aUser("other"), "which does not exist"],
      ["is blocked", aUser("api-ops", { state: "blocked" }), "which is not active or leaves"],
      ["leaves in the same plan", aUser("api-ops", { note: markOf("8") }), "which is not active or leaves"],
      [
        "is another installation's",
        aUser("api-ops", { note: "rollcall/1 owner=fabrikam" }),
        "which is not ours to touch",
      ],
    ])("is not handed over to one that %s; it is reported and the block goes ahead", (_what, owner, why) => {
      const { changes, findings } = planFor([gone, aPerson("8", { status: "ended" })], [anAccount("1"), owner], list, {
        policy,
      });

      expect(changes).toContain(`blockUser ${id}`);
      expect(changes).not.toContain("transferSubscription s1");
      expect(findings.map(({ text }) => text)).toEqual([
        `The subscription cannot be handed over: the rules name the user "API-ops", ${why}. The block goes ahead and stops its keys`,
      ]);
    });

    it("is not handed over to user 1 or a protected account", () => {
      const toOne = policyWith({ kind: "transfer", to: { user: "1" } });
      const guarded = policyWith({ kind: "transfer", to: { user: "api-ops" } }, { protect: ["api-*"] });

      expect(planFor([gone], [anAccount("1"), aUser("1")], list, { policy: toOne }).findings).toMatchObject([
        { code: "transferImpossible" },
      ]);
      expect(
        planFor([gone], [anAccount("1"), aUser("api-ops")], list, { policy: guarded }).findings[0]?.text,
      ).toContain('the rules name the user "api-ops", which is protected');
    });
  });
});

describe("plan() for the subscriptions of somebody who is back", () => {
  const ours = aSubscription("s1", id, { state: "suspended", stateComment: `why not\n${suspensionOf(id)}` });
  const suspended = new Set(["s1"]);

  it("resumes what Rollcall suspended, after the account is unblocked", () => {
    const { changes, whole } = planFor([aPerson("1")], [blockedByUs("1")], [ours], { suspended });

    expect(changes).toEqual([`unblockUser ${id}`, "resumeSubscription s1"]);
    expect(whole[1]).toMatchObject({
      before: { state: "suspended", ownerId: id },
      after: { state: "active" },
      reason: { code: "rehireSubscription" },
    });
  });

  it("goes on with a return that broke off after the account was unblocked", () => {
    expect(planFor([aPerson("1")], [anAccount("1")], [ours], { suspended }).changes).toEqual(["resumeSubscription s1"]);
  });

  it.each([
    ["the comment says nothing of it", { stateComment: "late invoice" }, ["s1"]],
    [
      "the comment is another installation's",
      { stateComment: suspensionOf(id).replace("contoso-platform", "fabrikam") },
      ["s1"],
    ],
    [
      "the mark says that it was resumed since",
      { stateComment: `rollcall/1 owner=contoso-platform key=${id}` },
      ["s1"],
    ],
    ["another user had it when it was suspended", { stateComment: suspensionOf("u7") }, ["s1"]],
    ["the store does not remember it", {}, ["s2"]],
    ["it is not suspended", { state: "cancelled" }, ["s1"]],
  ] as const)("does not resume a subscription when %s", (_what, fields, remembered) => {
    const { changes } = planFor([aPerson("1")], [blockedByUs("1")], [{ ...ours, ...fields }], {
      suspended: new Set(remembered),
    });

    expect(changes).toEqual([`unblockUser ${id}`]);
  });

  it("resumes nothing while the account stays blocked by somebody else or the worker is held", () => {
    expect(planFor([aPerson("1")], [anAccount("1", { state: "blocked" })], [ours], { suspended }).changes).toEqual([]);
    expect(planFor([aPerson("1", { status: "unknown" })], [anAccount("1")], [ours], { suspended }).changes).toEqual([]);
    const sharing = [aPerson("1"), aPerson("2", { email: "p1@contoso.com" })];
    expect(planFor(sharing, [anAccount("1")], [ours], { suspended }).changes).toEqual([]);
  });
});
