// A simulated HiBob: POST /v1/people/search with `fields`, `filters`, `showInactive` and `humanReadable`. There are no
// pages. A field without the right to it is left out without a word; items of lists are numbers.
// https://apidocs.hibob.com/docs/people-read-api-contract
import { basicOf, type HrAnswer, type HrCall, type HrSystem, type HrWorld, jsonOf, slice } from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

type Fields = Readonly<Record<string, unknown>>;
/** What the machine says, and what people read where that is something else. */
type Value = { readonly machine: unknown; readonly human?: unknown };

const serviceUser = "SERVICE-1";
const mostFields = 400;

export function createHibobSystem(): HrSystem {
  return {
    name: "hibob",
    isPage: ({ method, url }) => method === "POST" && url.pathname === "/v1/people/search",
    errorInside: { error: "The search could not be made" },
    answer(call, world) {
      const proof = basicOf(call);
      if (proof?.user !== serviceUser || proof.password !== world.secret) return { status: 401, text: "Unauthorized" };
      if (call.method !== "POST" || call.url.pathname !== "/v1/people/search") return { status: 404 };
      return search(call, world);
    },
  };
}

function search(call: HrCall, world: HrWorld): HrAnswer {
  const body = jsonOf(call);
  const { fields, filters, showInactive, humanReadable }: Fields =
    typeof body === "object" && body !== null ? { ...body } : {};
  const asked = Array.isArray(fields) ? fields.map(String) : ["root.id", "root.fullName"];
  const ids = idsOf(filters);
  if (asked.length > mostFields || ids === "none") return { status: 400, json: { error: "Bad request" } };
  const found = world.workers.filter(
    ({ status, employeeNumber }) =>
      (showInactive === true || status !== "ended") && (ids === undefined || ids.includes(employeeNumber)),
  );
  const { rows } = slice({ ...world, workers: found, pageSize: Number.POSITIVE_INFINITY }, 0);
  const readable = humanReadable === "APPEND" || humanReadable === "REPLACE";
  return { status: 200, json: { employees: rows.map((worker) => employeeOf(worker, asked, readable)) } };
}

/** The ids of the one filter there may be, `none` for a filter that is refused. */
function idsOf(filters: unknown): readonly string[] | "none" | undefined {
  if (filters === undefined) return undefined;
  const [filter, ...more]: readonly unknown[] = Array.isArray(filters) ? filters : [];
  const { fieldPath, operator, values }: Fields = typeof filter === "object" && filter !== null ? { ...filter } : {};
  if (more.length > 0 || fieldPath !== "root.id" || operator !== "equals" || !Array.isArray(values)) return "none";
  return values.map(String);
}

function employeeOf(worker: HrWorker, asked: readonly string[], readable: boolean): unknown {
  const values = valuesOf(worker);
  const known = asked.flatMap((id) => (values[id] === undefined ? [] : [[id, values[id]] as const]));
  const slashed = known.map(([id, { machine }]) => [`/${id.replaceAll(".", "/")}`, { value: machine }]);
  const machine = nest(known.map(([id, { machine: value }]) => [id, value]));
  const human = nest(
    known.flatMap(([id, { machine: value, human: words = value }]) => (value === null ? [] : [[id, words]])),
  );
  return { ...Object.fromEntries(slashed), ...machine, ...(readable ? { humanReadable: human } : {}) };
}

/** `work.title` stands in `work`; what begins with root stands at the top. */
function nest(entries: readonly (readonly [string, unknown])[]): Fields {
  const whole: Record<string, Record<string, unknown> | unknown> = {};
  for (const [id, value] of entries) {
    const [category = "", name = ""] = id.split(".");
    if (category === "root") whole[name] = value;
    else whole[category] = { ...Object(whole[category]), [name]: value };
  }
  return whole;
}

function valuesOf(worker: HrWorker): Readonly<Record<string, Value>> {
  const { employeeNumber, startDate, endDate } = worker;
  return {
    "root.id": { machine: employeeNumber },
    "root.fullName": { machine: `${worker.givenName} ${worker.familyName}` },
    "root.firstName": { machine: worker.givenName },
    "root.surname": { machine: worker.familyName },
    "root.email": { machine: worker.email },
    "work.employeeIdInCompany": { machine: employeeNumber, human: Number(employeeNumber).toLocaleString("en-GB") },
    "work.department": listItem(worker.department),
    "work.title": listItem(worker.title),
    "work.manager": { machine: worker.manager ?? null, human: "Somebody Else" },
    "work.startDate": dateOf(startDate),
    "work.isManager": { machine: false, human: "No" },
    "internal.status": { machine: worker.status === "ended" ? "Inactive" : "Active" },
    "internal.terminationDate": endDate === undefined ? { machine: null } : dateOf(endDate),
    "finance.costCenter": { machine: "7700123", human: worker.costCenter.replace("CC", "4") },
    "personal.birthDate": dateOf(worker.birthDate),
    "payroll.salary": { machine: worker.salary },
    "address.line1": { machine: worker.homeAddress },
  };
}

/** The number of an item says nothing of its name. */
function listItem(name: string): Value {
  const digits = Array.from(Buffer.from(name, "utf8"), (byte) => String(byte)).join("");
  return { machine: digits.slice(0, 12), human: name };
}

/** Written for people, a date is the service user's: 14/05/2025. */
function dateOf(date: string): Value {
  return { machine: date, human: date.split("-").reverse().join("/") };
}
