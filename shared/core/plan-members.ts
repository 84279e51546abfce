// Who joins and who leaves the groups of the rules.
import type { Change, Reason } from "./change.ts";
import type { User } from "./directory.ts";
import { foldId } from "./fold.ts";
import type { Person, RowProblem } from "./person.ts";
import type { GroupRule, RuleField } from "./policy.ts";
import type { Membership } from "./users-draft.ts";

/** A group of the rules that is or becomes ours; `id` is as the service writes it. */
export type Managed = { readonly id: string; readonly rule: GroupRule };

export type MembersPart = { readonly changes: readonly Change[]; readonly problems: readonly RowProblem[] };

/** `failed` are problems of rows with the position of the rule in the rules. */
type Draft = { readonly changes: Change[]; readonly failed: { readonly rule: number; readonly problem: RowProblem }[] };

/** Whether the rule wants the person in: undefined where it cannot say. Rows that contradict each other want a
 * membership kept as soon as one of them wants it or cannot say. */
function wants(
  draft: Draft,
  position: number,
  rule: GroupRule,
  { standing }: Membership,
): { readonly in: boolean; readonly person: Person } | undefined {
  const facts = standing.kind === "present" ? [standing] : standing.facts;
  let sure = true;
  for (const { person, today } of facts) {
    const result = rule.members(person, today);
    if (result.ok && result.value) return { in: true, person };
    if (result.ok) continue;
    sure = false;
    const reason = `The rule of group "${rule.id}" cannot be evaluated for this row: ${result.reason}`;
    const { source, line, worker } = person;
    const problem = { code: "groupRuleFailed", source, line, worker, field: rule.id, reason } as const;
    draft.failed.push({ rule: position, problem });
  }
  return sure ? { in: false, person: standing.person } : undefined;
}

function memberReason(
  code: "groupRuleHolds" | "groupRuleEnded",
  rule: GroupRule,
  worker: string,
  { source, line }: Person,
): Reason {
  const text =
    code === "groupRuleHolds" ? `The rule of group "${rule.id}" holds` : `The rule of group "${rule.id}" does not hold`;
  return { code, worker, rule: rule.id, source, line, text };
}

/** The answer for nearly every pair, without making anything. */
function staysOut(rule: GroupRule, { gives, standing }: Membership, is: boolean): boolean {
  if (is || !gives) return !is;
  if (standing.kind !== "present") return false;
  const answer = rule.members(standing.person, standing.today);
  return answer.ok && !answer.value;
}

function planPair(draft: Draft, position: number, { rule, id }: Managed, membership: Membership, is: boolean): void {
  const { user, worker } = membership;
  if (staysOut(rule, membership, is)) return;
  const wanted = wants(draft, position, rule, membership);
  if (wanted === undefined || wanted.in === is) return;
  const pair = { group: id, user };
  const key = `${id}/${user}`;
  if (wanted.in) {
    const reason = memberReason("groupRuleHolds", rule, worker, wanted.person);
    draft.changes.push({ kind: "addMember", key, before: null, after: pair, reason });
  } else {
    const reason = memberReason("groupRuleEnded", rule, worker, wanted.person);
    draft.changes.push({ kind: "removeMember", key, before: pair, after: null, reason });
  }
}

/** Positions in `managed` by folded group id. */
function positionsById(managed: readonly Managed[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [position, { id }] of managed.entries()) {
    const found = positions.get(foldId(id));
    if (found === undefined) positions.set(foldId(id), [position]);
    else found.push(position);
  }
  return positions;
}

/** The rules by what they need: asking each about everybody would be tens of millions of questions. */
type RuleIndex = {
  /** Positions of the rules that everybody is to be asked about. */
  readonly open: readonly number[];
  readonly byField: ReadonlyMap<RuleField, ReadonlyMap<string, readonly number[]>>;
};

/** Each rule under the shortest of its needs. */
function indexRules(managed: readonly Managed[]): RuleIndex {
  const open: number[] = [];
  const byField = new Map<RuleField, Map<string, number[]>>();
  for (const [position, { rule }] of managed.entries()) {
    const [need] = [...(rule.needs ?? [])].sort((a, b) => a.values.length - b.values.length);
    if (need === undefined) {
      open.push(position);
      continue;
    }
    const byValue = byField.get(need.field) ?? new Map<string, number[]>();
    byField.set(need.field, byValue);
    for (const value of new Set(need.values)) byValue.set(value, [...(byValue.get(value) ?? []), position]);
  }
  return { open, byField };
}

/** Positions of the rules that may want one of the membership's people in; some may come twice. */
function rulesFor({ standing }: Membership, { byField }: RuleIndex): readonly number[] {
  const facts = standing.kind === "present" ? [standing] : standing.facts;
  const found: number[] = [];
  for (const [field, byValue] of byField) {
    for (const { person } of facts) found.push(...(byValue.get(person[field] ?? "") ?? []));
  }
  return found;
}

/** Changes of memberships in these groups, for the accounts of `memberships` and no others. */
export function planMembers(
  managed: readonly Managed[],
  memberships: readonly Membership[],
  users: readonly User[],
): MembersPart {
  const draft: Draft = { changes: [], failed: [] };
  const positions = positionsById(managed);
  const index = indexRules(managed);
  const isOpen = new Set(index.open);
  const byId = new Map(users.map((user) => [user.id, user]));
  // By person first: what a rule remembers of a person then serves all rules in a row.
  for (const membership of memberships) {
    const groups = byId.get(membership.user)?.groups ?? [];
    const inNow = new Set(groups.flatMap((group) => positions.get(foldId(group)) ?? []));
    const ask = (position: number): void => {
      const each = managed[position];
      if (each !== undefined) planPair(draft, position, each, membership, inNow.has(position));
    };
    for (const position of index.open) ask(position);
    for (const position of new Set([...rulesFor(membership, index), ...inNow]))
      if (!isOpen.has(position)) ask(position);
  }
  const problems = draft.failed.sort((a, b) => a.rule - b.rule).map(({ problem }) => problem);
  return { changes: draft.changes, problems };
}
