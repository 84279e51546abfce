// A simulated SCIM 2.0 service (RFC 7643, RFC 7644, RFC 9865): /Users by index and by cursor, with `filter` and
// `attributes`, /ServiceProviderConfig. Each user says when it was last changed.
import {
  createSelection,
  credentialOf,
  type HrAnswer,
  type HrCall,
  type HrSystem,
  type HrWorld,
  slice,
  sliceAfter,
} from "./hr-system.ts";
import { parseScimFilter } from "./scim-filter.ts";
import type { HrWorker } from "./workers.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const messages = "urn:ietf:params:scim:api:messages:2.0";

export type ScimOptions = {
  /** Whether the service offers cursors; it does unless stated. `only`: it pages by nothing else and does not count, so
   * an index means nothing to it. */
  readonly cursors?: boolean | "only";
  /** What it does about a filter on meta.lastModified. `absent`: its users have no such time. */
  readonly lastModified?: "filtered" | "findsNobody" | "passedOver" | "refused" | "absent";
};

type Service = {
  readonly cursors: boolean | "only";
  readonly lastModified: NonNullable<ScimOptions["lastModified"]>;
  readonly selection: ReturnType<typeof createSelection>;
  /** When each user was last changed, by id. */
  readonly changed: Map<string, Change>;
};

type Change = { readonly worker: HrWorker; readonly at: number };

/** Who is there when the first request comes has not changed since then. */
const before = Date.UTC(2020, 0, 1);

export function createScimSystem({ cursors = true, lastModified = "filtered" }: ScimOptions = {}): HrSystem {
  const service: Service = { cursors, lastModified, selection: createSelection(), changed: new Map() };
  return {
    name: "scim",
    // Who asks for one user at most asks what the service can do.
    isPage: ({ url }) => url.pathname.endsWith("/Users") && url.searchParams.get("count") !== "1",
    errorInside: { schemas: [`${messages}:Error`], status: "500", detail: "The directory behind does not answer" },
    expired: refusal(400, "The cursor has expired", "expiredCursor"),
    answer(call, world) {
      note(service.changed, world);
      const answer = answerTo(call, world, service);
      return { ...answer, headers: { ...answer.headers, Date: new Date(world.now).toUTCString() } };
    },
  };
}

/** Keeps when each user was last changed, as far as requests tell. */
function note(changed: Map<string, Change>, { workers, now }: HrWorld): void {
  const at = changed.size === 0 ? before : now;
  for (const worker of workers) {
    const known = changed.get(worker.id)?.worker;
    if (known !== worker && JSON.stringify(known) !== JSON.stringify(worker)) changed.set(worker.id, { worker, at });
  }
  if (changed.size === workers.length) return;
  const present = new Set(workers.map(({ id }) => id));
  for (const id of [...changed.keys()].filter((each) => !present.has(each))) changed.delete(id);
}

function answerTo(call: HrCall, world: HrWorld, service: Service): HrAnswer {
  if (credentialOf(call, "Bearer") !== world.secret) return refusal(401, "The token is not known");
  const { pathname } = call.url;
  if (call.method !== "GET") return refusal(405, "Only GET is answered");
  if (pathname.endsWith("/ServiceProviderConfig")) return { status: 200, json: serviceProviderConfig(service.cursors) };
  if (pathname.endsWith("/Users")) return users(call, world, service);
  const one = world.workers.find(({ id }) => pathname.endsWith(`/Users/${id}`));
  if (one === undefined) return refusal(404, "No such resource");
  return { status: 200, json: select(resource(one, world, service), call) };
}

function serviceProviderConfig(cursors: ScimOptions["cursors"]): unknown {
  const index = cursors !== "only";
  const defaultPaginationMethod = index ? "index" : "cursor";
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    filter: { supported: true, maxResults: 200 },
    pagination: { cursor: cursors !== false, index, defaultPaginationMethod, cursorTimeout: 3600 },
  };
}

