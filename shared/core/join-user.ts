// Somebody who is at work and has no account: one is adopted or made, or it is reported why not.
import type { AddressAnswer } from "./addresses.ts";
import type { User } from "./directory.ts";
import { foldAddress, foldId } from "./fold.ts";
import { adopt, update } from "./keep-user.ts";
import { workerParts } from "./person.ts";
import { isUserId, userId } from "./user-id.ts";
import { find, hrReason, type Membership, ownerText, type Present, type UsersDraft } from "./users-draft.ts";

function adoptable(draft: UsersDraft, user: User): boolean {
  const { lifecycle } = draft.policy;
  const providers = user.identities.map(({ provider }) => provider);
  return (
    lifecycle.adopt === "email" &&
    draft.accounts.ownershipOf(user)?.kind === "stranger" &&
    user.state === "active" &&
    // Made by Rollcall for somebody, whose mark is gone: whoever has the address now may be somebody else.
    !isUserId(foldId(user.id)) &&
    providers.length > 0 &&
    providers.every((provider) => lifecycle.adoptIdentities.includes(provider))
  );
}

/** Somebody at work without an account gets one, made or adopted. Gives its id and groups, or undefined where it has to
 * wait. */
export function join(
  draft: UsersDraft,
  standing: Present,
  address: AddressAnswer,
): Pick<Membership, "user" | "groups"> | undefined {
  const { policy } = draft;
  const { worker } = standing.person;
  if (!address.free) {
    const { heldBy } = address;
    const sole = draft.holders.get(foldAddress(standing.fields.email))?.length === 1;
    if (sole && foldAddress(heldBy.email) === foldAddress(standing.fields.email) && adoptable(draft, heldBy)) {
      adopt(
        draft,
        standing,
        heldBy,
        "adopted",
        "An account that nobody manages has this person's address and signs in with the company",
      );
      update(draft, standing, { kind: "own", user: heldBy, worker, marked: false }, undefined);
      return { user: heldBy.id, groups: heldBy.groups };
    }
    find(
      draft,
      "addressInUse",
      worker,
      heldBy.id,
      `The e-mail address is held by the account "${heldBy.id}"${ownerText(draft, heldBy)}`,
    );
    return undefined;
  }
  const { numberSpace, employeeNumber } = workerParts(worker);
  const id = userId(policy.owner, numberSpace, employeeNumber);
  if (draft.ids.has(id)) {
    find(
      draft,
      "idTaken",
      worker,
      id,
      "The id of the worker's account is taken by an account that is not the worker's",
    );
    return undefined;
  }
  if (policy.lifecycle.provision === "existing") {
    find(
      draft,
      "noAccount",
      worker,
      undefined,
      "The person has not signed in yet, and the rules make no accounts ahead",
    );
    return undefined;
  }
  const reason = hrReason(
    "joiner",
    standing,
    ["status", "startDate"],
    "HR has the person at work, and there is no account yet",
  );
  draft.changes.push({ kind: "createUser", key: id, before: null, after: { ...standing.fields, worker }, reason });
  return { user: id, groups: [] };
}
