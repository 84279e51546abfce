// Who joins and who leaves the groups of the rules.
import type { Change, Reason } from "./change.ts";
import { foldId } from "./fold.ts";
import type { Person, RowProblem } from "./person.ts";
import type { GroupRule, RuleField } from "./policy.ts";
import type { Membership } from "./users-draft.ts";

/** A group of the rules that is or becomes ours; `id` is as the service writes it. */
export type Managed = { readonly id: string; readonly rule: GroupRule };

/** With its place among the rules, in which problems are listed. */
type Placed = Managed & { readonly position: number };

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

function planPair(draft: Draft, { position, rule, id }: Placed, membership: Membership, is: boolean): void {
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

/** The rules by what they need: asking each about everybody would be tens of millions of questions. */
type RuleIndex = {
  /** The rules that everybody is to be asked about. */
  readonly open: readonly Placed[];
  readonly byField: ReadonlyMap<RuleField, ReadonlyMap<string, readonly Placed[]>>;
};

/** Each rule under the shortest of its needs. */
function indexRules(managed: readonly Placed[]): RuleIndex {
  const open: Placed[] = [];
  const byField = new Map<RuleField, Map<string, Placed[]>>();
  for (const each of managed) {
    const [need] = [...(each.rule.needs ?? [])].sort((a, b) => a.values.length - b.values.length);
    if (need === undefined) {
      open.push(each);
      continue;
    }
    const byValue = byField.get(need.field) ?? new Map<string, Placed[]>();
    byField.set(need.field, byValue);
    for (const value of new Set(need.values)) byValue.set(value, [...(byValue.get(value) ?? []), each]);
  }
  return { open, byField };
}

/** The rules that may want one of the membership's people in; some may come twice. */
function rulesFor({ standing }: Membership, { byField }: RuleIndex): readonly Placed[] {
  const facts = standing.kind === "present" ? [standing] : standing.facts;
  const found: Placed[] = [];
  for (const [field, byValue] of byField) {
    for (const { person } of facts) found.push(...(byValue.get(person[field] ?? "") ?? []));
  }
  return found;
}

/** Changes of memberships in these groups, for the accounts of `memberships` and no others. */
export function planMembers(managed: readonly Managed[], memberships: readonly Membership[]): MembersPart {
  const draft: Draft = { changes: [], failed: [] };
  const placed = managed.map((each, position): Placed => ({ ...each, position }));
  const byGroup = new Map(placed.map((each) => [foldId(each.id), each]));
  const index = indexRules(placed);
  // The number of the person about whom a rule was asked last, by the rule's position: a set of the rules for each of
  // 75,000 people costs more than asking them.
  const askedAbout = new Uint32Array(placed.length);
  // By person first: what a rule remembers of a person then serves all rules in a row.
  let person = 0;
  for (const membership of memberships) {
    person += 1;
    const inNow = membership.groups.flatMap((group) => byGroup.get(foldId(group)) ?? []);
    for (const rules of [index.open, rulesFor(membership, index), inNow]) {
      for (const each of rules) {
        if (askedAbout[each.position] === person) continue;
        askedAbout[each.position] = person;
        planPair(draft, each, membership, inNow.includes(each));
      }
    }
  }
  const problems = draft.failed.sort((a, b) => a.rule - b.rule).map(({ problem }) => problem);
  return { changes: draft.changes, problems };
}
