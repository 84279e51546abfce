// A user on the wire: flat, in the ARM envelope, or flat inside another entity (also in ARM).
import type { Call } from "./call.ts";
import { wireDate } from "./dates.ts";
import { etagOf } from "./etag.ts";
import type { GroupRecord, UserRecord } from "./records.ts";
import { flatGroup } from "./render-group.ts";
import { resource } from "./resource.ts";

/** Which groups and identities the answer shows. `echo` is the answer to a PUT of a member: both are empty. */
type UserView = "plain" | "withGroups" | "echo";

/** A user in this call's dialect. `place` is the path before the user's id, `users` or `groups/{id}/users`. */
export function renderUser(call: Call, user: UserRecord, view: UserView, place = "users"): unknown {
  if (!call.dialect.envelope) return flatUser(call, user, view);
  return resource(call, place, user.id, userProperties(call, user, view));
}

/** The flat form, which nests in subscriptions even in ARM. */
export function flatUser(call: Call, user: UserRecord, view: UserView): Readonly<Record<string, unknown>> {
  return { id: `${call.base}/users/${user.id}`, ...userProperties(call, user, view) };
}

/** Users carry two row versions. */
export function userEtag(user: UserRecord): string {
  return etagOf(user.version, 2);
}

function userProperties(call: Call, user: UserRecord, view: UserView): Readonly<Record<string, unknown>> {
  return {
    firstName: user.firstName,
    lastName: user.lastName,
    email: user.email,
    state: user.state,
    registrationDate: wireDate(user.registrationDate, call.dialect.bareDates),
    note: user.note,
    ...(view === "plain"
      ? {}
      : { groups: view === "echo" ? [] : groupsOf(call, user.id).map((group) => flatGroup(call, group)) }),
    identities: view === "echo" ? [] : user.identities,
  };
}

/** The groups of a user, in the order in which they were joined. */
export function groupsOf(call: Call, userId: string): readonly GroupRecord[] {
  return call.store.members.leftsOf(userId).flatMap((id) => call.store.groups.get(id) ?? []);
}
