// A group on the wire.
import type { Call } from "./call.ts";
import { etagOf } from "./etag.ts";
import type { GroupRecord } from "./records.ts";
import { resource } from "./resource.ts";

/** A group in this call's dialect. `place` is the path before the group's id: `groups`, `users/{id}/groups`,
 * `products/{id}/groups`. */
export function renderGroup(call: Call, group: GroupRecord, place = "groups"): unknown {
  if (!call.dialect.envelope) return flatGroup(call, group);
  const { displayName, description, builtIn, type, externalId } = group;
  return resource(call, place, group.id, { displayName, description, builtIn, type, externalId });
}

/** The flat form, which nests in users and products even in ARM, against the published schema. */
export function flatGroup(call: Call, group: GroupRecord): Readonly<Record<string, unknown>> {
  const { displayName, description, builtIn, type, externalId } = group;
  return { id: `${call.base}/groups/${group.id}`, name: displayName, description, builtIn, type, externalId };
}

export function groupEtag(group: GroupRecord): string {
  return etagOf(group.version);
}
