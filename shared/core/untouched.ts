// A service in which Rollcall has done nothing yet.
import type { User } from "./directory.ts";
import { foldId } from "./fold.ts";
import { parseMark } from "./mark.ts";
import { isUserId } from "./user-id.ts";

/** True where no account has an id of Rollcall's making or a mark, and none is remembered: then every id that Rollcall
 * would make is free, as long as nobody else makes them. */
export function isUntouched(users: readonly User[], links: ReadonlyMap<string, string>): boolean {
  return links.size === 0 && !users.some(({ id, note }) => isUserId(foldId(id)) || parseMark(note).kind !== "none");
}
