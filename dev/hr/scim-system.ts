// A simulated SCIM 2.0 service (RFC 7643, RFC 7644, RFC 9865): /Users by index and by cursor, with `filter` (one
// comparison, or two joined by and), `attributes`, /ServiceProviderConfig.
import {
  createSelection,
  credentialOf,
  type HrAnswer,
  type HrCall,
  type HrSystem,
  type HrWorld,
  slice,
} from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const messages = "urn:ietf:params:scim:api:messages:2.0";

/** `cursors` as the service's configuration offers them. */
export function createScimSystem(options: { readonly cursors?: boolean } = {}): HrSystem {
  const cursors = options.cursors ?? true;
  const selection = createSelection();
  return {
    name: "scim",
    isPage: ({ url }) => url.pathname.endsWith("/Users"),
    errorInside: { schemas: [`${messages}:Error`], status: "500", detail: "The directory behind does not answer" },
    expired: refusal(400, "The cursor has expired", "expiredCursor"),
    answer(call, world) {
      if (credentialOf(call, "Bearer") !== world.secret) return refusal(401, "The token is not known");
      const { pathname } = call.url;
      if (call.method !== "GET") return refusal(405, "Only GET is answered");
      if (pathname.endsWith("/ServiceProviderConfig")) return { status: 200, json: serviceProviderConfig(cursors) };
      if (pathname.endsWith("/Users")) return users(call, world, cursors, selection);
      const one = world.workers.find(({ id }) => pathname.endsWith(`/Users/${id}`));
      return one === undefined ? refusal(404, "No such resource") : { status: 200, json: select(one, world, call) };
    },
  };
}

function serviceProviderConfig(cursor: boolean): unknown {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    filter: { supported: true, maxResults: 200 },
    pagination: { cursor, index: true, defaultPaginationMethod: "index", cursorTimeout: 3600 },
  };
}

function users(
  call: HrCall,
  world: HrWorld,
  cursors: boolean,
  selection: ReturnType<typeof createSelection>,
): HrAnswer {
  const query = call.url.searchParams;
  const filter = query.get("filter");
  const fits = filter === null ? () => true : predicateOf(filter);
  if (fits === undefined) return refusal(400, "The filter is not understood", "invalidFilter");
  const cursor = query.get("cursor");
  if (cursor !== null && !cursors) return refusal(400, "Cursors are not offered", "invalidCursor");
  const from = cursor === null ? Number(query.get("startIndex") ?? 1) - 1 : positionOf(cursor);
  if (from === undefined) return refusal(400, "The cursor is not known", "invalidCursor");
  const workers = selection(world.workers, filter ?? "", (worker) => fits(resource(worker, world)));
  const found = { ...world, workers };
  const page = slice(found, Math.max(0, from), Number(query.get("count") ?? world.pageSize));
  const json = {
    schemas: [`${messages}:ListResponse`],
    totalResults: page.total,
    itemsPerPage: page.rows.length,
    ...(cursor === null ? { startIndex: from + 1 } : {}),
    ...(cursor === null || page.next === undefined ? {} : { nextCursor: cursorOf(page.next) }),
    ...(page.total === 0 ? {} : { Resources: page.rows.map((worker) => select(worker, world, call)) }),
  };
  return { status: 200, json };
}

function cursorOf(position: number): string {
  return Buffer.from(`at ${position}`, "utf8").toString("base64url");
}

function positionOf(cursor: string): number | undefined {
  if (cursor === "") return 0;
  const position = /^at (\d+)$/.exec(Buffer.from(cursor, "base64url").toString("utf8"))?.[1];
  return position === undefined ? undefined : Number(position);
}

type Resource = Readonly<Record<string, unknown>>;

function resource(worker: HrWorker, { workers }: HrWorld): Resource {
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
  };
}

/** The resource with the attributes that were asked for; `id` and `schemas` always come (RFC 7643, 2.2). */
function select(worker: HrWorker, world: HrWorld, call: HrCall): Resource {
  const whole = resource(worker, world);
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

/** `a eq "b"`, also in brackets, and several of them joined by and. */
function predicateOf(filter: string): ((resource: Resource) => boolean) | undefined {
  const tests = filter.split(/\s+and\s+/i).map((part) => {
    const [, path, value] = /^\(?\s*(\S+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*\)?$/i.exec(part.trim()) ?? [];
    if (path === undefined || value === undefined) return undefined;
    const expected: unknown = JSON.parse(value.toLowerCase().startsWith('"') ? value : value.toLowerCase());
    return (object: Resource) => attribute(object, path.toLowerCase()) === expected;
  });
  const known = tests.filter((test) => test !== undefined);
  return known.length === tests.length ? (object) => known.every((test) => test(object)) : undefined;
}

function attribute(object: Resource, path: string): unknown {
  const own = Object.entries(object).find(
    ([name]) =>
      path === name.toLowerCase() ||
      path.startsWith(`${name.toLowerCase()}:`) ||
      path.startsWith(`${name.toLowerCase()}.`),
  );
  if (own === undefined) return undefined;
  const [name, value] = own;
  if (path.length === name.length) return value;
  return isResource(value) ? attribute(value, path.slice(name.length + 1)) : undefined;
}

function refusal(status: number, detail: string, scimType?: string): HrAnswer {
  return {
    status,
    json: { schemas: [`${messages}:Error`], status: String(status), detail, ...(scimType && { scimType }) },
  };
}
