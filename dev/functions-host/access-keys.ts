// Access keys of a function app: the master key, host keys for every function, keys of one function. A key comes in the
// header x-functions-key or, when there is no such header, in the query parameter `code`.
import { createHash, timingSafeEqual } from "node:crypto";
import type { ClaimsIdentity } from "./worker-protocol.ts";

export type AccessKeys = {
  readonly master: string;
  /** Name → key, for every function of level `function`. */
  readonly host?: Readonly<Record<string, string>>;
  /** Function → name → key. */
  readonly functions?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type KeyLevel = "anonymous" | "function" | "admin";

/** What the key of a request is worth; `name` is the key's name, `master` for the master key. */
export type Credentials = { readonly level: KeyLevel; readonly name?: string };

/** Looks the key up for one function (or for none: the admin routes). An unknown key is worth nothing. */
export function readCredentials(keys: AccessKeys, key: string | undefined, functionName?: string): Credentials {
  if (key === undefined || key === "") return { level: "anonymous" };
  if (sameText(key, keys.master)) return { level: "admin", name: "master" };
  const named = { ...keys.host, ...(functionName === undefined ? {} : keys.functions?.[functionName]) };
  const found = Object.entries(named).find(([, value]) => sameText(key, value));
  return found === undefined ? { level: "anonymous" } : { level: "function", name: found[0] };
}

export function isAllowed(required: KeyLevel, { level }: Credentials): boolean {
  const order: readonly KeyLevel[] = ["anonymous", "function", "admin"];
  return order.indexOf(level) >= order.indexOf(required);
}

/** The claims that the host sends to the worker beside the request (azure-functions-host, AuthenticationLevelHandler).
 * The library `@azure/functions` does not show them to the function. */
export function toIdentities({ level, name }: Credentials): readonly ClaimsIdentity[] {
  if (level === "anonymous") return [];
  const claims = [
    {
      type: "http://schemas.microsoft.com/2017/07/functions/claims/authlevel",
      value: level === "admin" ? "Admin" : "Function",
    },
    ...(name === undefined
      ? []
      : [{ type: "http://schemas.microsoft.com/2017/07/functions/claims/keyid", value: name }]),
  ];
  return [{ authenticationType: { value: "WebJobsAuthLevel" }, claims }];
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
