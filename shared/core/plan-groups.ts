// The part of a plan that concerns groups, their members and the products that they see.
import type { Accounts } from "./accounts.ts";
import type { Change, Reason } from "./change.ts";
import type { Directory, Group } from "./directory.ts";
import { AppError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import { foldId } from "./fold.ts";
import { parseMark } from "./mark.ts";
import type { RowProblem } from "./person.ts";
import { type Managed, planMembers } from "./plan-members.ts";
import type { GroupRule, Policy } from "./policy.ts";
import { isManageable } from "./protect.ts";
import type { Membership } from "./users-draft.ts";

export type GroupsPart = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly problems: readonly RowProblem[];
};

type Draft = { readonly changes: Change[]; readonly findings: Finding[] };

function groupReason(code: Reason["code"], rule: string, text: string): Reason {
  return { code, rule, text };
}

function mine(group: Group, owner: string): "ours" | "unmarked" | "foreign" {
  const mark = parseMark(group.description);
  if (mark.kind === "none") return "unmarked";
  return mark.kind === "mark" && mark.fields.owner === owner ? "ours" : "foreign";
}

function planGroup(draft: Draft, rule: GroupRule, group: Group | undefined, owner: string): Managed | undefined {
  if (group === undefined) {
    const reason = groupReason("groupInRules", rule.id, "The rules name the group, and it does not exist yet");
    draft.changes.push({
      kind: "createGroup",
      key: rule.id,
      before: null,
      after: { displayName: rule.displayName },
      reason,
    });
    return { id: rule.id, rule };
  }
  if (!isManageable(group)) {
    throw new AppError(
      "CONFIG_INVALID",
      `Cannot manage the group "${group.id}": it is ${group.builtIn ? "built-in" : group.type}, expected a custom group; take it out of the rules`,
      { context: { group: group.id } },
    );
  }
  const whose = mine(group, owner);
  if (whose === "foreign") {
    draft.findings.push({
      code: "groupForeign",
      group: group.id,
      text: "The group carries the mark of another installation and is not touched",
    });
    return undefined;
  }
  const before = { displayName: group.displayName };
  const after = { displayName: rule.displayName };
  if (whose === "unmarked") {
    const reason = groupReason(
      "groupInRules",
      rule.id,
      "The rules name a group that exists and that nobody manages; its mark is written",
    );
    draft.changes.push({ kind: "adoptGroup", key: group.id, before, after, reason });
  } else if (group.displayName !== rule.displayName) {
    const reason = groupReason("groupInRules", rule.id, "The rules give the group another display name");
    draft.changes.push({ kind: "updateGroup", key: group.id, before, after, reason });
  }
  return { id: group.id, rule };
}

function planRemovedGroups(draft: Draft, groups: readonly Group[], named: ReadonlySet<string>, policy: Policy): void {
  for (const group of groups) {
    // Anybody may copy a mark into the description of a group that nobody can manage.
    if (named.has(foldId(group.id)) || mine(group, policy.owner) !== "ours" || !isManageable(group)) continue;
    if (policy.lifecycle.removedGroups === "keep") {
      draft.findings.push({
        code: "groupLeftRules",
        group: group.id,
        text: "The group is Rollcall's and no longer in the rules; it is kept as it is",
      });
      continue;
    }
    const reason = groupReason("groupLeftRules", group.id, "The group is Rollcall's and no longer in the rules");
    draft.changes.push({
      kind: "deleteGroup",
      key: group.id,
      before: { displayName: group.displayName },
      after: null,
      reason,
    });
  }
}

function planProducts(draft: Draft, managed: Managed, products: Directory["products"]): void {
  const wanted = managed.rule.products;
  if (wanted === undefined) return;
  const wantedIds = new Set(wanted.map(foldId));
  const known = new Set(products.map((product) => foldId(product.id)));
  for (const id of wanted) {
    if (known.has(foldId(id))) continue;
    draft.findings.push({
      code: "productMissing",
      group: managed.id,
      product: id,
      text: `The rules link the group to the product "${id}", which does not exist`,
    });
  }
  for (const product of products) {
    const wants = wantedIds.has(foldId(product.id));
    const has = product.groups.some((group) => foldId(group) === foldId(managed.id));
    if (wants === has) continue;
    const link = { product: product.id, group: managed.id };
    const key = `${product.id}/${managed.id}`;
    if (wants) {
      const reason = groupReason("productInRules", managed.rule.id, "The rules let the group see the product");
      draft.changes.push({ kind: "addProductLink", key, before: null, after: link, reason });
    } else {
      const reason = groupReason(
        "productLeftRules",
        managed.rule.id,
        "The rules no longer let the group see the product",
      );
      draft.changes.push({ kind: "removeProductLink", key, before: link, after: null, reason });
    }
  }
}

/** Changes of groups, memberships and links. In our groups only accounts of `memberships` are added or removed.
 * @throws CONFIG_INVALID when the rules name a built-in or external group */
export function planGroups(directory: Directory, memberships: readonly Membership[], policy: Policy): GroupsPart {
  const draft: Draft = { changes: [], findings: [] };
  const existing = new Map(directory.groups.map((group) => [foldId(group.id), group]));
  const managed = policy.groups.flatMap(
    (rule) => planGroup(draft, rule, existing.get(foldId(rule.id)), policy.owner) ?? [],
  );
  for (const each of managed) planProducts(draft, each, directory.products);
  planRemovedGroups(draft, directory.groups, new Set(policy.groups.map((rule) => foldId(rule.id))), policy);
  const members = planMembers(managed, memberships);
  return { changes: [...draft.changes, ...members.changes], findings: draft.findings, problems: members.problems };
}

/** Members of each group of the rules that are ours, by folded group id: the base of the limits of memberships. */
export function countOwnMembers(accounts: Accounts, rules: readonly GroupRule[]): ReadonlyMap<string, number> {
  const counts = new Map(rules.map(({ id }) => [foldId(id), 0]));
  for (const { user } of accounts.byWorker.values()) {
    for (const group of user.groups) {
      const before = counts.get(foldId(group));
      if (before !== undefined) counts.set(foldId(group), before + 1);
    }
  }
  return counts;
}
