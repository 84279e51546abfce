// A simulated BambooHR: GET /api/v1/employees by cursor with `fields` and `filter[ids]`, and the employee dataset,
// POST /api/v2/datasets/employee/data; /api/v1/employees/changed. The API key is the user of Basic authentication. Whom the key's user may not read
// fully has null values and their names in `_restrictedFields`.
// https://documentation.bamboohr.com/reference/list-employees and get-data-from-dataset-v2
import {
  basicOf,
  createSelection,
  type HrAnswer,
  type HrCall,
  type HrSystem,
  type HrWorld,
  jsonOf,
  slice,
  sliceAfter,
} from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

export type BamboohrOptions = {
  /** Fields of the list of employees that may not be read, by employee id; `*` for everybody. */
  readonly restricted?: Readonly<Record<string, readonly string[]>>;
};

type Fields = Readonly<Record<string, unknown>>;
type Selection = ReturnType<typeof createSelection>;

type Change = { readonly text: string; readonly action: string; readonly at: number };

const usual = ["employeeId", "firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status"];
const mostAtOnce = 2_500;

export function createBamboohrSystem({ restricted = {} }: BamboohrOptions = {}): HrSystem {
  const selection = createSelection();
  const records = new Map<string, Change>();
  return {
    name: "bamboohr",
    isPage: ({ url }) => url.pathname === "/api/v1/employees" || url.pathname === "/api/v2/datasets/employee/data",
    errorInside: { error: { code: "InternalError", message: "The report could not be made" } },
    expired: refusal(400, "BadPage", "The cursor is not valid"),
    answer(call, world) {
      note(world);
      const answer = answerTo(call, world);
      return { ...answer, headers: { ...answer.headers, Date: new Date(world.now).toUTCString() } };
    },
  };

  function answerTo(call: HrCall, world: HrWorld): HrAnswer {
    if (basicOf(call)?.user !== world.secret) return { status: 401, text: "" };
    const request = `${call.method} ${call.url.pathname}`;
    if (request === "GET /api/v1/employees") return employees(call, world, selection, restricted);
    if (request === "POST /api/v2/datasets/employee/data") return dataset(call, world, selection, restricted);
    if (request === "GET /api/v1/employees/changed") return changesSince(call.url.searchParams.get("since") ?? "");
    return refusal(404, "NotFound", "No such resource");
  }

  /** Keeps when each record was last changed, as far as requests tell. */
  function note({ workers, now }: HrWorld): void {
    const at = records.size === 0 ? 0 : now;
    for (const worker of workers) {
      const text = JSON.stringify(worker);
      const before = records.get(worker.employeeNumber);
      const action = before === undefined ? "Inserted" : "Updated";
      if (before?.text !== text) records.set(worker.employeeNumber, { text, action, at });
    }
    const present = new Set(workers.map(({ employeeNumber }) => employeeNumber));
    const gone = [...records].filter(([id, { action }]) => !present.has(id) && action !== "Deleted");
    for (const [id] of gone) records.set(id, { text: "", action: "Deleted", at });
  }

  function changesSince(since: string): HrAnswer {
    const time = Date.parse(since);
    if (Number.isNaN(time)) return refusal(400, "BadRequest", "since is no date");
    const found = [...records].filter(([, { at }]) => at > time);
    const entries = found.map(([id, { action, at }]) => [id, { id, action, lastChanged: new Date(at).toISOString() }]);
    const latest = new Date(Math.max(0, ...found.map(([, { at }]) => at))).toISOString();
    // A map without entries is written as a list.
    return { status: 200, json: { latest, employees: entries.length === 0 ? [] : Object.fromEntries(entries) } };
  }
}

function employees(
  call: HrCall,
  world: HrWorld,
  selection: Selection,
  restricted: BamboohrOptions["restricted"],
): HrAnswer {
  const query = call.url.searchParams;
  const limit = Number(query.get("page[limit]") ?? 250);
  if (!(limit >= 1 && limit <= mostAtOnce)) return refusal(400, "BadRequest", "page[limit] is out of range");
  const ids = query.get("filter[ids]");
  if (ids !== null && !/^\d+(,\d+)*$/.test(ids)) return refusal(400, "BadRequest", "filter[ids] has what is no id");
  const wanted = ids?.split(",");
  const workers = selection(world.workers, ids ?? "", ({ employeeNumber }) => wanted?.includes(employeeNumber) ?? true);
  // A cursor stands at the last employee of the page.
  const cursor = query.get("page[after]")?.replace(/^after-/, "");
  const found = sliceAfter({ ...world, workers }, cursor, limit);
  if (found === undefined) return refusal(400, "BadPage", "The cursor is not valid");
  const { rows, next, total } = found;
  const asked = [...usual, ...(query.get("fields") ?? "").split(",")];
  const data = rows.map((worker) => {
    const whole = employeeOf(worker);
    const hidden = hiddenOf(worker, restricted);
    const known = asked.filter((name) => Object.hasOwn(whole, name));
    const shown = Object.fromEntries(known.map((name) => [name, hidden.includes(name) ? null : whole[name]]));
    return { ...shown, _restrictedFields: known.filter((name) => hidden.includes(name)) };
  });
  const page = { limit, nextCursor: next === undefined ? null : `after-${next}`, prevCursor: null };
  return { status: 200, json: { data, meta: { total, page }, _links: { self: { href: call.url.href } } } };
}

