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
  readonly user: User;
  readonly worker: string;
  readonly marked: boolean;
  /** ISO instant at which Rollcall blocked it, from the mark. */
  readonly blockedByUs?: string;
};

export type Ownership =
  | { readonly kind: "protected" }
  | { readonly kind: "foreign" }
  | { readonly kind: "own"; readonly account: OwnAccount }
  /** One of several accounts of the worker, or an account of several workers. */
  | { readonly kind: "duplicate"; readonly worker: string }
  | { readonly kind: "stranger" };

/** A worker's account that may not be touched. */
export type OutOfReach = { readonly user: string; readonly because: "protected" | "foreign" | "ambiguous" };

export type Accounts = {
  readonly byUser: ReadonlyMap<string, Ownership>;
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
  readonly byUser: Map<string, Ownership>;
  /** The first account with the mark of each worker, and the further ones. */
  readonly marked: Map<string, OwnAccount>;
  readonly further: Map<string, readonly OwnAccount[]>;
  /** By folded id. */
  readonly unmarked: Map<string, User>;
  readonly untouchable: Map<string, OutOfReach>;
};

function note({ marked, further }: Sorted, account: OwnAccount): void {
  const { worker } = account;
  if (marked.has(worker)) further.set(worker, [...(further.get(worker) ?? []), account]);
  else marked.set(worker, account);
}

function sortByMark(users: readonly User[], owner: string, protect: readonly string[]): Sorted {
  const sorted: Sorted = {
    byUser: new Map(),
    marked: new Map(),
    further: new Map(),
    unmarked: new Map(),
    untouchable: new Map(),
  };
  const { byUser, unmarked, untouchable } = sorted;
  for (const user of users) {
    const mark = ownMark(user, owner);
    const because = isProtectedUser(user, protect) ? "protected" : mark === "foreign" ? "foreign" : undefined;
    if (because !== undefined) {
      byUser.set(user.id, { kind: because });
      untouchable.set(foldId(user.id), { user: user.id, because });
    }
    if (mark === "none" && because === undefined) {
      unmarked.set(foldId(user.id), user);
      byUser.set(user.id, { kind: "stranger" });
    }
    if (typeof mark === "string") continue;
    note(sorted, { user, marked: true, ...mark });
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
};

/** Each worker's marked account. A protected one counts as the worker's, so that it gets no second one. */
function claimMarked({ byUser, marked, further, untouchable }: Sorted): Claimed {
  const claimed: Claimed = { byWorker: new Map(), duplicates: new Map(), outOfReach: new Map() };
  for (const [worker, account] of marked) {
    const others = further.get(worker);
    const reach = untouchable.get(foldId(account.user.id));
    if (others !== undefined) {
      const ids = [account, ...others].map(({ user }) => user.id).sort();
      claimed.duplicates.set(worker, ids);
      for (const id of ids) if (!untouchable.has(foldId(id))) byUser.set(id, { kind: "duplicate", worker });
    } else if (reach === undefined) {
      claimed.byWorker.set(worker, account);
      byUser.set(account.user.id, { kind: "own", account });
    } else {
      claimed.outOfReach.set(worker, reach);
    }
  }
  return claimed;
}

/** Unmarked accounts that memory or their id says are a worker's, with the workers of whom it says so. */
function claimUnmarked(
  { marked, unmarked }: Sorted,
  outOfReach: Claimed["outOfReach"],
  options: AccountsOptions,
): Map<User, string[]> {
  const { owner, links } = options;
  const claims = new Map<User, string[]>();
  // Hashing every worker's key would be for nothing where no unmarked account has an id that comes from one.
  const byId = [...unmarked.keys()].some(isUserId) ? options.workers : [];
  const candidates = unmarked.size === 0 ? [] : [...new Set([...links.keys(), ...byId])].sort();
  for (const worker of candidates) {
    const user =
      marked.has(worker) || outOfReach.has(worker) ? undefined : findWiped(worker, owner, links.get(worker), unmarked);
    if (user !== undefined) claims.set(user, [...(claims.get(user) ?? []), worker]);
  }
  return claims;
}

/** Whose is which. With `links` and `workers`, accounts whose mark is gone are found as well. */
export function resolveAccounts(users: readonly User[], options: AccountsOptions): Accounts {
  const sorted = sortByMark(users, options.owner, options.protect);
  const { byUser, marked, untouchable } = sorted;
  const { byWorker, duplicates, outOfReach } = claimMarked(sorted);
  for (const [worker, id] of options.links) {
    const reach = untouchable.get(foldId(id));
    if (reach !== undefined && !marked.has(worker)) outOfReach.set(worker, reach);
  }
  for (const [user, workers] of claimUnmarked(sorted, outOfReach, options)) {
    for (const worker of workers) {
      const account = { user, worker, marked: false };
      byUser.set(user.id, workers.length === 1 ? { kind: "own", account } : { kind: "duplicate", worker });
      if (workers.length === 1) byWorker.set(worker, account);
      else outOfReach.set(worker, { user: user.id, because: "ambiguous" });
    }
  }
  return { byUser, byWorker, duplicates, outOfReach };
}
