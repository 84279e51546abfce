// What HR and the service say about the people who answer: who they are, and whether they are still at work.
import { addressesOf, type Principal } from "../core/principal.ts";
import type { Asked } from "../core/request.ts";
import type { KnownWorker, Roster } from "../request-ports.ts";

export type KnownPrincipal = {
  /** Worker's key, by object id alone. */
  readonly worker?: string;
  /** The account, as far as HR's people tell. */
  readonly userId?: string;
  readonly hasLeft: boolean;
};

/** Who the signed-in person is. Where HR knows no such object id, HR's addresses still tell that somebody has left; they
 * never make somebody a worker. @throws STORE_UNAVAILABLE, ABORTED */
export async function findPrincipal(
  target: string,
  principal: Principal,
  roster: Pick<Roster, "findObjectId" | "findAddress">,
  signal: AbortSignal,
): Promise<KnownPrincipal> {
  const { objectId } = principal;
  const known = objectId === undefined ? undefined : await roster.findObjectId(target, objectId, signal);
  if (known !== undefined) return { worker: known.entry.person.worker, ...standingOf([known]) };
  const found = await Promise.all(addressesOf(principal).map((address) => roster.findAddress(target, address, signal)));
  return standingOf(found.flatMap((each) => each ?? []));
}

/** Somebody with two employments is at work while one of them goes on. */
function standingOf(known: readonly KnownWorker[]): Pick<KnownPrincipal, "userId" | "hasLeft"> {
  const userId = known[0]?.entry.userId;
  const hasLeft = known.length > 0 && known.every(({ entry }) => entry.standing === "leaver");
  return { hasLeft, ...(userId !== undefined && { userId }) };
}

/** Whether who was asked as a worker (a manager) is one no longer: HR says so, or names them no more.
 * @throws STORE_UNAVAILABLE, ABORTED */
export async function isWorkerGone(
  target: string,
  worker: Asked["worker"],
  roster: Pick<Roster, "findWorker">,
  signal: AbortSignal,
): Promise<boolean> {
  return worker !== undefined && (await roster.findWorker(target, worker, signal))?.entry.standing !== "present";
}
