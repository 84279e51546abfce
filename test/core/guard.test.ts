import { describe, expect, it } from "vitest";
import type { Change, ChangeKind } from "../../shared/core/change.ts";
import { type AppliedChange, guard } from "../../shared/core/guard.ts";
import type { Plan, PlanBase } from "../../shared/core/plan.ts";
import type { Limit, LimitKey } from "../../shared/core/policy.ts";
import { wideLimits } from "../helpers/core-builders.ts";

/** The guard looks at kinds, keys and the reason of a block; the rest of a change says nothing to it. */
function changes(kind: ChangeKind, keys: readonly string[], code = "leaverStated"): readonly Change[] {
  return keys.map((key) => ({ kind, key, before: null, after: null, reason: { code, text: "" } }) as unknown as Change);
}

function keys(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function applied(
  kind: ChangeKind,
  of: readonly string[],
  fields: Partial<AppliedChange> = {},
): readonly AppliedChange[] {
  return of.map((key) => ({ at: 0, runId: "r", kind, key, ...fields }));
}

function aPlan(of: readonly Change[], base: Partial<PlanBase> = {}): Plan {
  const head = { format: "rollcall-plan/1", target: "contoso", owner: "o", purpose: "sync", digest: "" } as const;
  return { ...head, base: { users: 0, active: 100, members: {}, ...base }, changes: of, findings: [], problems: [] };
}

function verdict(
  of: readonly Change[],
  limit: Limit,
  key: LimitKey,
  rest: { base?: Partial<PlanBase>; applied?: readonly AppliedChange[] } = {},
) {
  return guard(aPlan(of, rest.base), { ...wideLimits, [key]: limit }, rest.applied ?? []);
}

const allowed = { status: "allowed" };

describe("guard()", () => {
  it("allows an empty plan whatever was applied before", () => {
    const before = applied("blockUser", keys("u", 500));

    expect(verdict([], { count: 1, percent: 1, ignoreBelow: 0 }, "blockUser", { applied: before })).toEqual(allowed);
  });

  it("allows what does not exceed the count, and blocks one more", () => {
    const limit = { count: 3, ignoreBelow: 5 };

    expect(verdict(changes("blockUser", keys("u", 3)), limit, "blockUser")).toEqual(allowed);
    expect(verdict(changes("blockUser", keys("u", 4)), limit, "blockUser")).toEqual({
      status: "blocked",
      breaches: [
        {
          limit: "blockUser",
          planned: 4,
          applied: 0,
          allowed: 3,
          exceeds: "count",
          text: "blockUser: 4 planned, at most 3 are allowed",
        },
      ],
    });
  });

  it("blocks by percent only what exceeds both the share and ignoreBelow", () => {
    const limit = { percent: 10, ignoreBelow: 5 };

    expect(verdict(changes("blockUser", keys("u", 10)), limit, "blockUser")).toEqual(allowed);
    expect(verdict(changes("blockUser", keys("u", 5)), limit, "blockUser", { base: { active: 10 } })).toEqual(allowed);
    expect(verdict(changes("blockUser", keys("u", 6)), limit, "blockUser", { base: { active: 10 } })).toMatchObject({
      status: "blocked",
    });
    expect(verdict(changes("blockUser", keys("u", 11)), limit, "blockUser")).toEqual({
      status: "blocked",
      breaches: [
        {
          limit: "blockUser",
          planned: 11,
          applied: 0,
          allowed: 10,
          exceeds: "percent",
          base: 100,
          text: "blockUser: 11 planned, at most 10 are allowed (10 % of the 100 that there were 24 hours ago, or 5)",
        },
      ],
    });
  });

  it("gives every reason: count and percent, of every kind", () => {
    const limits = {
      ...wideLimits,
      blockUser: { count: 1, percent: 1, ignoreBelow: 0 },
      deleteGroup: { count: 0, ignoreBelow: 0 },
    };
    const plan = aPlan([...changes("blockUser", keys("u", 2)), ...changes("deleteGroup", ["g"])]);

    const result = guard(plan, limits, []);

    expect(result.status === "blocked" ? result.breaches.map(({ limit, exceeds }) => [limit, exceeds]) : []).toEqual([
      ["blockUser", "count"],
      ["blockUser", "percent"],
      ["deleteGroup", "count"],
    ]);
  });

  it("counts what was applied in the last 24 hours, so that many small plans do no more than one big one", () => {
    const before = applied("blockUser", keys("v", 8));
    const rest = { base: { active: 92 }, applied: before };

    expect(verdict(changes("blockUser", keys("u", 2)), { percent: 10, ignoreBelow: 5 }, "blockUser", rest)).toEqual(
      allowed,
    );
    expect(
      verdict(changes("blockUser", keys("u", 3)), { percent: 10, ignoreBelow: 5 }, "blockUser", rest),
    ).toMatchObject({
      breaches: [
        {
          planned: 3,
          applied: 8,
          allowed: 10,
          base: 100,
          text: expect.stringContaining("3 planned and 8 applied in the last 24 hours"),
        },
      ],
    });
  });

  it("takes shares of what was active when the window began: who joined or came back since does not count", () => {
    const joined = [
      ...applied("createUser", keys("a", 40)),
      ...applied("adoptUser", keys("b", 30)),
      ...applied("unblockUser", keys("c", 20)),
    ];
    const rest = { base: { active: 190 }, applied: joined };

    expect(verdict(changes("blockUser", keys("u", 10)), { percent: 10, ignoreBelow: 0 }, "blockUser", rest)).toEqual(
      allowed,
    );
    expect(
      verdict(changes("blockUser", keys("u", 11)), { percent: 10, ignoreBelow: 0 }, "blockUser", rest),
    ).toMatchObject({ status: "blocked" });
  });

  it("never counts a base below nothing", () => {
    const rest = { base: { active: 1 }, applied: applied("createUser", keys("a", 5)) };

    expect(verdict(changes("blockUser", ["u"]), { percent: 50, ignoreBelow: 0 }, "blockUser", rest)).toMatchObject({
      breaches: [{ base: 0 }],
    });
  });

  describe("for the scope", () => {
    it("has a limit of its own, beside that of blocks", () => {
      const outside = changes("blockUser", keys("u", 3), "outOfScope");

      expect(verdict(outside, { count: 2, ignoreBelow: 0 }, "outOfScope")).toMatchObject({
        breaches: [{ limit: "outOfScope", planned: 3 }],
      });
      expect(verdict(outside, { count: 2, ignoreBelow: 0 }, "blockUser")).toMatchObject({
        breaches: [{ limit: "blockUser" }],
      });
    });

    it("does not count blocks for other reasons, but those of the window", () => {
      const limit = { count: 2, ignoreBelow: 0 };
      const one = changes("blockUser", ["u"], "outOfScope");

      expect(verdict(changes("blockUser", keys("u", 9)), limit, "outOfScope")).toEqual(allowed);
      expect(verdict(one, limit, "outOfScope", { applied: applied("blockUser", keys("v", 9)) })).toEqual(allowed);
      expect(
        verdict(one, limit, "outOfScope", { applied: applied("blockUser", keys("v", 2), { outOfScope: true }) }),
      ).toMatchObject({
        breaches: [{ limit: "outOfScope", planned: 1, applied: 2 }],
      });
    });
  });

  describe("for a first load", () => {
    it("has a limit of its own for accounts while there is none of ours, also over several plans of the first day", () => {
      const creation = changes("createUser", keys("u", 10));
      const limits = {
        ...wideLimits,
        createUser: { count: 2, ignoreBelow: 0 },
        firstLoad: { count: 15, ignoreBelow: 0 },
      };
      const begun = applied("createUser", keys("v", 6));

      expect(guard(aPlan(creation, { active: 0 }), limits, [])).toEqual(allowed);
      expect(guard(aPlan(creation, { active: 6 }), limits, begun)).toMatchObject({
        breaches: [{ limit: "createUser", planned: 10, applied: 6, allowed: 15 }],
      });
      expect(guard(aPlan(creation, { active: 1 }), limits, [])).toMatchObject({ breaches: [{ allowed: 2 }] });
    });

    it("holds for adoptions as well, and for nothing that takes away", () => {
      const limits = {
        ...wideLimits,
        adoptUser: { count: 0, ignoreBelow: 0 },
        blockUser: { count: 0, ignoreBelow: 0 },
      };

      expect(guard(aPlan(changes("adoptUser", ["u"]), { active: 0 }), limits, [])).toEqual(allowed);
      expect(guard(aPlan(changes("blockUser", ["u"]), { active: 0 }), limits, [])).toMatchObject({ status: "blocked" });
    });
  });

  describe("for memberships", () => {
    const rule = { percent: 20, count: 8, perGroup: true, ignoreBelow: 1 };
    const base = { active: 1_000, members: { g1: 10, g2: 100 } };

    it("takes the share of each group, and the count of all groups together", () => {
      const two = changes("removeMember", keys("G1/u", 2));
      const three = changes("removeMember", keys("G1/u", 3));

      expect(verdict([...two, ...changes("removeMember", keys("g2/u", 6))], rule, "removeMember", { base })).toEqual(
        allowed,
      );
      expect(verdict(three, rule, "removeMember", { base })).toEqual({
        status: "blocked",
        breaches: [
          {
            limit: "removeMember",
            group: "g1",
            planned: 3,
            applied: 0,
            allowed: 2,
            exceeds: "percent",
            base: 10,
            text: 'removeMember in group "g1": 3 planned, at most 2 are allowed (20 % of the 10 that there were 24 hours ago, or 1)',
          },
        ],
      });
      expect(verdict(changes("removeMember", keys("g2/u", 9)), rule, "removeMember", { base })).toMatchObject({
        breaches: [{ limit: "removeMember", exceeds: "count", planned: 9, allowed: 8 }],
      });
    });

    it("takes shares of the members there were when the window began, newcomers not counted", () => {
      const joined = keys("new", 90).flatMap((user) => [
        ...applied("createUser", [user]),
        ...applied("addMember", [`g1/${user}`]),
      ]);
      const rest = { base: { active: 1_000, members: { g1: 100 } }, applied: joined };

      expect(verdict(changes("removeMember", keys("g1/u", 3)), rule, "removeMember", rest)).toMatchObject({
        breaches: [{ group: "g1", base: 10 }],
      });
    });

    it("counts those who were taken out of the same group within the window", () => {
      const rest = {
        base: { active: 1_000, members: { g1: 8 } },
        applied: applied("removeMember", ["g1/a", "G1/b", "g2/c"]),
      };

      expect(verdict(changes("removeMember", ["g1/u"]), rule, "removeMember", rest)).toMatchObject({
        breaches: [{ group: "g1", planned: 1, applied: 2, base: 10 }],
      });
    });

    it("has no member yet to take a share of in a group that it does not know", () => {
      expect(verdict(changes("removeMember", keys("g9/u", 2)), rule, "removeMember", { base })).toMatchObject({
        breaches: [{ group: "g9", base: 0 }],
      });
    });

    it("takes the smaller of accounts and memberships without perGroup, so that many accounts do not let a small group be emptied", () => {
      const limit = { percent: 20, ignoreBelow: 0 };

      expect(
        verdict(changes("removeMember", keys("g/u", 3)), limit, "removeMember", {
          base: { active: 1_000, members: { g: 10 } },
        }),
      ).toMatchObject({
        breaches: [{ base: 10 }],
      });
      expect(
        verdict(changes("removeMember", keys("g/u", 3)), limit, "removeMember", {
          base: { active: 10, members: { g: 500 } },
        }),
      ).toMatchObject({
        breaches: [{ base: 10 }],
      });
    });

    it("takes shares of our active accounts for joining without perGroup", () => {
      const limit = { percent: 5, ignoreBelow: 0 };

      expect(verdict(changes("addMember", keys("g/u", 5)), limit, "addMember")).toEqual(allowed);
      expect(verdict(changes("addMember", keys("g/u", 6)), limit, "addMember")).toMatchObject({
        breaches: [{ base: 100, allowed: 5 }],
      });
    });

    it("does not count the memberships of accounts that are new, now or in the window", () => {
      const limit = { count: 0, ignoreBelow: 0 };
      const plan = [
        ...changes("createUser", ["u"]),
        ...changes("adoptUser", ["v"]),
        ...changes("addMember", ["g/u", "g/v", "g/w"]),
      ];

      expect(verdict(plan, limit, "addMember", { applied: applied("createUser", ["w"]) })).toEqual(allowed);
      expect(verdict(changes("addMember", ["g/x"]), limit, "addMember")).toMatchObject({ status: "blocked" });
    });

    it("counts everybody who is taken out, new or not", () => {
      const limit = { count: 0, ignoreBelow: 0 };

      expect(
        verdict(changes("removeMember", ["g/u"]), limit, "removeMember", { applied: applied("createUser", ["u"]) }),
      ).toMatchObject({
        status: "blocked",
      });
    });
  });
});
