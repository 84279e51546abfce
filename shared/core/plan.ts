// Compares what HR says with what API Management has and gives the changes, sorted, each with its reason. Pure: time,
// rules and everything that was read are arguments.
import { absentStanding } from "./absent-standing.ts";
import { type Accounts, type OwnAccount, resolveAccounts } from "./accounts.ts";
import { type Calendar, epochMs } from "./calendar.ts";
import type { Change } from "./change.ts";
import { sortChanges } from "./dependencies.ts";
import { digest } from "./digest.ts";
import type { Directory, Subscription } from "./directory.ts";
import type { Finding } from "./finding.ts";
import { concerning, onlyWorker, unknownWorker } from "./only-worker.ts";
import { type PeopleReport, reportReads } from "./people-report.ts";
import type { RowProblem, SpacedRead } from "./person.ts";
import { countOwnMembers, planGroups } from "./plan-groups.ts";
import { planSubscriptions } from "./plan-subscriptions.ts";
import { planUsers } from "./plan-users.ts";
import type { Policy } from "./policy.ts";
import { isBrokenOff, isPartial, type RememberedClaims, type WholeRead } from "./remembered-claims.ts";
import { resolveReads } from "./resolve-reads.ts";
import { rosterEntries, type WorkerEntry } from "./roster-entries.ts";
import type { Standing } from "./standing.ts";
import { joinStandings, type Standings } from "./standings.ts";
import type { Workers } from "./workers.ts";

/** Deletes are never mixed with anything else: they come in a plan of their own. */
export type PlanPurpose = "sync" | "delete";

/** What the limits in percent are percentages of, before the plan. */
export type PlanBase = {
  /** Accounts of the whole service, whoever they belong to. */
  readonly users: number;
  /** Accounts of ours that are active. */
  readonly active: number;
  /** Accounts of ours in each managed group, by group id. */
  readonly members: Readonly<Record<string, number>>;
};

export type Plan = {
  readonly format: "rollcall-plan/1";
  readonly target: string;
  readonly owner: string;
  readonly purpose: PlanPurpose;
  readonly digest: string;
  readonly base: PlanBase;
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly problems: readonly RowProblem[];
};

export type PlanInput = {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly purpose: PlanPurpose;
  readonly reads: readonly SpacedRead[];
  readonly directory: Directory;
  /** Worker → user id of the accounts that the store remembers. */
  readonly links: ReadonlyMap<string, string>;
  /** Who claimed which address when everybody was last read, where that is recent enough, and who had several rows. Only
   * plans from reads of some workers, and from reads that broke off, need it: without it the former give nothing. */
  readonly claims?: RememberedClaims;
  /** Subscriptions that the store remembers as suspended by Rollcall. */
  readonly suspended: ReadonlySet<string>;
  /** Subscriptions of those who leave or return, by user id; `planSubscriptionOwners` names them. */
  readonly subscriptions: ReadonlyMap<string, readonly Subscription[]>;
  /** Only this worker's changes. */
  readonly worker?: string;
};

type DraftInput = Omit<PlanInput, "subscriptions">;

type Resolved = {
  readonly workers: Workers;
  /** Of everybody whom HR or an account names, the absent ones too. */
  readonly standings: Standings;
  readonly accounts: Accounts;
  readonly findings: readonly Finding[];
  readonly problems: readonly RowProblem[];
};

function resolve(input: DraftInput): Resolved {
  const { policy, calendar, reads, directory, links } = input;
  const workers = resolveReads(reads, policy, calendar, input.claims);
  const accounts = resolveAccounts(directory.users, {
    owner: policy.owner,
    protect: policy.protect,
    links,
    workers: workers.all(),
    someWorkers: isPartial(reads) || isBrokenOff(reads),
  });
  const gone = new Map(workers.leftOut(accounts.byWorker.keys()));
  const standings = joinStandings(workers.standings, gone);
  const findings: Finding[] = [...workers.findings];
  for (const [worker, account] of accounts.byWorker) {
    if (standings.get(worker) !== undefined) continue;
    const absent = absentStanding(worker, reads, policy);
    if (absent !== undefined) gone.set(worker, absent);
    else
      findings.push({
        code: "absentNotProved",
        worker,
        user: account.user.id,
        text: "The worker is in no row, but the sources were not read completely: nothing happens",
      });
  }
  const problems = [...reads.flatMap(({ read }) => read.problems), ...workers.problems];
  if (input.worker !== undefined)
    findings.push(...unknownWorker(input.worker, { workers, standings, accounts, problems }));
  return { workers, standings, accounts, findings, problems };
}

const dayMs = 86_400_000;

function deleteIsDue(account: OwnAccount, standing: Standing | undefined, input: DraftInput): boolean {
  const days = input.policy.lifecycle.leaver.deleteAfterDays;
  if (days === undefined || standing?.kind !== "leaver" || account.user.state !== "blocked") return false;
  const blockedAt = account.blockedByUs === undefined ? undefined : epochMs(account.blockedByUs);
  return blockedAt !== undefined && input.calendar.now - blockedAt >= days * dayMs;
}

