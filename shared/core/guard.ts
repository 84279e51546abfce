// Looks at the whole plan before the first write and says whether it may run by itself. What was applied to the same
// target within the last 24 hours counts as if it stood in the plan, so ten small plans do no more than one big one.
//
//   planned of a kind = 0 ............................................. no breach
//   planned + applied > count ......................................... breach
//   planned + applied > ignoreBelow and > percent of the base ......... breach
//
// The base is what was ours at the window's start: active accounts, or members of the group.
import type { Change, ChangeKind } from "./change.ts";
import { foldId } from "./fold.ts";
import type { Plan } from "./plan.ts";
import type { Limit, LimitKey, Limits } from "./policy.ts";

/** How long an applied change counts, in milliseconds. */
export const windowMs = 86_400_000;

/** A change that was applied to a target within the last 24 hours. */
export type AppliedChange = {
  readonly at: number;
  readonly runId: string;
  readonly kind: ChangeKind;
  readonly key: string;
  /** A block whose reason was the scope. */
  readonly outOfScope?: boolean;
};

/** One limit that a plan exceeds: which, by how much, and the base of the percentage. */
export type Breach = {
  readonly limit: LimitKey;
  /** The group, where the limit counts per group. */
  readonly group?: string;
  readonly planned: number;
  /** Applied in the last 24 hours. */
  readonly applied: number;
  readonly allowed: number;
  readonly exceeds: "count" | "percent";
  /** With `percent`: of how many. */
  readonly base?: number;
  readonly text: string;
};

export type Verdict =
  | { readonly status: "allowed" }
  | { readonly status: "blocked"; readonly breaches: readonly Breach[] };

/** Things of one limit: what the plan has and what the window has. */
type Tally = {
  readonly limit: LimitKey;
  readonly group?: string;
  readonly planned: number;
  readonly applied: number;
  readonly base: number;
};

type Counted = { readonly kind: ChangeKind; readonly key: string; readonly outOfScope?: boolean };

function counted(change: Change): Counted {
  return { kind: change.kind, key: change.key, outOfScope: change.reason.code === "outOfScope" };
}

function count(things: readonly Counted[], ...kinds: readonly ChangeKind[]): number {
  return things.filter(({ kind }) => kinds.includes(kind)).length;
}

function groupOf(key: string): string {
  return foldId(key.slice(0, key.lastIndexOf("/")));
}

function userOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

function breachesOf(tally: Tally, limit: Limit): Breach[] {
  const { planned, applied, base, group } = tally;
  const total = planned + applied;
  if (planned === 0) return [];
  const at = group === undefined ? {} : { group };
  const what = `${tally.limit}${group === undefined ? "" : ` in group "${group}"`}: ${planned} planned${applied === 0 ? "" : ` and ${applied} applied in the last 24 hours`}`;
  const breaches: Breach[] = [];
  if (limit.count !== undefined && total > limit.count) {
    const text = `${what}, at most ${limit.count} are allowed`;
    breaches.push({ limit: tally.limit, ...at, planned, applied, allowed: limit.count, exceeds: "count", text });
  }
  if (limit.percent !== undefined && total > limit.ignoreBelow && total > (base * limit.percent) / 100) {
    const allowed = Math.max(limit.ignoreBelow, Math.floor((base * limit.percent) / 100));
    const text = `${what}, at most ${allowed} are allowed (${limit.percent} % of the ${base} that there were 24 hours ago, or ${limit.ignoreBelow})`;
    breaches.push({ limit: tally.limit, ...at, planned, applied, allowed, exceeds: "percent", base, text });
  }
  return breaches;
}

const membershipKinds = ["addMember", "removeMember"] as const;

/** Joining groups belongs to getting an account: memberships of accounts that are new in the window are not counted. */
function withoutNewcomers(things: readonly Counted[], newcomers: ReadonlySet<string>): readonly Counted[] {
  return things.filter(({ kind, key }) => kind !== "addMember" || !newcomers.has(userOf(key)));
}

