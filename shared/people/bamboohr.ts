// People from BambooHR: the list of employees, read by cursor, or the employee dataset, which knows every field.
// https://documentation.bamboohr.com/reference/list-employees and get-data-from-dataset-v2
import { z } from "zod";
import { secretName } from "./authentication-settings.ts";
import { bamboohrChanges } from "./bamboohr-changes.ts";
import { withheld } from "./cell-text.ts";
import type { Endpoint, Pages } from "./endpoint.ts";
import type { DocumentShape } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { getPage, withParameters } from "./page-request.ts";
import type { Paging } from "./paging-settings.ts";
import { quotedText } from "./quoted-text.ts";
import { type EndpointContext, endpointKind, systemUrl, type UsualColumns } from "./source-kind.ts";

const status = { column: "status", active: ["Active"], ended: ["Inactive"] };

const employeeColumns: UsualColumns = {
  employeeNumber: "employeeId",
  givenName: "firstName",
  familyName: "lastName",
  email: "workEmail",
  department: "departmentName",
  title: "jobTitleName",
};
const datasetColumns: UsualColumns = {
  employeeNumber: "eeid",
  givenName: "firstName",
  familyName: "lastName",
  email: "email",
  department: "jobInformationDepartment",
  title: "jobInformationJobTitle",
};

/** These come with every employee; asking for them by name is not foreseen. */
const always: ReadonlySet<string> = new Set([
  "employeeId",
  "firstName",
  "lastName",
  "preferredName",
  "jobTitleName",
  "status",
]);

const listOf = compilePath("data");
const restrictedOf = compilePath("_restrictedFields");
const fieldsOf = compilePath("fields");
const idOf = compilePath("employeeId");
const datasetIdOf = compilePath("eeid");
const errorCode = compilePath("error.code");

/** The system writes null for what the key's user may not read, and names it: an empty field is something else. */
const employees: DocumentShape = {
  itemsOf: (document) => eachOf(listOf(document), (item) => withRestrictions(item, restrictedOf(item))),
  totalOf: compilePath("meta.total"),
};
const dataset: DocumentShape = {
  itemsOf: (document) =>
    eachOf(listOf(document), (item) => {
      const fields = fieldsOf(item);
      return withRestrictions(fields, restrictedOf(item) ?? restrictedOf(fields));
    }),
  totalOf: compilePath("meta.totalItems"),
};
const cursor: Paging = { kind: "cursor", param: "page[after]", path: "meta.page.nextCursor" };

const settings = {
  url: z.string().min(1).describe("The company's own address, such as https://contoso.bamboohr.com"),
  secret: secretName.describe("Name of a Key Vault secret: an API key of a user with the rights to read"),
  read: z
    .enum(["employees", "dataset"])
    .default("employees")
    .describe("dataset for fields that the list of employees does not have, such as a company's own ones"),
  count: z.int().min(1).max(1_000).default(250).describe("Employees asked for at a time"),
  fullEveryHours: z
    .number()
    .positive()
    .max(120)
    .default(1)
    .describe("After so many hours all employees are read instead of the changed ones: a day that comes is no change"),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

export const bamboohrKind = endpointKind({
  settings,
  columns: employeeColumns,
  status,
  usual: ({ read }) => ({ columns: read === "dataset" ? datasetColumns : employeeColumns, status }),
  endpoint: (own, context) => ({
    authentication: { kind: "basicKey", secret: own.secret, password: "x" },
    refusal: refusalOf,
    writesEmpty: true,
    ...(own.read === "dataset" ? datasetEndpoint(own, context) : employeesEndpoint(own, context)),
  }),
});

type Part = Omit<Endpoint, "authentication">;

function employeesEndpoint(
  { url, count, fullEveryHours }: Settings,
  { inputs, source, columns }: EndpointContext,
): Part {
  const key = columns.employeeNumber;
  const all = getPage(systemUrl(source, url, "/api/v1/employees"));
  const fields = inputs.filter((name) => !always.has(name)).join(",") || undefined;
  const list = withParameters(all, { fields, sort: "employeeId", "page[limit]": count }, "query");
  const some = (ids: string) => withParameters(list, { "filter[ids]": ids }, "query");
  const namesManagerById = columns.manager === "reportsToId" && key !== "employeeId";
  return {
    shape: employees,
    idOf,
    pages: () => ({ first: list, paging: cursor }),
    // The list takes no condition but the system's own ids. By another number not all of a worker's records are found.
    ...(key === "employeeId" && {
      ids: "numbers",
      worker(employeeNumber: string) {
        const id = idIn(employeeNumber);
        return id === undefined ? undefined : { first: some(id), paging: cursor };
      },
      changes: bamboohrChanges({
        address: systemUrl(source, url, "/api/v1/employees/changed"),
        workers: (ids) => ({ first: some(ids.join(",")), paging: cursor }),
        fullEveryHours,
      }),
    }),
    ...(namesManagerById && key !== undefined && { managers: { idOf, numberOf: compilePath(key) } }),
  };
}

function datasetEndpoint({ url, count: size }: Settings, { inputs, source, columns }: EndpointContext): Part {
  const key = columns.employeeNumber;
  const address = systemUrl(source, url, "/api/v2/datasets/employee/data");
  const fields = [...new Set(["eeid", ...inputs])];
  const paging: Paging = {
    kind: "page",
    param: "page",
    sizeParam: "pageSize",
    size,
    in: "body",
    pages: "meta.totalPages",
  };
  const asking = (filter?: string, names: readonly string[] = fields) => {
    const body = { fields: names, orderBy: "eeid asc", ...(filter === undefined ? {} : { filter }) };
    return { method: "POST", url: address, body } as const;
  };
  const byId = (id: string, column: string): Pages | undefined =>
    idIn(id) === undefined ? undefined : { first: asking(`eeid eq ${id}`, ["eeid", column]), paging };
  return {
    shape: dataset,
    idOf: datasetIdOf,
    pages: () => ({ first: asking(), paging }),
    ...(key !== undefined && {
      worker(employeeNumber: string) {
        const value = key === "eeid" ? idIn(employeeNumber) : quotedText(employeeNumber);
        return value === undefined ? undefined : { first: asking(`${key} eq ${value}`), paging };
      },
      // The system's events carry its own id, whatever number the rules map.
      ids: key === "eeid" ? "numbers" : { idOf: datasetIdOf, numberOf: compilePath(key), one: (id) => byId(id, key) },
    }),
  };
}

function refusalOf(status: number, document: unknown): string | undefined {
  if (errorCode(document) === "BadPage")
    return "is refused: its cursor has expired, or the employee at which it stood was changed";
  if (status === 403) return "answers 403, expected 200: the user of the API key may not read employees";
  return undefined;
}

function eachOf(list: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(list) ? list.map(change) : list;
}

function withRestrictions(item: unknown, names: unknown): unknown {
  if (typeof item !== "object" || item === null || !Array.isArray(names) || names.length === 0) return item;
  return { ...item, ...Object.fromEntries(names.map((name) => [String(name), withheld])) };
}

/** An id of the system, or undefined for what is none. */
function idIn(text: string): string | undefined {
  return /^\d{1,15}$/.test(text) ? text : undefined;
}
