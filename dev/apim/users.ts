// /users and /users/{id}.

import type { Answer } from "./answer.ts";
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields, flag } from "./call.ts";
import { acceptDelete, pollDelete } from "./delete-operations.ts";
import { exists, failure, notAllowed, notFound } from "./errors.ts";
import { userFilter } from "./filter-fields.ts";
import { textOf } from "./json-fields.ts";
import { listAnswer } from "./list.ts";
import { checkId, checkIfMatch, firstRefusal } from "./preconditions.ts";
import type { UserRecord } from "./records.ts";
import { renderUser, userEtag } from "./render-user.ts";
import { refuseUser, removeUser, storeUser, userFromPatch, userFromPut } from "./user-rules.ts";

export const listUsers: Handler = (call) => {
  const view = call.dialect.expandsGroups && flag(call, "expandGroups") ? "withGroups" : "plain";
  return listAnswer(call, call.store.users, {
    filter: userFilter(call, "all"),
    render: (user) => renderUser(call, user, view),
  });
};

export const getUser: Handler = (call, id) => {
  const operation = call.query.get("asyncId");
  if (operation !== null) return pollDelete(call, operation);
  const user = call.store.users.get(id);
  return user === undefined ? notFound("User") : ok(200, renderUser(call, user, "plain"), userEtag(user));
};

export const putUser: Handler = (call, id) => {
  const before = call.store.users.get(id);
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    before === undefined ? checkId(id, call.dialect.userId, "userId") : refuseReplacement(call, before),
    refuseUser(call, id, fields, false),
  );
  if (refusal !== undefined) return refusal;
  const user = storeUser(call.store, userFromPut(call, id, fields, before));
  const confirmation = textOf(fields, "confirmation");
  if (confirmation !== undefined) call.store.mails.push({ kind: confirmation, to: id });
  if (flag(call, "notify")) call.store.mails.push({ kind: "account", to: id });
  if (call.dialect.putReturnsEntity)
    return ok(before === undefined ? 201 : 200, renderUser(call, user, "withGroups"), userEtag(user));
  return empty(before === undefined ? 201 : 204, { ETag: userEtag(user) });
};

export const patchUser: Handler = (call, id) => {
  const before = call.store.users.get(id);
  if (before === undefined) return notFound("User");
  const fields = bodyFields(call);
  const refusal = firstRefusal(
    refuseAdministrator(id),
    checkIfMatch(call, userEtag(before)),
    refuseUser(call, id, fields, true),
  );
  if (refusal !== undefined) return refusal;
  const user = call.store.putUser(userFromPatch(before, fields));
  return call.dialect.patchReturnsEntity
    ? ok(200, renderUser(call, user, "plain"), userEtag(user))
    : empty(204, { ETag: userEtag(user) });
};

export const deleteUser: Handler = (call, id) => {
  const user = call.store.users.get(id);
  if (user === undefined) return empty(204);
  const refusal = firstRefusal(refuseAdministrator(id), checkIfMatch(call, userEtag(user)), refuseSubscribed(call, id));
  if (refusal !== undefined) return refusal;
  if (flag(call, "notify")) call.store.mails.push({ kind: "accountDeleted", to: id });
  if (call.dialect.deletesLater) return acceptDelete(call, id);
  removeUser(call.store, id);
  return empty(call.dialect.deletedStatus);
};

function refuseReplacement(call: Call, before: UserRecord): Answer | undefined {
  if (call.dialect.createOnly) return exists("User");
  return refuseAdministrator(before.id) ?? checkIfMatch(call, userEtag(before));
}

function refuseAdministrator(id: string): Answer | undefined {
  return id === "1" ? notAllowed("The administrator user cannot be modified or deleted.") : undefined;
}

// By analogy with the product's text; the status is documented.
function refuseSubscribed(call: Call, id: string): Answer | undefined {
  if (flag(call, "deleteSubscriptions") || call.store.subscriptionsOf(id).length === 0) return undefined;
  return failure(
    400,
    "ValidationError",
    "User cannot be deleted since it has existing subscriptions. Delete subscriptions before deleting the user or pass in deleteSubscriptions=true as query param",
  );
}
