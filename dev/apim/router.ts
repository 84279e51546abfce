// From a path to the operation: the service's part of the path, the ids, and the kind of resource for counts and faults.
import type { Route } from "./routes.ts";
import { routes } from "./routes.ts";

export type Target = {
  /** `/subscriptions/…/service/{name}` as written by the client, or nothing on a flat path. */
  readonly base: string;
  readonly flatPath: boolean;
  /** Names without ids, joined: `users`, `groups/users`, `subscriptions/listsecrets`. Empty for the service itself. */
  readonly kind: string;
  /** Key of the request counts: the kind, and `{id}` behind it when one entity is read. */
  readonly label: string;
  readonly ids: readonly string[];
  /** Undefined when the path is known with other methods only. */
  readonly route: Route | undefined;
  /** False when no method knows the path. */
  readonly known: boolean;
};

type Pattern = { readonly method: string; readonly segments: readonly string[]; readonly route: Route };

/** A finder over the table of routes. */
export function createRouter(): (method: string, encodedPath: string) => Target {
  const patterns: readonly Pattern[] = Object.entries(routes).map(([key, route]) => {
    const [method = "", path = ""] = key.split(" ");
    return { method, segments: path === "" ? [] : path.split("/"), route };
  });

  return (method, encodedPath) => {
    const { base, rest } = splitPath(encodedPath);
    const matching = patterns
      .filter((pattern) => matches(pattern.segments, rest))
      .sort((a, b) => idCount(a) - idCount(b));
    const own = matching.find((pattern) => pattern.method === method);
    const found = own ?? (method === "HEAD" ? matching.find((pattern) => pattern.method === "GET") : undefined);
    const shown = (found ?? matching[0])?.segments ?? rest.slice(0, 1).map((segment) => segment.toLowerCase());
    const kind = shown.filter((segment) => segment !== "{}").join("/");
    const one = shown.at(-1) === "{}" && (method === "GET" || method === "HEAD");
    return {
      base,
      flatPath: base === "",
      kind,
      label: `${method} ${one ? `${kind}/{id}` : kind}`,
      ids: rest.filter((_segment, index) => shown[index] === "{}"),
      route: found?.route,
      known: matching.length > 0,
    };
  };
}

function splitPath(encodedPath: string): { readonly base: string; readonly rest: readonly string[] } {
  const raw = encodedPath.split("/").filter((segment) => segment !== "");
  const shaped =
    raw.length >= 8 &&
    raw[0]?.toLowerCase() === "subscriptions" &&
    raw[2]?.toLowerCase() === "resourcegroups" &&
    raw[5]?.toLowerCase() === "microsoft.apimanagement" &&
    raw[6]?.toLowerCase() === "service";
  const base = shaped ? `/${raw.slice(0, 8).map(decoded).join("/")}` : "";
  return { base, rest: (shaped ? raw.slice(8) : raw).map(decoded) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matches(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part === "{}" || part === segments[index]?.toLowerCase());
}

function idCount(pattern: Pattern): number {
  return pattern.segments.filter((segment) => segment === "{}").length;
}
