// An account of somebody who is at work: kept active and like HR says, marked again, unblocked where Rollcall blocked it.
import { accountDifference } from "./account-fields.ts";
import type { OwnAccount } from "./accounts.ts";
import type { AddressAnswer } from "./addresses.ts";
import type { User } from "./directory.ts";
import { find, hrReason, ownerText, type Present, type UsersDraft } from "./users-draft.ts";

const personField = { firstName: "givenName", lastName: "familyName", email: "email" } as const;

/** The account gets the names and the address that HR has, as far as the address is free. */
export function update(
  draft: UsersDraft,
  standing: Present,
  account: OwnAccount,
  address: AddressAnswer | undefined,
): void {
  const { user } = account;
  const worker = standing.person.worker;
  if (address?.free === false) {
    find(
      draft,
      "addressInUse",
      worker,
      user.id,
      `The new e-mail address is held by the account "${address.heldBy.id}"${ownerText(draft, address.heldBy)}`,
    );
  }
  const { before, after } = accountDifference(user, standing.fields, standing.gives && address?.free !== false);
  const fields = (["firstName", "lastName", "email"] as const).flatMap((field) =>
    field in after ? [personField[field]] : [],
  );
  if (fields.length > 0) {
    const reason = hrReason("hrValueChanged", standing, fields, `HR has another ${fields.join(", ")}`);
    draft.changes.push({ kind: "updateUser", key: user.id, before, after, reason });
  } else if (account.blockedByUs !== undefined && user.state === "active") {
    const text = "Somebody unblocked the account; its mark no longer says that Rollcall blocked it";
    draft.changes.push({
      kind: "updateUser",
      key: user.id,
      before,
      after,
      reason: hrReason("unblockedByOthers", standing, ["status"], text),
    });
  }
}

/** The worker's mark is written on an account that has none. */
export function adopt(
  draft: UsersDraft,
  standing: Present,
  user: User,
  code: "adopted" | "markRestored",
  text: string,
): void {
  const { firstName, lastName, email, state } = user;
  const { worker } = standing.person;
  draft.changes.push({
    kind: "adoptUser",
    key: user.id,
    before: { firstName, lastName, email, state },
    after: { firstName, lastName, email, worker },
    reason: hrReason(code, standing, ["email"], text),
  });
}

/** The account in the state that HR wants, or undefined where it is left alone. */
export function keep(draft: UsersDraft, standing: Present, account: OwnAccount): "active" | undefined {
  const { user, marked, blockedByUs } = account;
  const { worker } = standing.person;
  if (user.state === "active") {
    if (marked) return "active";
    find(draft, "markWiped", worker, user.id, "The account's mark is gone; it is remembered as this worker's");
    if (!standing.gives) return undefined;
    adopt(
      draft,
      standing,
      user,
      "markRestored",
      "The account is remembered as this worker's, its mark is written again",
    );
    return "active";
  }
  if (user.state === "blocked") {
    if (blockedByUs === undefined) {
      find(draft, "heldByOthers", worker, user.id, "The account was blocked by somebody else and stays so");
      return undefined;
    }
    if (!standing.gives) return undefined;
    const reason = hrReason(
      "rehire",
      standing,
      ["status", "startDate", "endDate"],
      "HR has the person at work again, Rollcall had blocked the account",
    );
    draft.changes.push({
      kind: "unblockUser",
      key: user.id,
      before: { state: "blocked" },
      after: { state: "active" },
      reason,
    });
    return "active";
  }
  const code = user.state === "pending" ? "accountPending" : "accountDeleted";
  find(draft, code, worker, user.id, `The account is ${user.state}; Rollcall does not activate it`);
  return undefined;
}
