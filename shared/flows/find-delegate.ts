// Who is signed in → their worker → their account. Microsoft Entra ID vouches for tenant and object id, HR says which
// worker that is, and the mark in the account says whose account it is. No address takes part.
import { refuseAccount } from "../core/delegate-account.ts";
import type { DelegateRefusal } from "../core/delegation.ts";
import type { User } from "../core/directory.ts";
import { isOfTenant, type Principal } from "../core/principal.ts";
import { userId } from "../core/user-id.ts";
import type { Apim, Tagged } from "../ports.ts";
import type { Roster } from "../request-ports.ts";

export type DelegateWorld = {
  readonly target: string;
  /** Names this installation in marks. */
  readonly owner: string;
  readonly protect: readonly string[];
  /** The tenant whose object ids HR gives. */
  readonly tenantId: string;
  readonly apim: Pick<Apim, "getUser">;
  readonly roster: Pick<Roster, "findObjectId">;
};

export type Delegate =
  | { readonly ok: true; readonly account: Tagged<User>; readonly worker: string }
  | { readonly ok: false; readonly why: DelegateRefusal };

function refused(why: DelegateRefusal): Delegate {
  return { ok: false, why };
}

/** The account of the signed-in person. @throws STORE_UNAVAILABLE, APIM_*, NETWORK, TIMEOUT, ABORTED */
export async function findDelegate(principal: Principal, world: DelegateWorld, signal: AbortSignal): Promise<Delegate> {
  const { objectId } = principal;
  if (objectId === undefined || !isOfTenant(principal, world.tenantId)) return refused("otherTenant");
  const known = await world.roster.findObjectId(world.target, objectId, signal);
  if (known === undefined || known.entry.standing === "leaver") return refused("unknown");
  const { person, userId: id = userId(world.owner, person.numberSpace, person.employeeNumber) } = known.entry;
  const account = await world.apim.getUser(id, signal);
  const why = refuseAccount(account?.value, person.worker, world);
  if (account === undefined || why !== undefined) return refused(why ?? "noAccount");
  return { ok: true, account, worker: person.worker };
}
