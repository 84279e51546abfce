// /tenant/access: the keys of the direct door. gitAccess has the same shape and keys of its own that nobody uses.
import { empty, ok } from "./answer.ts";
import type { Call, Handler } from "./call.ts";
import { bodyFields } from "./call.ts";
import { notFound } from "./errors.ts";
import { etagOf } from "./etag.ts";
import { newAccessKey } from "./keys.ts";
import { checkIfMatch } from "./preconditions.ts";
import { resource } from "./resource.ts";

const names: readonly string[] = ["access", "gitAccess"];

export const listTenantAccess: Handler = (call) =>
  ok(200, { value: names.map((name) => render(call, name)), count: names.length });

export const getTenantAccess: Handler = (call, name) =>
  names.includes(name) ? ok(200, render(call, name), accessEtag(call)) : notFound("Resource");

/** Only `enabled` can be patched; it opens and closes the direct door. */
export const patchTenantAccess: Handler = (call, name) => {
  if (name !== "access") return notFound("Resource");
  const refusal = checkIfMatch(call, accessEtag(call));
  if (refusal !== undefined) return refusal;
  const { enabled } = bodyFields(call);
  const before = call.store.access();
  call.store.putAccess({ ...before, enabled: typeof enabled === "boolean" ? enabled : before.enabled });
  return call.dialect.patchReturnsEntity
    ? ok(200, render(call, name), accessEtag(call))
    : empty(204, { ETag: accessEtag(call) });
};

export const listTenantSecrets: Handler = (call, name) =>
  names.includes(name) ? ok(200, secrets(call, name), accessEtag(call)) : notFound("Resource");

/** POST regeneratePrimaryKey or regenerateSecondaryKey: tokens of the old key stop at once. */
export function regenerateTenantKey(which: "primaryKey" | "secondaryKey"): Handler {
  return (call, name) => {
    if (name !== "access") return notFound("Resource");
    call.store.putAccess({ ...call.store.access(), [which]: newAccessKey() });
    return empty(204);
  };
}

function accessEtag(call: Call): string {
  return etagOf(call.store.access().version, 2);
}

function secrets(call: Call, name: string): Readonly<Record<string, unknown>> {
  const { identifier, primaryKey, secondaryKey, enabled } = call.store.access();
  return { id: name === "access" ? identifier : "git", primaryKey, secondaryKey, enabled };
}

function render(call: Call, name: string): unknown {
  const { id, primaryKey, secondaryKey, enabled } = secrets(call, name);
  if (call.dialect.access === "flatWithKeys") return { id, primaryKey, secondaryKey, enabled };
  if (call.dialect.access === "flat") return { id, enabled };
  return resource(call, "tenant", name, { id, enabled });
}