type Facts = {
  /** Without the memberships of newcomers. */
  readonly planned: readonly Counted[];
  readonly applied: readonly Counted[];
  /** All memberships that were applied, those of newcomers too: they are no part of what was there before. */
  readonly joinedOrLeft: readonly Counted[];
  readonly plan: Plan;
  /** At the window's start. */
  readonly active: number;
  readonly members: number;
};

function perGroup(kind: ChangeKind, { planned, applied, joinedOrLeft, plan }: Facts): Tally[] {
  const own = planned.filter((change) => change.kind === kind);
  return [...new Set(own.map(({ key }) => groupOf(key)))].sort().map((group) => {
    const inGroup = (things: readonly Counted[]): Counted[] => things.filter(({ key }) => groupOf(key) === group);
    const before = inGroup(joinedOrLeft);
    const now = plan.base.members[group] ?? 0;
    const base = Math.max(0, now + count(before, "removeMember") - count(before, "addMember"));
    const earlier = applied.filter((change) => change.kind === kind);
    return { limit: kind, group, planned: inGroup(own).length, applied: inGroup(earlier).length, base };
  });
}

function talliesOf(kind: ChangeKind, limit: Limit, facts: Facts): Tally[] {
  const { planned, applied, active, members } = facts;
  // Without perGroup, nobody may empty a few groups because there are many accounts.
  const base = kind === "removeMember" ? Math.min(active, members) : active;
  const whole = { limit: kind, planned: count(planned, kind), applied: count(applied, kind), base };
  const isMembership = membershipKinds.some((one) => one === kind);
  return limit.perGroup === true && isMembership ? [whole, ...perGroup(kind, facts)] : [whole];
}

/** The plan's verdict. `applied` are the target's changes since `windowMs` ago; all runs draw on the same window. */
export function guard(plan: Plan, limits: Limits, applied: readonly AppliedChange[]): Verdict {
  const active = Math.max(
    0,
    plan.base.active + count(applied, "blockUser") - count(applied, "createUser", "adoptUser", "unblockUser"),
  );
  const members = Math.max(
    0,
    Object.values(plan.base.members).reduce((sum, n) => sum + n, 0) +
      count(applied, "removeMember") -
      count(applied, "addMember"),
  );
  const all = [...plan.changes.map(counted), ...applied];
  const newcomers = new Set(
    all.flatMap(({ kind, key }) => (kind === "createUser" || kind === "adoptUser" ? [key] : [])),
  );
  const facts: Facts = {
    planned: withoutNewcomers(plan.changes.map(counted), newcomers),
    applied: withoutNewcomers(applied, newcomers),
    joinedOrLeft: applied.filter(({ kind }) => membershipKinds.some((one) => one === kind)),
    plan,
    active,
    members,
  };
  const firstLoad = active === 0;
  const kinds = [...new Set(plan.changes.map(({ kind }) => kind))];
  const breaches = kinds.flatMap((kind) => {
    const limit = firstLoad && (kind === "createUser" || kind === "adoptUser") ? limits.firstLoad : limits[kind];
    return talliesOf(kind, limit, facts).flatMap((tally) => {
      // A share of each group is the sharper measure, so the whole only answers for the count there.
      const share = limit.perGroup === true && membershipKinds.some((one) => one === kind);
      const { percent: _, ...countOnly } = limit;
      const { count: __, ...shareOnly } = limit;
      return breachesOf(tally, share ? (tally.group === undefined ? countOnly : shareOnly) : limit);
    });
  });
  const outside = (things: readonly Counted[]): number =>
    things.filter((thing) => thing.kind === "blockUser" && thing.outOfScope === true).length;
  breaches.push(
    ...breachesOf(
      { limit: "outOfScope", planned: outside(facts.planned), applied: outside(applied), base: active },
      limits.outOfScope,
    ),
  );
  return breaches.length === 0 ? { status: "allowed" } : { status: "blocked", breaches };
}