function users(call: HrCall, world: HrWorld, service: Service): HrAnswer {
  const { cursors, selection } = service;
  const query = call.url.searchParams;
  const filter = query.get("filter");
  const fits = filter === null ? () => true : predicateOf(filter, service);
  if (fits === undefined) return refusal(400, "The filter is not understood", "invalidFilter");
  const cursor = query.get("cursor") ?? (cursors === "only" ? "" : null);
  if (cursor !== null && !cursors) return refusal(400, "Cursors are not offered", "invalidCursor");
  const workers = selection(world.workers, filter ?? "", (worker) => fits(resource(worker, world, service)));
  const count = Number(query.get("count") ?? world.pageSize);
  const startIndex = Math.max(1, Number(query.get("startIndex") ?? 1));
  const found = { ...world, workers };
  const page = cursor === null ? slice(found, startIndex - 1, count) : sliceAfter(found, userOf(cursor), count);
  if (page === undefined) return refusal(400, "The cursor is not known", "invalidCursor");
  const resources = page.rows.map((worker) => select(resource(worker, world, service), call));
  const json = {
    schemas: [`${messages}:ListResponse`],
    ...(cursors === "only" ? { Resources: resources } : counted(page.total, resources)),
    itemsPerPage: page.rows.length,
    ...(cursor === null ? { startIndex } : {}),
    ...(typeof page.next === "string" ? { nextCursor: cursorAfter(page.next) } : {}),
  };
  return { status: 200, json };
}

/** With nobody to give, the list is left out. */
function counted(total: number, users: readonly Resource[]): Resource {
  return { totalResults: total, ...(total === 0 ? {} : { Resources: users }) };
}

function predicateOf(filter: string, { lastModified }: Service): ReturnType<typeof parseScimFilter> {
  const asksForChanges = /\bmeta\.lastModified\b/i.test(filter);
  if (asksForChanges && lastModified === "refused") return undefined;
  if (asksForChanges && lastModified === "findsNobody") return () => false;
  return parseScimFilter(filter, { passedOver: lastModified === "passedOver" ? /^meta\.lastModified$/i : undefined });
}

/** A cursor stands at the last user of the page. */
function cursorAfter(id: string): string {
  return Buffer.from(id, "utf8").toString("base64url");
}

function userOf(cursor: string): string | undefined {
  return cursor === "" ? undefined : Buffer.from(cursor, "base64url").toString("utf8");
}

type Resource = Readonly<Record<string, unknown>>;

function resource(worker: HrWorker, { workers }: HrWorld, { changed, lastModified }: Service): Resource {
  const at = changed.get(worker.id)?.at ?? before;
  const manager = workers.find(({ employeeNumber }) => employeeNumber === worker.manager);
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
    id: worker.id,
    userName: worker.email,
    name: { givenName: worker.givenName, familyName: worker.familyName },
    // Another service writes the names of attributes in another way; clients may not mind (RFC 7643, 2.1).
    Emails: [
      { value: `${worker.employeeNumber}@home.example.com`, type: "home" },
      { value: worker.email, type: "work", primary: true },
    ],
    addresses: [{ formatted: worker.homeAddress, type: "home" }],
    title: worker.title,
    active: worker.status !== "ended",
    [enterprise]: {
      employeeNumber: worker.employeeNumber,
      department: worker.department,
      costCenter: worker.costCenter,
      ...(worker.manager === undefined ? {} : { manager: { value: manager?.id ?? `deleted-${worker.manager}` } }),
    },
    "urn:contoso:hr:2.0:Person": { birthDate: worker.birthDate, salary: worker.salary },
    meta: {
      resourceType: "User",
      ...(lastModified === "absent" ? {} : { lastModified: new Date(at).toISOString() }),
    },
  };
}

/** The resource with the attributes that were asked for; `id` and `schemas` always come (RFC 7643, 2.2). */
function select(whole: Resource, call: HrCall): Resource {
  const asked = call.url.searchParams.get("attributes");
  if (asked === null) return whole;
  const paths = ["schemas", "id", ...asked.split(",")].map((path) => path.trim().toLowerCase());
  return prune(whole, paths, "");
}

function prune(object: Resource, paths: readonly string[], prefix: string): Resource {
  const kept = Object.entries(object).flatMap(([name, value]): readonly [string, unknown][] => {
    const path = `${prefix}${name.toLowerCase()}`;
    if (paths.includes(path)) return [[name, value]];
    const separator = path.startsWith("urn:") && prefix === "" ? ":" : ".";
    if (!paths.some((each) => each.startsWith(`${path}${separator}`)) || !isResource(value)) return [];
    return [[name, prune(value, paths, `${path}${separator}`)]];
  });
  return Object.fromEntries(kept);
}

function isResource(value: unknown): value is Resource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(status: number, detail: string, scimType?: string): HrAnswer {
  return {
    status,
    json: { schemas: [`${messages}:Error`], status: String(status), detail, ...(scimType && { scimType }) },
  };
}
