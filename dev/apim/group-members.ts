// /groups/{id}/users and /groups/{id}/users/{userId}.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { invalidField, notAllowed, notFound } from "./errors.ts";
import { userFilter } from "./filter-fields.ts";
import { listAnswer } from "./list.ts";
import { mapSequence } from "./ordered-map.ts";
import type { GroupRecord } from "./records.ts";
import { groupEtag } from "./render-group.ts";
import { renderUser } from "./render-user.ts";

export const listMembers: Handler = (call, groupId) => {
  if (!call.store.groups.has(groupId)) return notFound("Group");
  const users = mapSequence(call.store.members.rightsOf(groupId), (id) => call.store.users.get(id));
  return listAnswer(call, users, {
    filter: userFilter(call, "group"),
    render: (user) => renderUser(call, user, "plain", `groups/${groupId}/users`),
  });
};

export const headMember: Handler = (call, groupId, userId) => {
  if (!call.store.groups.has(groupId)) return notFound("Group");
  return call.store.members.has(groupId, userId) ? empty(call.dialect.memberStatus) : notFound("User");
};

export const putMember: Handler = (call, groupId, userId) => {
  const group = call.store.groups.get(groupId);
  if (group === undefined) return notFound("Group");
  const refusal = refuseMembers(call, group);
  if (refusal !== undefined) return refusal;
  const user = call.store.users.get(userId);
  if (user === undefined) return call.dialect.createOnly ? invalidField("uid", "User not found.") : notFound("User");
  const added = call.store.members.add(groupId, userId);
  if (!call.dialect.putReturnsEntity) return empty(added ? 201 : 204);
  return ok(added ? 201 : 200, renderUser(call, user, "echo", `groups/${groupId}/users`), groupEtag(group));
};

export const deleteMember: Handler = (call, groupId, userId) => {
  const group = call.store.groups.get(groupId);
  if (group === undefined) return notFound("Group");
  const refusal = refuseMembers(call, group);
  if (refusal !== undefined) return refusal;
  return empty(call.store.members.remove(groupId, userId) ? call.dialect.deletedStatus : 204);
};

function refuseMembers(call: Call, group: GroupRecord): Answer | undefined {
  if (group.builtIn) return notAllowed("System group membership cannot be changed.");
  if (group.type === "external" && !call.settings.externalMembers)
    return notAllowed("External group membership cannot be changed.");
  return undefined;
}
