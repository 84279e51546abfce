// People from Personio: version 1 of its interface gives employees with the names of their departments, version 2 gives
// persons, whose employments (and departments) are asked for one by one.
// https://developer.personio.de/reference/get_company-employees and get_v2-persons
import { z } from "zod";
import { secretName } from "./authentication-settings.ts";
import type { Endpoint } from "./endpoint.ts";
import type { DocumentShape } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { mustBe } from "./page-checks.ts";
import { getPage, withParameters } from "./page-request.ts";
import type { Paging } from "./paging-settings.ts";
import { createEmployments } from "./personio-employments.ts";
import { attributeName, compileAttribute, compilePersonPath } from "./personio-path.ts";
import { type EndpointContext, endpointKind, systemUrl, type UsualColumns } from "./source-kind.ts";

const common: UsualColumns = {
  employeeNumber: "id",
  givenName: "first_name",
  familyName: "last_name",
  email: "email",
};
const employeeColumns: UsualColumns = {
  ...common,
  department: "department",
  title: "position",
  startDate: "hire_date",
};
const personColumns: UsualColumns = {
  ...common,
  title: "employment.position.title",
  startDate: "employment.employment_start_date",
};
/** Who is being taken on has a start date ahead. Both versions have the same words. */
const words = { active: ["active", "onboarding"], onLeave: ["leave"], ended: ["inactive"] };
const employeeStatus = { column: "status", ...words };
const personStatus = { column: "employment.status", ...words };

const dataOf = compilePath("data");
const succeeded = mustBe("success", true, "says that the request did not succeed");
const employees: DocumentShape = {
  itemsOf: dataOf,
  totalOf: compilePath("metadata.total_elements"),
  checks: [succeeded],
};
const oneEmployee: DocumentShape = {
  itemsOf: (document) => (isObject(dataOf(document)) ? [dataOf(document)] : undefined),
  checks: [succeeded],
};
const persons: DocumentShape = { itemsOf: compilePath("_data") };
const nextLink: Paging = { kind: "nextLink", path: "_meta.links.next.href" };
const personIdOf = compilePath("id");

const employeesAtOnce = 100;
const personsAtOnce = 50;

const settings = {
  url: z.string().min(1).default("https://api.personio.de").describe("The Personio service"),
  version: z.enum(["v1", "v2"]).default("v1").describe("Which version of Personio's interface to read"),
  clientId: z.string().min(1).describe("Client ID of the API credentials"),
  secret: secretName.describe("Name of a Key Vault secret: the client secret of the API credentials"),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

export const personioKind = endpointKind({
  settings,
  columns: employeeColumns,
  status: employeeStatus,
  usual: ({ version }) =>
    version === "v1"
      ? { columns: employeeColumns, status: employeeStatus }
      : { columns: personColumns, status: personStatus },
  endpoint: (own, context) => (own.version === "v1" ? employeesEndpoint(own, context) : personsEndpoint(own, context)),
});

function employeesEndpoint(
  { url, clientId, secret }: Settings,
  { source, inputs, columns }: EndpointContext,
): Endpoint {
  const key = columns.employeeNumber;
  const list = systemUrl(source, url, "/v1/company/employees");
  for (const name of new Set(["id", ...inputs.map(attributeName)])) list.searchParams.append("attributes[]", name);
  const paging: Paging = {
    kind: "offset",
    param: "offset",
    limitParam: "limit",
    limit: employeesAtOnce,
    pages: "metadata.total_pages",
  };
  const one = (id: string) => getPage(systemUrl(source, url, `/v1/company/employees/${id}`));
  return {
    authentication: {
      kind: "clientCredentials",
      tokenUrl: systemUrl(source, url, "/v1/auth").href,
      clientId,
      secret,
      send: "json",
      tokenPath: "data.token",
      rotates: true,
    },
    shape: employees,
    writesEmpty: true,
    compile: compileAttribute,
    idOf: compileAttribute("id"),
    pages: () => ({ first: withParameters(getPage(list), { offset: 0 }, "query"), paging }),
    ...managersBy(columns, "supervisor.id", compileAttribute),
    ...(key === "id" && {
      worker: (id: string) => (isId(id) ? { first: one(id), shape: oneEmployee, nobodyAt: 404 } : undefined),
    }),
  };
}

function personsEndpoint({ url, clientId, secret }: Settings, { source, inputs, columns }: EndpointContext): Endpoint {
  const key = columns.employeeNumber;
  const list = withParameters(getPage(systemUrl(source, url, "/v2/persons")), { limit: personsAtOnce }, "query");
  const at = (path: string) => systemUrl(source, url, path);
  const employments = createEmployments({
    employmentsOf: (id) => at(`/v2/persons/${encodeURIComponent(id)}/employments`),
    unit: (id) => at(`/v2/org-units/${encodeURIComponent(id)}`),
    inputs,
  });
  return {
    authentication: {
      kind: "clientCredentials",
      tokenUrl: at("/v2/auth/token").href,
      clientId,
      secret,
      send: "form",
      tokenPath: "access_token",
    },
    shape: persons,
    compile: compilePersonPath,
    idOf: personIdOf,
    refusal: (status) =>
      status === 400
        ? "answers 400, expected 200: a parameter is not understood, or its cursor has expired"
        : undefined,
    ...(inputs.some((path) => path.startsWith("employment.")) && { expand: employments.expand }),
    pages() {
      employments.forget();
      return { first: list, paging: nextLink };
    },
    ...managersBy(columns, "employment.supervisor.id", compilePersonPath),
    ...(key === "id" && {
      worker(id: string) {
        employments.forget();
        return isId(id) ? { first: withParameters(list, { id }, "query"), paging: nextLink } : undefined;
      },
    }),
  };
}

/** Supervisors come as ids of the system; where workers are known by another number, they are replaced. */
function managersBy(
  { employeeNumber, manager }: EndpointContext["columns"],
  supervisorId: string,
  compile: typeof compilePath,
): Pick<Endpoint, "managers"> {
  if (manager !== supervisorId || employeeNumber === undefined || employeeNumber === "id") return {};
  return { managers: { idOf: compile("id"), numberOf: compile(employeeNumber) } };
}

function isId(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
