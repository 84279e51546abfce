// /groups and /groups/{id}, and the groups of one user.
import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields } from "./call.ts";
import { exists, invalid, invalidField, notAllowed, notFound } from "./errors.ts";
import { groupFilter } from "./filter-fields.ts";
import type { Fields } from "./json-fields.ts";
import { checkTexts, memberOf, nullableTextOf, textOf } from "./json-fields.ts";
import { listAnswer } from "./list.ts";
import { sequenceOf } from "./ordered-map.ts";
import { checkId, checkIfMatch, firstRefusal } from "./preconditions.ts";
import type { GroupFields, GroupRecord } from "./records.ts";
import { groupTypes } from "./records.ts";
import { groupEtag, renderGroup } from "./render-group.ts";
import { groupsOf } from "./render-user.ts";

export const listGroups: Handler = (call) =>
  listAnswer(call, call.store.groups, {
    filter: groupFilter(call, "all"),
    render: (group) => renderGroup(call, group),
  });

export const listGroupsOfUser: Handler = (call, userId) => {
  if (!call.store.users.has(userId)) return notFound("User");
  return listAnswer(call, sequenceOf(groupsOf(call, userId)), {
    filter: groupFilter(call, "user"),
    render: (group) => renderGroup(call, group, `users/${userId}/groups`),
  });
};

export const getGroup: Handler = (call, id) => {
  const group = call.store.groups.get(id);
  return group === undefined ? notFound("Group") : ok(200, renderGroup(call, group), groupEtag(group));
};

export const putGroup: Handler = (call, id) => {
  const before = call.store.groups.get(id);
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    before === undefined ? checkId(id, call.dialect.groupId, "groupId") : refuseReplacement(call, before),
    refuseGroup(call, fields, false),
  );
  if (refusal !== undefined) return refusal;
  const group = call.store.putGroup({
    id,
    displayName: textOf(fields, nameField(call)) ?? "",
    description: nullableTextOf(fields, "description") ?? null,
    builtIn: false,
    type: memberOf(groupTypes, textOf(fields, "type")) ?? "custom",
    externalId: nullableTextOf(fields, "externalId") ?? null,
  });
  if (call.dialect.putReturnsEntity)
    return ok(before === undefined ? 201 : 200, renderGroup(call, group), groupEtag(group));
  return empty(before === undefined ? 201 : 204, { ETag: groupEtag(group) });
};

export const patchGroup: Handler = (call, id) => {
  const before = call.store.groups.get(id);
  if (before === undefined) return notFound("Group");
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    refuseBuiltIn(before),
    checkIfMatch(call, groupEtag(before)),
    refuseGroup(call, fields, true),
  );
  if (refusal !== undefined) return refusal;
  const group = call.store.putGroup(patched(call, before, fields));
  return call.dialect.patchReturnsEntity
    ? ok(200, renderGroup(call, group), groupEtag(group))
    : empty(204, { ETag: groupEtag(group) });
};

export const deleteGroup: Handler = (call, id) => {
  const group = call.store.groups.get(id);
  if (group === undefined) return empty(204);
  const refusal = firstRefusal(refuseBuiltIn(group), checkIfMatch(call, groupEtag(group)));
  if (refusal !== undefined) return refusal;
  call.store.deleteGroup(id);
  return empty(call.dialect.deletedStatus);
};

function nameField(call: Call): "name" | "displayName" {
  return call.dialect.envelope ? "displayName" : "name";
}

function patched(call: Call, before: GroupRecord, fields: Fields): GroupFields {
  const { version: _version, ...kept } = before;
  const description = nullableTextOf(fields, "description");
  return {
    ...kept,
    displayName: textOf(fields, nameField(call)) ?? before.displayName,
    description: description === undefined ? before.description : description,
  };
}

function refuseReplacement(call: Call, before: GroupRecord): Answer | undefined {
  if (call.dialect.createOnly) return exists("Group");
  return refuseBuiltIn(before) ?? checkIfMatch(call, groupEtag(before));
}

function refuseBuiltIn(group: GroupRecord): Answer | undefined {
  return group.builtIn ? notAllowed("System groups cannot be modified or deleted.") : undefined;
}

function refuseGroup(call: Call, fields: Fields, partial: boolean): Answer | undefined {
  const problems = checkTexts(
    fields,
    {
      [nameField(call)]: { required: true, min: 1, max: 300 },
      description: { max: 1000 },
      type: { oneOf: ["custom", "external"] },
    },
    partial,
  );
  if (problems.length > 0) return invalid(problems);
  const external = memberOf(groupTypes, textOf(fields, "type")) === "external";
  if (!partial && external && !/^aad:\/\/[^/]+\/groups\/[^/]+$/.test(textOf(fields, "externalId") ?? "")) {
    return invalidField("externalId", "The 'externalId' field must have the form aad://<tenant>/groups/<object id>.");
  }
  return undefined;
}
