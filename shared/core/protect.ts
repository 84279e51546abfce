// Accounts that are never in a change, whatever HR says and whoever accepts it.
import type { Group, User } from "./directory.ts";
import { foldAddress, foldId } from "./fold.ts";

/** The built-in administrator; API Management answers 405 to any change of it. */
const builtInUserId = "1";

/** Groups that every service has and that nobody can change. */
export const builtInGroupIds: readonly string[] = ["administrators", "developers", "guests"];

/** Whether the group is one that Rollcall may manage at all: neither built-in nor kept by a directory outside. */
export function isManageable(group: Group): boolean {
  return !group.builtIn && group.type === "custom";
}

/** True when the text fits a pattern in which `*` stands for any run of characters. Linear in the text: no pattern
 * can make it slow. Both sides are expected folded. */
export function matchesPattern(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return text === pattern;
  const first = pattern.slice(0, star);
  const last = pattern.slice(pattern.lastIndexOf("*") + 1);
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of pattern.split("*").slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Whether the address, as HR or API Management writes it, matches a protected pattern. */
export function isProtectedAddress(address: string, patterns: readonly string[]): boolean {
  const folded = foldAddress(address);
  return patterns.some((pattern) => matchesPattern(foldAddress(pattern), folded));
}

/** Whether the account is the built-in one or matches a protected pattern by id, address or the id of an identity. */
export function isProtectedUser(user: User, patterns: readonly string[]): boolean {
  if (user.id === builtInUserId) return true;
  if (patterns.some((pattern) => matchesPattern(foldId(pattern), foldId(user.id)))) return true;
  return [user.email, ...user.identities.map((identity) => identity.id)].some((text) =>
    isProtectedAddress(text, patterns),
  );
}
