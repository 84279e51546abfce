// /portalsettings/delegation: where the portal sends people, and the key that it signs with.
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields } from "./call.ts";
import { notFound } from "./errors.ts";
import { etagOf } from "./etag.ts";
import type { Fields } from "./json-fields.ts";
import { isFields, textOf } from "./json-fields.ts";
import { checkIfMatch } from "./preconditions.ts";
import { resource } from "./resource.ts";

export const getDelegation: Handler = (call, name) =>
  name === "delegation" ? ok(200, render(call), delegationEtag(call)) : notFound("Resource");

export const putDelegation: Handler = (call, name) => {
  if (name !== "delegation") return notFound("Resource");
  write(call, bodyFields(call));
  return ok(200, render(call), delegationEtag(call));
};

/** 204 in every version, unlike the entities. */
export const patchDelegation: Handler = (call, name) => {
  if (name !== "delegation") return notFound("Resource");
  const refusal = checkIfMatch(call, delegationEtag(call));
  if (refusal !== undefined) return refusal;
  write(call, bodyFields(call));
  return empty(204, { ETag: delegationEtag(call) });
};

export const listDelegationSecrets: Handler = (call, name) =>
  name === "delegation" ? ok(200, { validationKey: call.store.delegation().validationKey }) : notFound("Resource");

function delegationEtag(call: Call): string {
  return etagOf(call.store.delegation().version);
}

function write(call: Call, fields: Fields): void {
  const before = call.store.delegation();
  call.store.putDelegation({
    ...before,
    url: textOf(fields, "url") ?? before.url,
    validationKey: textOf(fields, "validationKey") ?? before.validationKey,
    subscriptions: enabled(fields.subscriptions, before.subscriptions),
    userRegistration: enabled(fields.userRegistration, before.userRegistration),
  });
}

function enabled(value: unknown, otherwise: boolean): boolean {
  return isFields(value) && typeof value.enabled === "boolean" ? value.enabled : otherwise;
}

function render(call: Call): unknown {
  const { url, subscriptions, userRegistration, validationKey } = call.store.delegation();
  return resource(call, "portalsettings", "delegation", {
    url,
    subscriptions: { enabled: subscriptions },
    userRegistration: { enabled: userRegistration },
    ...(call.dialect.keysInReads ? { validationKey } : {}),
  });
}
