// Whether the account that the roster names is one that its worker may be signed in to. An address decides nothing:
// the account has to carry our mark, and in it this worker.
import { ownMark } from "./accounts.ts";
import type { User } from "./directory.ts";
import { isProtectedUser } from "./protect.ts";

export type AccountRefusal = "noAccount" | "protected" | "notOurs" | "pending" | "blocked" | "deleted";

/** Why nobody is signed in to the account, or undefined for an account that its worker may use. */
export function refuseAccount(
  user: User | undefined,
  worker: string,
  { owner, protect }: { readonly owner: string; readonly protect: readonly string[] },
): AccountRefusal | undefined {
  if (user === undefined) return "noAccount";
  if (isProtectedUser(user, protect)) return "protected";
  const mark = ownMark(user, owner);
  if (typeof mark === "string" || mark.worker !== worker) return "notOurs";
  return user.state === "active" ? undefined : user.state;
}
