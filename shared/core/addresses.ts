// An address belongs to one account at a time. Decides which workers can get the address that HR gives them: it is
// free, or whoever holds it moves to another one in the same plan. Two who want to swap are held; no write is
// planned that the service would refuse in every run.
import type { User } from "./directory.ts";
import { foldAddress } from "./fold.ts";

export type AddressClaim = {
  readonly worker: string;
  /** The claimant's account; undefined for an account that is yet to be made. */
  readonly userId?: string;
  /** Folded address that is wanted. */
  readonly address: string;
};

export type AddressAnswer = { readonly free: true } | { readonly free: false; readonly heldBy: User };

/** Whether the address is free once the account has another one. Only the Basic identity follows the account's address;
 * any other identity keeps what it says. */
function letsGo(holder: User, address: string): boolean {
  const keeps = holder.identities.some(({ provider, id }) => provider !== "Basic" && foldAddress(id) === address);
  return foldAddress(holder.email) === address && !keeps;
}

/** The users that hold each of these folded addresses, by their own address or by an identity. Others are not looked at:
 * who stays as they are claims nothing. */
export function findHolders(
  users: readonly User[],
  addresses: ReadonlySet<string>,
): ReadonlyMap<string, readonly User[]> {
  const holders = new Map<string, User[]>();
  const note = (text: string, user: User): void => {
    const address = foldAddress(text);
    if (!address.includes("@") || !addresses.has(address)) return;
    const found = holders.get(address);
    if (found === undefined) holders.set(address, [user]);
    else if (found.at(-1) !== user) found.push(user);
  };
  for (const user of users) {
    note(user.email, user);
    for (const { id } of user.identities) note(id, user);
  }
  return holders;
}

/** An answer for each claim, by worker. `holders` lists the users of each folded address. Claims of free addresses are
 * answered first; each one that its account moves away for frees the next. What is never reached stays held. */
export function resolveAddresses(
  claims: readonly AddressClaim[],
  holders: ReadonlyMap<string, readonly User[]>,
): ReadonlyMap<string, AddressAnswer> {
  const answers = new Map<string, AddressAnswer>();
  const waiting = new Map<string, AddressClaim>();
  const free: AddressClaim[] = [];
  for (const claim of claims) {
    const others = (holders.get(claim.address) ?? []).filter((user) => user.id !== claim.userId);
    const [holder] = others;
    if (holder === undefined) {
      free.push(claim);
      continue;
    }
    answers.set(claim.worker, { free: false, heldBy: holder });
    // One account has one address, and two workers never claim one address here: at most one waits for each account.
    if (others.length === 1 && letsGo(holder, claim.address)) waiting.set(holder.id, claim);
  }
  for (let claim = free.pop(); claim !== undefined; claim = free.pop()) {
    answers.set(claim.worker, { free: true });
    const next = claim.userId === undefined ? undefined : waiting.get(claim.userId);
    if (next !== undefined) free.push(next);
  }
  return answers;
}
