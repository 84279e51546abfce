// Whose is each account? Decides for every user of API Management whether it is ours, and which worker it belongs to.
//
//   protected (user 1, patterns) ....... never in a change
//   mark of another owner, malformed ... foreign, never touched
//   our mark, one account .............. ours
//   our mark on two accounts ........... duplicate, neither is touched
//   no mark, but remembered for the
//   worker or under the worker's id .... unmarked but ours: its mark was wiped
//   no mark ............................ stranger, can only be adopted
//
// A worker whose account is protected, remembered and foreign by now, or remembered for another worker as well, has an
// account that is out of reach: it is reported, and the worker is given no second one.
import type { User } from "./directory.ts";
import { foldId } from "./fold.ts";
import { parseMark } from "./mark.ts";
import { workerKey, workerParts } from "./person.ts";
import { isProtectedUser } from "./protect.ts";
import { isUserId, userId } from "./user-id.ts";

/** An account that belongs to a worker. `wiped`: its mark is gone and only memory or the id says so. */
export type OwnAccount = {
  readonly kind: "own";
  readonly user: User;
  readonly worker: string;
  readonly marked: boolean;
  /** ISO instant at which Rollcall blocked it, from the mark. */
  readonly blockedByUs?: string;
};

export type Ownership =
  | { readonly kind: "protected" }
  | { readonly kind: "foreign" }
  | OwnAccount
  /** One of several accounts of the worker, or an account of several workers. */
  | { readonly kind: "duplicate"; readonly worker: string }
  | { readonly kind: "stranger" };

/** A worker's account that may not be touched. */
export type OutOfReach = { readonly user: string; readonly because: "protected" | "foreign" | "ambiguous" };

export type Accounts = {
  /** Whose the account is; undefined for a user that was not among those looked at. */
  ownershipOf(user: User): Ownership | undefined;
  /** The one account of each worker. */
  readonly byWorker: ReadonlyMap<string, OwnAccount>;
  /** Workers whose mark stands on several accounts, with the accounts' ids. */
  readonly duplicates: ReadonlyMap<string, readonly string[]>;
  readonly outOfReach: ReadonlyMap<string, OutOfReach>;
};

/** The worker whose account the mark in the user's note says it is; `foreign` for another owner's or a broken mark. */
export function ownMark(user: User, owner: string): { worker: string; blockedByUs?: string } | "none" | "foreign" {
  const mark = parseMark(user.note);
  if (mark.kind === "none") return "none";
  if (mark.kind === "malformed" || mark.fields.owner !== owner) return "foreign";
  const { space, key, blocked } = mark.fields;
  if (space === undefined || key === undefined) return "foreign";
  return { worker: workerKey(space, key), ...(blocked === undefined ? {} : { blockedByUs: blocked }) };
}

type Sorted = {
  /** By id, of all but the accounts with our mark, which are nearly all: the mark says whose they are. */
  readonly others: Map<string, Ownership>;
  /** The first account with the mark of each worker. */
  readonly marked: Map<string, OwnAccount>;
  /** All of them, where there are several. */
  readonly several: Map<string, readonly OwnAccount[]>;
  /** By folded id. */
  readonly unmarked: Map<string, User>;
  readonly untouchable: Map<string, OutOfReach>;
};

function note({ marked, several }: Sorted, account: OwnAccount): void {
  const { worker } = account;
  const first = marked.get(worker);
  if (first === undefined) marked.set(worker, account);
  else several.set(worker, [...(several.get(worker) ?? [first]), account]);
}

function sortByMark(users: readonly User[], owner: string, protect: readonly string[]): Sorted {
  const sorted: Sorted = {
    others: new Map(),
    marked: new Map(),
    several: new Map(),
    unmarked: new Map(),
    untouchable: new Map(),
  };
  const { others, unmarked, untouchable } = sorted;
  for (const user of users) {
    const mark = ownMark(user, owner);
    const because = isProtectedUser(user, protect) ? "protected" : mark === "foreign" ? "foreign" : undefined;
    if (because !== undefined) {
      others.set(user.id, { kind: because });
      untouchable.set(foldId(user.id), { user: user.id, because });
    }
    if (mark === "none" && because === undefined) {
      unmarked.set(foldId(user.id), user);
      others.set(user.id, { kind: "stranger" });
    }
    if (typeof mark === "string") continue;
    note(sorted, { kind: "own", user, marked: true, ...mark });
  }
  return sorted;
}

type Claimed = {
  readonly byWorker: Map<string, OwnAccount>;
  readonly duplicates: Map<string, readonly string[]>;
  readonly outOfReach: Map<string, OutOfReach>;
};

