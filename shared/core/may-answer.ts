// Whether a signed-in person may answer a question: who was asked, or who holds the role, while at
// work, and never who requested.
import { foldAddress } from "./fold.ts";
import { addressesOf, type Principal } from "./principal.ts";
import type { Asked, RequestRecord } from "./request.ts";

/** What HR knows about the people of one question. */
export type KnownPeople = {
  /** Worker's key of the signed-in person, by object id. */
  readonly principalWorker?: string;
  /** HR says that the signed-in person has left, or their account is blocked. */
  readonly hasLeft?: boolean;
  /** Addresses of the requester: HR's, and the account's. */
  readonly requesterAddresses: readonly string[];
};

export type MayAnswer =
  | { readonly ok: true; readonly as: Asked["role"] | "role" }
  | { readonly ok: false; readonly reason: "closed" | "notAsked" | "hasLeft" | "ownRequest" };

/** Whether the question was put to this person. */
export function isAsked(asked: Asked, principal: Principal, people: Pick<KnownPeople, "principalWorker">): boolean {
  // A role in HR is held by the worker, whatever address is signed in; an address in the rules by whoever the directory
  // vouches it for.
  if (asked.worker !== undefined && people.principalWorker !== undefined)
    return asked.worker === people.principalWorker;
  return principal.address !== undefined && foldAddress(principal.address) === foldAddress(asked.address);
}

function isRequester(request: RequestRecord, principal: Principal, people: KnownPeople): boolean {
  if (request.worker !== undefined && request.worker === people.principalWorker) return true;
  const own = new Set(addressesOf(principal).map(foldAddress));
  return people.requesterAddresses.some((address) => own.has(foldAddress(address)));
}

/** Whether the person may answer now: by a link (`nonce`) only who was asked with it, otherwise who holds the role of an
 * approver. */
export function mayAnswer(
  request: RequestRecord,
  principal: Principal,
  nonce: string | undefined,
  people: KnownPeople,
): MayAnswer {
  const { question, answer } = request;
  const asked = nonce === undefined ? undefined : question?.approvers.find((each) => each.nonce === nonce);
  if (nonce === undefined ? !principal.roles.includes("approver") : asked === undefined)
    return { ok: false, reason: "notAsked" };
  if (asked !== undefined && !isAsked(asked, principal, people)) return { ok: false, reason: "notAsked" };
  if (people.hasLeft === true) return { ok: false, reason: "hasLeft" };
  if (isRequester(request, principal, people)) return { ok: false, reason: "ownRequest" };
  const open = question !== undefined && answer === undefined && ["asked", "failed"].includes(request.status);
  return open ? { ok: true, as: asked?.role ?? "role" } : { ok: false, reason: "closed" };
}
