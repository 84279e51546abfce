// What the part of a plan about accounts is made of: the draft that it is written into, reasons and findings.
import type { Accounts } from "./accounts.ts";
import type { Change, Reason } from "./change.ts";
import type { User } from "./directory.ts";
import type { Finding, FindingCode } from "./finding.ts";
import type { Policy } from "./policy.ts";
import type { Standing } from "./standing.ts";

export type Present = Extract<Standing, { kind: "present" }>;
export type Leaver = Extract<Standing, { kind: "leaver" }>;

/** A worker whose memberships are to be looked at. `gives` is false when only removals are allowed; true for those at
 * work whose account this plan unblocks or who have an active one already. */
export type Membership = {
  readonly worker: string;
  readonly user: string;
  /** Ids of the groups that the account is in now. */
  readonly groups: readonly string[];
  readonly standing: Extract<Standing, { kind: "present" | "conflict" }>;
  readonly gives: boolean;
};

export type UsersPart = {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  readonly memberships: readonly Membership[];
  /** Accounts that this plan blocks, for their subscriptions. */
  readonly leaving: ReadonlyMap<string, Leaver>;
};

/** What the files about accounts write into, one worker after the other. */
export type UsersDraft = {
  readonly policy: Policy;
  readonly accounts: Accounts;
  /** Folded ids of all users. */
  readonly ids: ReadonlySet<string>;
  /** The users of each folded address that a worker claims. */
  readonly holders: ReadonlyMap<string, readonly User[]>;
  readonly changes: Change[];
  readonly findings: Finding[];
  readonly memberships: Membership[];
  readonly leaving: Map<string, Leaver>;
};

/** Notes something that is left alone. */
export function find(
  draft: UsersDraft,
  code: FindingCode,
  worker: string,
  user: string | undefined,
  text: string,
): void {
  draft.findings.push({ code, worker, ...(user === undefined ? {} : { user }), text });
}

/** A reason that the worker's row gives. */
export function hrReason(code: Reason["code"], standing: Present, fields: readonly string[], text: string): Reason {
  const { worker, source, line } = standing.person;
  return { code, worker, source, line, fields, text };
}

/** Whose the account is that holds an address, as the end of a sentence. */
export function ownerText(draft: UsersDraft, user: User): string {
  const ownership = draft.accounts.ownershipOf(user);
  if (ownership?.kind === "own") return `, which is that of worker ${ownership.worker}`;
  if (ownership?.kind === "duplicate")
    return `, which is that of worker ${ownership.worker} and is not the only one or not only that worker's`;
  if (ownership?.kind === "foreign") return ", which belongs to another installation";
  if (ownership?.kind === "protected") return ", which is protected";
  return `, which is not Rollcall's (state ${user.state}, signs in by ${user.identities.map(({ provider }) => provider).join(", ") || "nothing"})`;
}
