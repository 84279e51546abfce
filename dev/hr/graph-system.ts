// The users of a simulated Microsoft Graph: /v1.0/users with $select, $filter, $count, $expand=manager and $top, and
// /v1.0/users/delta. Beside the workers it has an account without an employee id, as every directory does.
// https://learn.microsoft.com/graph/api/user-list, https://learn.microsoft.com/graph/aad-advanced-queries
import {
  createSelection,
  credentialOf,
  type HrAnswer,
  type HrCall,
  type HrSystem,
  type HrWorld,
  sliceAfter,
} from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

type User = Readonly<Record<string, unknown>>;

/** What a delta token stands for: each user as it was. */
type Snapshot = ReadonlyMap<string, string>;

export function createGraphSystem(): HrSystem {
  const snapshots = new Map<string, Snapshot>();
  const selection = createSelection();
  return {
    name: "graph",
    isPage: ({ url }) => url.pathname.startsWith("/v1.0/users") && url.searchParams.get("$deltatoken") !== "latest",
    errorInside: { error: { code: "ServiceUnavailable", message: "The directory does not answer" } },
    expired: refusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired"),
    answer(call, world) {
      if (credentialOf(call, "Bearer") !== world.secret) return refusal(401, "InvalidAuthenticationToken", "No token");
      if (call.method !== "GET") return refusal(405, "Request_BadRequest", "Only GET is answered");
      if (call.url.pathname === "/v1.0/users") return users(call, world, selection);
      if (call.url.pathname === "/v1.0/users/delta") return delta(call, world, snapshots);
      return refusal(404, "Request_ResourceNotFound", "No such resource");
    },
  };
}

type Selection = ReturnType<typeof createSelection>;

function users(call: HrCall, world: HrWorld, selection: Selection): HrAnswer {
  const query = call.url.searchParams;
  const filter = query.get("$filter") ?? "";
  const advanced = query.get("$count") === "true" && call.headers.consistencylevel === "eventual";
  const expands = query.has("$expand");
  if (/\bne null\b/.test(filter) && !advanced) return refusal(400, "Request_UnsupportedQuery", "Unsupported Query.");
  if (advanced && expands) return refusal(400, "Request_BadRequest", "$expand is not supported here");
  const fits = predicateOf(filter);
  if (fits === undefined) return refusal(400, "Request_UnsupportedQuery", "Unsupported Query.");
  const found = page(query, world, fits, selection);
  if (found === undefined) return refusal(400, "Directory_ExpiredPageToken", "The specified page token is not known");
  const { rows, next, total, first } = found;
  const select = (query.get("$select") ?? "id,displayName,mail,givenName,surname,jobTitle").split(",");
  const value = rows.map((user) => ({ ...selected(user, select), ...(expands ? managerOf(user, world) : {}) }));
  const json = {
    "@odata.context": `${call.url.origin}/v1.0/$metadata#users`,
    ...(advanced && first ? { "@odata.count": total } : {}),
    ...(next === undefined ? {} : { "@odata.nextLink": linkTo(call.url, next) }),
    value,
  };
  return { status: 200, json };
}

/** The service account stands on the last page, where the condition lets it. */
function page(query: URLSearchParams, world: HrWorld, fits: (user: User) => boolean, selection: Selection) {
  const workers = selection(world.workers, query.get("$filter") ?? "", (worker) => fits(userOf(worker)));
  const after = query.get("$skiptoken") ?? undefined;
  const found = sliceAfter({ ...world, workers }, after, Number(query.get("$top") ?? 100));
  if (found === undefined) return undefined;
  const { rows, next } = found;
  const others = fits(serviceAccount) ? [serviceAccount] : [];
  return {
    rows: [...rows.map(userOf), ...(next === undefined ? others : [])],
    next,
    total: workers.length + others.length,
    first: after === undefined,
  };
}

/** The token stands for the last user of the page. */
function linkTo(url: URL, after: string): string {
  const link = new URL(url);
  link.searchParams.set("$skiptoken", after);
  return link.href;
}

const serviceAccount: User = {
  id: "00000000-0000-4000-8000-000000000001",
  employeeId: null,
  mail: "scanner@contoso.com",
  accountEnabled: true,
};