/** The unmarked account that is remembered for the worker, or that has the id which only the worker's account can have. */
function findWiped(
  worker: string,
  owner: string,
  linked: string | undefined,
  unmarked: ReadonlyMap<string, User>,
): User | undefined {
  const remembered = linked === undefined ? undefined : unmarked.get(foldId(linked));
  if (remembered !== undefined) return remembered;
  const { numberSpace, employeeNumber } = workerParts(worker);
  return unmarked.get(userId(owner, numberSpace, employeeNumber));
}

export type AccountsOptions = {
  readonly owner: string;
  readonly protect: readonly string[];
  /** Worker → user id of the accounts that are remembered. */
  readonly links: ReadonlyMap<string, string>;
  /** Those that HR names now. */
  readonly workers: Iterable<string>;
  /** True where only some workers were read: an id that comes from none of them may come from another one. */
  readonly someWorkers?: boolean;
};

/** Each worker's marked account. A protected one counts as the worker's, so that it gets no second one. Takes out of
 * `marked` what is not the one account of a worker: nearly everything stays, and is not copied. */
function claimMarked({ others, marked, several, untouchable }: Sorted): Claimed {
  const claimed: Claimed = { byWorker: marked, duplicates: new Map(), outOfReach: new Map() };
  for (const [worker, accounts] of several) {
    const ids = accounts.map(({ user }) => user.id).sort();
    claimed.duplicates.set(worker, ids);
    for (const id of ids) if (!untouchable.has(foldId(id))) others.set(id, { kind: "duplicate", worker });
    marked.delete(worker);
  }
  for (const [worker, account] of marked) {
    const reach = untouchable.get(foldId(account.user.id));
    if (reach === undefined) continue;
    claimed.outOfReach.set(worker, reach);
    marked.delete(worker);
  }
  return claimed;
}

/** Whether some account carries the worker's mark or is out of reach as the worker's. */
function isClaimed({ byWorker, duplicates, outOfReach }: Claimed, worker: string): boolean {
  return byWorker.has(worker) || duplicates.has(worker) || outOfReach.has(worker);
}

/** Unmarked accounts that memory or their id says are a worker's, with the workers of whom it says so. */
function claimUnmarked(
  unmarked: Sorted["unmarked"],
  claimed: Claimed,
  options: AccountsOptions,
): ReadonlyMap<User, readonly string[]> {
  const { owner, links } = options;
  const claims = new Map<User, string[]>();
  // Hashing every worker's key would be for nothing where no unmarked account has an id that comes from one.
  const byId = [...unmarked.keys()].some(isUserId) ? options.workers : [];
  const candidates = unmarked.size === 0 ? [] : [...new Set([...links.keys(), ...byId])].sort();
  for (const worker of candidates) {
    const user = isClaimed(claimed, worker) ? undefined : findWiped(worker, owner, links.get(worker), unmarked);
    if (user !== undefined) claims.set(user, [...(claims.get(user) ?? []), worker]);
  }
  return claims;
}

/** False for an account of several workers. Its id may say that it is also another's, who was not read. */
function isOneWorkers({ id }: User, workers: readonly string[], { owner, someWorkers }: AccountsOptions): boolean {
  if (workers.length !== 1 || someWorkers !== true || !isUserId(foldId(id))) return workers.length === 1;
  return workers
    .map(workerParts)
    .some((parts) => foldId(id) === userId(owner, parts.numberSpace, parts.employeeNumber));
}

/** Whose is which. With `links` and `workers`, accounts whose mark is gone are found as well. */
export function resolveAccounts(users: readonly User[], options: AccountsOptions): Accounts {
  const sorted = sortByMark(users, options.owner, options.protect);
  const { others, unmarked, untouchable } = sorted;
  const claimed = claimMarked(sorted);
  const { byWorker, duplicates, outOfReach } = claimed;
  for (const [worker, id] of options.links) {
    const reach = untouchable.get(foldId(id));
    if (reach !== undefined && !isClaimed(claimed, worker)) outOfReach.set(worker, reach);
  }
  for (const [user, workers] of claimUnmarked(unmarked, claimed, options)) {
    const isSure = isOneWorkers(user, workers, options);
    for (const worker of workers) {
      const account = { kind: "own", user, worker, marked: false } as const;
      others.set(user.id, isSure ? account : { kind: "duplicate", worker });
      if (isSure) byWorker.set(worker, account);
      else outOfReach.set(worker, { user: user.id, because: "ambiguous" });
    }
  }
  const ownershipOf = (user: User): Ownership | undefined => {
    const mark = ownMark(user, options.owner);
    const own = typeof mark === "string" ? undefined : byWorker.get(mark.worker);
    return others.get(user.id) ?? (own?.user.id === user.id ? own : undefined);
  };
  return { ownershipOf, byWorker, duplicates, outOfReach };
}
