// What API Management will hold for a person. The service's rules are applied here, before anything is compared, so
// that a second run finds nothing to change. Field rules: user contract, api-version 2024-05-01.
import type { AccountFields } from "./change.ts";
import type { User } from "./directory.ts";
import { foldAddress, foldName } from "./fold.ts";
import type { Person, RowProblemCode } from "./person.ts";
import type { Policy } from "./policy.ts";
import { isProtectedAddress } from "./protect.ts";

const maxNameLength = 100;
const maxAddressLength = 254;
const addressShape = /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+\.[^\s@.,;:<>()[\]"\\]+$/u;

export type FieldProblem = {
  readonly code: RowProblemCode;
  readonly field: "email" | "givenName";
  readonly reason: string;
};

export type AccountResult =
  | { readonly ok: true; readonly fields: AccountFields }
  | { readonly ok: false; readonly problem: FieldProblem };

function problem(code: RowProblemCode, field: FieldProblem["field"], reason: string): AccountResult {
  return { ok: false, problem: { code, field, reason } };
}

function checkAddress(email: string, policy: Policy): FieldProblem | undefined {
  const make = (code: RowProblemCode, reason: string): FieldProblem => ({ code, field: "email", reason });
  if (email === "") return make("valueMissing", "The row has no e-mail address, an account needs one");
  if (email.length > maxAddressLength)
    return make("tooLong", `The e-mail address has ${email.length} characters, at most ${maxAddressLength} fit`);
  if (!addressShape.test(email))
    return make("addressInvalid", "The e-mail address is not one: expected name@domain without spaces");
  const domain = email.slice(email.lastIndexOf("@") + 1);
  const domains = policy.people.emailDomains;
  if (domains.length > 0 && !domains.some((allowed) => foldAddress(allowed) === foldAddress(domain))) {
    return make("addressOutsideDomains", "The e-mail address is outside people.emailDomains");
  }
  if (isProtectedAddress(email, policy.protect)) {
    return make("addressProtected", "The e-mail address matches a protected pattern, HR cannot claim it");
  }
  return undefined;
}

/** The names and the address of the person's account, or the first thing that stands in the way. */
export function accountFields(person: Person, policy: Policy): AccountResult {
  const email = (person.email ?? "").normalize("NFC").trim();
  const addressProblem = checkAddress(email, policy);
  if (addressProblem !== undefined) return { ok: false, problem: addressProblem };
  const firstName = foldName(person.givenName ?? "", maxNameLength);
  if (firstName === "") return problem("valueMissing", "givenName", "The row has no first name, an account needs one");
  const lastName =
    foldName(person.familyName ?? "", maxNameLength) || foldName(policy.people.missingFamilyName, maxNameLength);
  return { ok: true, fields: { firstName, lastName, email } };
}

/** The fields in which the account differs from what HR wants: as they are, and as they should be. */
export function accountDifference(
  user: User,
  wanted: AccountFields,
  withAddress: boolean,
): { readonly before: Partial<AccountFields>; readonly after: Partial<AccountFields> } {
  const before: { -readonly [F in keyof AccountFields]?: string } = {};
  const after: { -readonly [F in keyof AccountFields]?: string } = {};
  for (const field of ["firstName", "lastName"] as const) {
    if (foldName(user[field], maxNameLength) === wanted[field]) continue;
    before[field] = user[field];
    after[field] = wanted[field];
  }
  if (withAddress && foldAddress(user.email) !== foldAddress(wanted.email)) {
    before.email = user.email;
    after.email = wanted.email;
  }
  return { before, after };
}