/** The accounts that are due to be deleted: marked, blocked by Rollcall long enough, their workers still gone. */
function dueDeletes(resolved: Resolved, input: DraftInput): readonly OwnAccount[] {
  const { accounts, standings } = resolved;
  return [...accounts.byWorker.values()].filter((account) =>
    deleteIsDue(account, standings.get(account.worker), input),
  );
}

function planDeletes(resolved: Resolved, input: DraftInput): Change[] {
  const text = `Blocked by Rollcall for ${input.policy.lifecycle.leaver.deleteAfterDays} days or more, and HR still has the worker gone`;
  return dueDeletes(resolved, input).map(({ worker, user }) => {
    const reason = { code: "deleteAfterDays", worker, text } as const;
    return { kind: "deleteUser", key: user.id, before: { state: "blocked" }, after: null, reason };
  });
}

type Parts = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly problems: readonly RowProblem[];
};

/** The parts for any subscriptions of those who leave or return: everything else is planned once. */
function planSync(resolved: Resolved, input: DraftInput): (subscriptions: PlanInput["subscriptions"]) => Parts {
  const { policy, directory } = input;
  const users = planUsers(resolved.standings, resolved.accounts, directory.users, policy);
  const groups = planGroups(directory, users.memberships, policy);
  const due = dueDeletes(resolved, input).map(({ worker, user }): Finding => {
    return { code: "deleteDue", user: user.id, worker, text: "The account is due to be deleted, in a plan of its own" };
  });
  return (subscriptions) => {
    const { accounts } = resolved;
    const everybody = directory.users;
    const theirs = planSubscriptions({ users, accounts, everybody, policy, subscriptions, suspended: input.suspended });
    return {
      changes: [...users.changes, ...groups.changes, ...theirs.changes],
      findings: [...users.findings, ...groups.findings, ...theirs.findings, ...due],
      problems: groups.problems,
    };
  };
}

function compareFindings(a: Finding, b: Finding): number {
  const text = ({ code, worker, user, group, product, subscription, text }: Finding): string =>
    [code, worker, user, group, product, subscription, text].join("\n");
  return text(a) < text(b) ? -1 : 1;
}

function countBase(directory: Directory, accounts: Accounts, groups: Policy["groups"]): PlanBase {
  let active = 0;
  for (const { user } of accounts.byWorker.values()) if (user.state === "active") active += 1;
  return {
    users: directory.users.length,
    active,
    members: Object.fromEntries(countOwnMembers(accounts, groups)),
  };
}

export type PlanDraft = {
  /** The whole plan, with the subscriptions of those who leave and of those who return. It may be asked several times. */
  whole(subscriptions: PlanInput["subscriptions"]): Plan;
  /** Who works and who has left, as the plan takes them. */
  roster(): readonly WorkerEntry[];
  /** What these reads, if they are whole, show to plans from reads of some workers or from reads that broke off. With
   * `sharedOnly` of the claims only those of addresses that several workers claim. */
  show(sharedOnly: boolean): WholeRead;
  /** What HR should know about its rows. `listed`: how many of those out of scope are named. */
  report(listed: number): PeopleReport;
};

/** The plan but for subscriptions; give those to get it whole. The order of people, users and groups makes no difference.
 * @throws CONFIG_INVALID when the rules name a group that cannot be managed */
export function draftPlan(input: DraftInput): PlanDraft {
  const resolved = resolve(input);
  const base = countBase(input.directory, resolved.accounts, input.policy.groups);
  const partsWith: (subscriptions: PlanInput["subscriptions"]) => Parts =
    input.purpose === "delete"
      ? () => ({ changes: planDeletes(resolved, input), findings: [], problems: [] })
      : planSync(resolved, input);
  const whole = (subscriptions: PlanInput["subscriptions"]): Plan => {
    const parts = partsWith(subscriptions);
    const sorted = sortChanges(parts.changes);
    const changes = input.worker === undefined ? sorted : onlyWorker(sorted, input.worker);
    const head = { format: "rollcall-plan/1", target: input.policy.target, owner: input.policy.owner } as const;
    return {
      ...head,
      purpose: input.purpose,
      digest: digest({ ...head, changes }),
      base,
      changes,
      findings: concerning([...resolved.findings, ...parts.findings].sort(compareFindings), input.worker),
      problems: concerning([...resolved.problems, ...parts.problems], input.worker),
    };
  };
  const { policy, calendar, reads } = input;
  return {
    whole,
    show: (sharedOnly) => ({
      claims: sharedOnly ? resolved.workers.sharedClaims() : resolved.workers.claims(),
      repeated: resolved.workers.repeated,
      sharedOnly,
    }),
    roster: () => rosterEntries(resolved.standings, resolved.accounts),
    report: (listed) => reportReads(reads, resolved.workers, { policy, calendar, listed }),
  };
}

/** Whose subscriptions a plan needs to see: of the accounts that it blocks or unblocks. Read them, and ask the draft again. */
export function planSubscriptionOwners(plan: Plan, policy: Policy): readonly string[] {
  return plan.changes.flatMap((change) => {
    if (change.kind === "unblockUser") return [change.key];
    return change.kind === "blockUser" && policy.lifecycle.leaver.subscriptions.kind !== "keep" ? [change.key] : [];
  });
}
