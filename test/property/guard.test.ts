// The guard cannot be talked round: neither by asking for more, nor by asking in small portions.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, type ChangeKind, changeKinds } from "../../shared/core/change.ts";
import { type AppliedChange, guard } from "../../shared/core/guard.ts";
import type { Plan, PlanBase } from "../../shared/core/plan.ts";
import type { Limit, Limits } from "../../shared/core/policy.ts";
import { wideLimits } from "../helpers/core-builders.ts";

const cases = { numRuns: 1_000 };
const removals = [
  "blockUser",
  "removeMember",
  "deleteUser",
  "suspendSubscription",
  "transferSubscription",
  "removeProductLink",
  "deleteGroup",
] as const;

/** The guard looks at kinds, keys and the reason of a block; the rest of a change says nothing to it. */
function aChange(kind: ChangeKind, key: string, outOfScope = false): Change {
  const reason = { code: outOfScope ? "outOfScope" : "leaverStated", text: "" };
  return { kind, key, before: null, after: null, reason } as unknown as Change;
}

function aPlan(changes: readonly Change[], base: PlanBase): Plan {
  const head = { format: "rollcall-plan/1", target: "contoso", owner: "o", purpose: "sync", digest: "" } as const;
  return { ...head, base, changes, findings: [], problems: [] };
}

const limit: fc.Arbitrary<Limit> = fc
  .record({
    count: fc.option(fc.nat(30), { nil: undefined }),
    percent: fc.option(fc.nat(100), { nil: undefined }),
    perGroup: fc.boolean(),
    ignoreBelow: fc.nat(8),
  })
  .map(({ count, percent, ...rest }) => ({
    ...rest,
    ...(count === undefined ? {} : { count }),
    ...(percent === undefined ? {} : { percent }),
  }));

const limits: fc.Arbitrary<Limits> = fc
  .tuple(...[...changeKinds, "outOfScope", "firstLoad"].map((key) => fc.tuple(fc.constant(key), limit)))
  .map((entries) => ({ ...wideLimits, ...Object.fromEntries(entries) }));

const base: fc.Arbitrary<PlanBase> = fc.record({
  users: fc.nat(60),
  active: fc.nat(60),
  members: fc.record({ g1: fc.nat(30), g2: fc.nat(30) }),
});

function changesOf(kinds: readonly ChangeKind[], maxLength: number): fc.Arbitrary<Change[]> {
  const isMembership = (kind: ChangeKind): boolean => kind === "addMember" || kind === "removeMember";
  return fc.array(
    fc
      .record({
        kind: fc.constantFrom(...kinds),
        group: fc.constantFrom("g1", "G2"),
        user: fc.nat(40),
        outOfScope: fc.boolean(),
      })
      .map(({ kind, group, user, outOfScope }) =>
        aChange(kind, isMembership(kind) ? `${group}/u${user}` : `u${user}`, outOfScope),
      ),
    { maxLength },
  );
}

function appliedOf({ kind, key, reason }: Change): AppliedChange {
  return { at: 0, runId: "r", kind, key, ...(reason.code === "outOfScope" ? { outOfScope: true } : {}) };
}

type Day = { readonly base: PlanBase; readonly applied: readonly AppliedChange[]; readonly removed: number };

const effects: Readonly<Partial<Record<ChangeKind, number>>> = {
  createUser: 1,
  adoptUser: 1,
  unblockUser: 1,
  blockUser: -1,
  addMember: 1,
  removeMember: -1,
};

/** The base after the changes, as the next plan of the same day counts it. */
function baseAfter(before: PlanBase, changes: readonly Change[]): PlanBase {
  const members: Record<string, number> = { ...before.members };
  let { active } = before;
  for (const { kind, key } of changes) {
    const effect = effects[kind] ?? 0;
    if (!key.includes("/")) active += effect;
    else
      members[(key.split("/")[0] ?? "").toLowerCase()] =
        (members[(key.split("/")[0] ?? "").toLowerCase()] ?? 0) + effect;
  }
  return { ...before, active, members };
}

describe("guard()", { timeout: 60_000 }, () => {
  it("does not allow a plan that it blocks for having more removals added to it", () => {
    fc.assert(
      fc.property(
        base,
        limits,
        changesOf(changeKinds, 20),
        changesOf(removals, 20),
        changesOf(changeKinds, 10),
        (now, rules, some, more, earlier) => {
          const applied = earlier.map(appliedOf);
          fc.pre(guard(aPlan(some, now), rules, applied).status === "blocked");

          const verdict = guard(aPlan([...some, ...more], now), rules, applied);

          expect(verdict.status).toBe("blocked");
        },
      ),
      cases,
    );
  });

  it("lets ten small plans within a day remove no more than one big plan may", () => {
    const share = fc.record({
      kind: fc.constantFrom("blockUser" as const, "removeMember" as const),
      start: base,
      rules: limits,
    });
    const portions = fc.array(fc.record({ size: fc.nat(8), joiners: fc.nat(5) }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(share, portions, ({ kind, start, rules }, parts) => {
        const key = (index: number): string => (kind === "removeMember" ? `g1/u${index}` : `u${index}`);
        const removing = (from: number, size: number): Change[] =>
          Array.from({ length: size }, (_, index) => aChange(kind, key(from + index)));
        const giving = {
          ...rules,
          createUser: wideLimits.createUser,
          firstLoad: wideLimits.firstLoad,
          addMember: wideLimits.addMember,
        };
        let most = 0;
        while (most < 100 && guard(aPlan(removing(0, most + 1), start), giving, []).status === "allowed") most += 1;

        const end = parts.reduce<Day>(
          (day, { size, joiners }, round) => {
            // People join in between, so that there seems to be more to take a share of.
            const joined = Array.from({ length: joiners }, (_, index) => `new${round}-${index}`).flatMap((id) => [
              aChange("createUser", id),
              aChange("addMember", `g1/${id}`),
            ]);
            const changes = [...joined, ...removing(day.removed, size)];
            if (guard(aPlan(changes, day.base), giving, day.applied).status === "blocked") return day;
            return {
              base: baseAfter(day.base, changes),
              applied: [...day.applied, ...changes.map(appliedOf)],
              removed: day.removed + size,
            };
          },
          { base: start, applied: [], removed: 0 },
        );

        expect(end.removed).toBeLessThanOrEqual(most);
      }),
      cases,
    );
  });

  it("draws blocks for the scope on their own limit in portions as well", () => {
    fc.assert(
      fc.property(base, fc.nat(12), fc.array(fc.nat(6), { maxLength: 10 }), (start, count, sizes) => {
        const rules = { ...wideLimits, outOfScope: { count, ignoreBelow: 0 } };
        const end = sizes.reduce<Day>(
          (day, size) => {
            const changes = Array.from({ length: size }, (_, index) =>
              aChange("blockUser", `u${day.removed + index}`, true),
            );
            if (guard(aPlan(changes, day.base), rules, day.applied).status === "blocked") return day;
            return {
              base: baseAfter(day.base, changes),
              applied: [...day.applied, ...changes.map(appliedOf)],
              removed: day.removed + size,
            };
          },
          { base: start, applied: [], removed: 0 },
        );

        expect(end.removed).toBeLessThanOrEqual(count);
      }),
      cases,
    );
  });
});