function dataset(
  call: HrCall,
  world: HrWorld,
  selection: Selection,
  restricted: BamboohrOptions["restricted"],
): HrAnswer {
  // Anything but these exact words is read as XML.
  if (call.headers["content-type"] !== "application/json") return { status: 400, text: "Malformed XML" };
  const { fields, filter = "", page = 1, pageSize = 500 } = queryOf(jsonOf(call));
  if (fields.length === 0 || pageSize > 1_000) return refusal(422, "INVALID_REQUEST", "fields or pageSize");
  const fits = predicateOf(filter);
  if (fits === undefined) return refusal(422, "INVALID_FILTER", "The filter is not understood");
  const workers = selection(world.workers, filter, (worker) => fits(datasetOf(worker)));
  const size = Math.min(pageSize, world.pageSize);
  const { rows, total } = slice({ ...world, workers }, (page - 1) * size, size);
  const data = rows.map((worker) => {
    const whole = datasetOf(worker);
    const hidden = hiddenOf(worker, restricted);
    const shown = fields.map((name) => [name, hidden.includes(name) ? "" : (whole[name] ?? null)]);
    return { fields: Object.fromEntries(shown), _restrictedFields: fields.filter((name) => hidden.includes(name)) };
  });
  const meta = { page, pageSize: size, totalPages: Math.ceil(total / size), totalItems: total };
  return { status: 200, json: { data, links: {}, meta } };
}

type Query = {
  readonly fields: readonly string[];
  readonly filter?: string;
  readonly page?: number;
  readonly pageSize?: number;
};

function queryOf(body: unknown): Query {
  const { fields, filter, page, pageSize }: Fields = typeof body === "object" && body !== null ? { ...body } : {};
  return {
    fields: Array.isArray(fields) ? fields.map(String) : [],
    ...(typeof filter === "string" ? { filter } : {}),
    ...(typeof page === "number" ? { page } : {}),
    ...(typeof pageSize === "number" ? { pageSize } : {}),
  };
}

/** `name eq 12`, or `name eq 'a text'`. */
function predicateOf(filter: string): ((fields: Fields) => boolean) | undefined {
  if (filter === "") return () => true;
  const [, name = "", text, number] = /^(\w+) eq (?:'((?:[^']|'')*)'|(\d+))$/.exec(filter) ?? [];
  if (name === "") return undefined;
  const expected = number ?? text?.replaceAll("''", "'");
  return (fields) => fields[name] === expected;
}

function hiddenOf({ employeeNumber }: HrWorker, restricted: BamboohrOptions["restricted"]): readonly string[] {
  return [...(restricted?.["*"] ?? []), ...(restricted?.[employeeNumber] ?? [])];
}

/** The number that people know is another one than the system's id, and may be changed. */
function common(worker: HrWorker): Fields {
  return {
    employeeNumber: `E${worker.employeeNumber}`,
    firstName: worker.givenName,
    lastName: worker.familyName,
    status: worker.status === "ended" ? "Inactive" : "Active",
    hireDate: worker.startDate,
    terminationDate: worker.endDate ?? "0000-00-00",
    birthDate: worker.birthDate,
    payRate: `${worker.salary}.00 EUR`,
    addressLine1: worker.homeAddress,
  };
}

function employeeOf(worker: HrWorker): Fields {
  return {
    ...common(worker),
    employeeId: worker.employeeNumber,
    preferredName: null,
    photoUrl: "https://images.example/photo?signature=invented",
    jobTitleName: worker.title,
    departmentName: worker.department,
    workEmail: worker.email,
    reportsToId: worker.manager ?? null,
  };
}

function datasetOf(worker: HrWorker): Fields {
  return {
    ...common(worker),
    eeid: worker.employeeNumber,
    email: worker.email,
    jobInformationDepartment: worker.department,
    jobInformationJobTitle: worker.title,
  };
}

function refusal(status: number, code: string, message: string): HrAnswer {
  return { status, json: { error: { code, message } } };
}