function userOf(worker: HrWorker): User {
  return {
    id: worker.entraObjectId,
    employeeId: worker.employeeNumber,
    displayName: `${worker.givenName} ${worker.familyName}`,
    givenName: worker.givenName,
    surname: worker.familyName,
    mail: worker.email,
    userPrincipalName: worker.email,
    department: worker.department,
    jobTitle: worker.title,
    accountEnabled: worker.status !== "ended",
    employeeHireDate: `${worker.startDate}T00:00:00Z`,
    employeeLeaveDateTime: worker.endDate === undefined ? null : `${worker.endDate}T23:00:00Z`,
    employeeOrgData: { costCenter: worker.costCenter, division: null },
    streetAddress: worker.homeAddress,
    birthday: `${worker.birthDate}T00:00:00Z`,
    managerNumber: worker.manager,
  };
}

/** A property that is asked for and not set is null. */
function selected(user: User, select: readonly string[]): User {
  return Object.fromEntries(select.map((name) => [name, user[name] ?? null]));
}

function managerOf(user: User, { workers }: HrWorld): User {
  const manager = workers.find(({ employeeNumber }) => employeeNumber === user.managerNumber);
  return manager === undefined ? {} : { manager: { id: manager.entraObjectId, employeeId: manager.employeeNumber } };
}

function predicateOf(filter: string): ((user: User) => boolean) | undefined {
  if (filter === "") return () => true;
  const both = /^\((.*?)\) and (.*)$/.exec(filter);
  if (both !== null) {
    const [first, second] = [predicateOf(both[1] ?? ""), predicateOf(both[2] ?? "")];
    return first && second && ((user) => first(user) && second(user));
  }
  const [, name = "", operator, operand = ""] = /^(\w+) (eq|ne|ge|in) (.+)$/.exec(filter) ?? [];
  const texts = [...operand.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) => text.replaceAll("''", "'"));
  if (operator === "ne" && operand === "null") return (user) => user[name] !== null;
  if (operator === "ge") return (user) => typeof user[name] === "string" && user[name] >= (texts[0] ?? "");
  if (operator === "eq" && texts.length === 1) return (user) => user[name] === texts[0];
  if (operator === "in" && texts.length <= 15) return (user) => texts.some((text) => text === user[name]);
  return undefined;
}

function delta(call: HrCall, world: HrWorld, snapshots: Map<string, Snapshot>): HrAnswer {
  const query = call.url.searchParams;
  const token = query.get("$deltatoken") ?? query.get("$skiptoken");
  const present = new Map(world.workers.map((worker) => [worker.entraObjectId, JSON.stringify(userOf(worker))]));
  const linkWith = (name: string, value: string) =>
    `${call.url.origin}/v1.0/users/delta?${name}=${encodeURIComponent(value)}`;
  const remember = () => {
    const name = `state-${snapshots.size + 1}`;
    snapshots.set(name, present);
    return linkWith("$deltatoken", name);
  };
  if (token === "latest") return { status: 200, json: { value: [], "@odata.deltaLink": remember() } };
  const [name = "", at = "0"] = (token ?? "").split("~");
  const before = snapshots.get(name);
  if (before === undefined) return refusal(410, "syncStateNotFound", "The sync state is not found");
  const changed = [...present]
    .filter(([id, text]) => before.get(id) !== text)
    .map(([, text]): User => JSON.parse(text));
  const gone = [...before.keys()].filter((id) => !present.has(id));
  const entries = [...changed, ...gone.map((id) => ({ id, "@removed": { reason: "changed" } }))];
  // The first page is empty, and the first entry comes twice: both happen.
  const page = Number(at);
  const value = page === 0 ? [] : entries.slice(Math.max(0, (page - 1) * world.pageSize - 1), page * world.pageSize);
  const more = page * world.pageSize < entries.length;
  const links = more
    ? { "@odata.nextLink": linkWith("$skiptoken", `${name}~${page + 1}`) }
    : { "@odata.deltaLink": remember() };
  return { status: 200, json: { value, ...links } };
}

function refusal(status: number, code: string, message: string): HrAnswer {
  return { status, json: { error: { code, message } } };
}
