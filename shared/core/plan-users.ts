// The part of a plan that concerns accounts: who gets one, whose is adopted, updated, blocked, unblocked.
import type { Accounts, OwnAccount } from "./accounts.ts";
import { type AddressAnswer, type AddressClaim, findHolders, resolveAddresses } from "./addresses.ts";
import type { User } from "./directory.ts";
import { foldAddress, foldId } from "./fold.ts";
import { join } from "./join-user.ts";
import { keep, update } from "./keep-user.ts";
import type { Policy } from "./policy.ts";
import type { Standing } from "./standing.ts";
import type { Standings } from "./standings.ts";
import { find, type Leaver, type UsersDraft, type UsersPart } from "./users-draft.ts";

function leave(draft: UsersDraft, worker: string, account: OwnAccount, standing: Leaver): void {
  const { user } = account;
  if (!account.marked)
    find(draft, "markWiped", worker, user.id, "The account's mark is gone; it is remembered as this worker's");
  if (user.state === "pending")
    find(draft, "accountPending", worker, user.id, "A leaver's account is pending; it is blocked once it is active");
  if (user.state !== "active") return;
  const { code, statement } = standing;
  draft.changes.push({
    kind: "blockUser",
    key: user.id,
    before: { state: user.state, marked: account.marked },
    after: { state: "blocked", worker },
    reason: { code, worker, ...statement },
  });
  draft.leaving.set(user.id, standing);
}

/** Only an account that ends up active is updated, so only such a one gives its old address away. */
function moves({ user, blockedByUs }: OwnAccount, address: string): boolean {
  const endsActive = user.state === "active" || (user.state === "blocked" && blockedByUs !== undefined);
  return endsActive && foldAddress(user.email) !== address;
}

function claimsOf(standings: Standings, accounts: Accounts): AddressClaim[] {
  const claims: AddressClaim[] = [];
  for (const [worker, standing] of standings) {
    if (standing.kind !== "present" || !standing.gives) continue;
    const account = accounts.byWorker.get(worker);
    const address = foldAddress(standing.fields.email);
    if (account === undefined) claims.push({ worker, address });
    else if (moves(account, address)) claims.push({ worker, userId: account.user.id, address });
  }
  return claims;
}

function plan(draft: UsersDraft, worker: string, standing: Standing, address: AddressAnswer | undefined): void {
  const account = draft.accounts.byWorker.get(worker);
  if (draft.accounts.duplicates.has(worker) || draft.accounts.outOfReach.has(worker)) return;
  if (standing.kind === "leaver" && account !== undefined) leave(draft, worker, account, standing);
  if (standing.kind === "conflict" && account?.marked === true && account.user.state === "active") {
    draft.memberships.push({ worker, user: account.user.id, groups: account.user.groups, standing, gives: false });
  }
  if (standing.kind !== "present") return;
  if (account === undefined) {
    const joined = address === undefined ? undefined : join(draft, standing, address);
    if (joined !== undefined) draft.memberships.push({ worker, ...joined, standing, gives: true });
    return;
  }
  if (keep(draft, standing, account) === undefined) return;
  update(draft, standing, account, address);
  const { id, groups } = account.user;
  draft.memberships.push({ worker, user: id, groups, standing, gives: standing.gives });
}

const untouched = {
  protected: { code: "accountProtected", text: "The worker's account is protected and is not touched" },
  foreign: {
    code: "accountForeign",
    text: "The account that is remembered as this worker's carries a mark that is not ours or cannot be read; it is not touched",
  },
  ambiguous: {
    code: "accountAmbiguous",
    text: "The account has no mark and is remembered as that of several workers; it is not touched",
  },
} as const;

/** Accounts that nobody touches, whatever HR says of their workers. */
function reportUntouched(draft: UsersDraft): void {
  const { duplicates, outOfReach } = draft.accounts;
  for (const [worker, ids] of duplicates) {
    const text = `Several accounts carry this worker's mark, none is touched: ${ids.join(", ")}`;
    find(draft, "duplicateMark", worker, undefined, text);
  }
  for (const [worker, { user, because }] of outOfReach) {
    const { code, text } = untouched[because];
    find(draft, code, worker, user, text);
  }
}

/** Changes of accounts for all workers that HR or an account names. `standings` already holds the absent leavers. */
export function planUsers(standings: Standings, accounts: Accounts, users: readonly User[], policy: Policy): UsersPart {
  const claims = claimsOf(standings, accounts);
  const holders = findHolders(users, new Set(claims.map(({ address }) => address)));
  const draft: UsersDraft = {
    policy,
    accounts,
    holders,
    ids: new Set(users.map((user) => foldId(user.id))),
    changes: [],
    findings: [],
    memberships: [],
    leaving: new Map(),
  };
  reportUntouched(draft);
  const addresses = resolveAddresses(claims, holders);
  for (const [worker, standing] of standings) plan(draft, worker, standing, addresses.get(worker));
  return draft;
}
