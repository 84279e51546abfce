// People from SAP SuccessFactors Employee Central: OData 2, the entity PerPerson with what is mapped expanded, page by
// page from a snapshot. SAP Help, "SAP SuccessFactors API Reference Guide (OData V2)"; SAP KBA 2990434, 2749091 and
// 3308165 for snapshots and their sessions, 2853045 for what counts as today.
import { z } from "zod";
import { authenticationChoice } from "./authentication-settings.ts";
import { parseCalendarDate } from "./calendar-date.ts";
import type { DocumentShape } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { compileODataPath, odataName, odataResults, odataSelection, odataText } from "./odata-path.ts";
import { getPage, type PageRequest, withParameters } from "./page-request.ts";
import type { Paging } from "./paging-settings.ts";
import { endpointKind, systemUrl } from "./source-kind.ts";

const paging: Paging = { kind: "nextLink", path: "d.__next" };
const shape: DocumentShape = {
  itemsOf: compilePath("d.results"),
  totalOf: compilePath("d.__count"),
  totalOptional: true,
};
const errorCode = compilePath("error.code");
const errorText = compilePath("error.message.value");
const key = "personIdExternal";
const employments = "employmentNav";

/** Dependants and contacts are persons too; they have no employments to count. */
const employed = "personEmpTerminationInfoNav/activeEmploymentsCount ne null";

/** What an employment has in place of a status before it begins. */
const notStarted = "notStarted";

const refusals: readonly (readonly [RegExp, string])[] = [
  [/COE0019|\[SNP\]/, "is refused: its cursor has expired, since the service lost the snapshot"],
  [/COE_SNAPSHOT_BAD_REQUEST/, "is refused: the service blocks snapshots for half an hour after too many first pages"],
  [/COE_PROPERTY_NOT_FOUND/, "is refused: the service does not know one of the mapped properties"],
];

export const successFactorsKind = endpointKind({
  settings: {
    url: z.string().min(1).describe("The API server of the data centre, such as https://api4.successfactors.com"),
    authentication: authenticationChoice.describe("samlBearer, with https://…/oauth/token of the same server"),
    filter: z
      .string()
      .min(1)
      .default(employed)
      .describe("Which persons to read, as OData writes conditions; those with an employment unless stated"),
    count: z.int().min(1).max(1_000).default(100).describe("Persons asked for at a time"),
  },
  columns: {
    employeeNumber: key,
    givenName: "personalInfoNav.firstName",
    familyName: "personalInfoNav.lastName",
    email: "emailNav.emailAddress",
    department: "employmentNav.jobInfoNav.departmentNav.name",
    title: "employmentNav.jobInfoNav.jobTitle",
    startDate: "employmentNav.startDate",
    endDate: "employmentNav.endDate",
  },
  // SAP KBA 2505526: active, paid and unpaid leave, dormant, furlough, suspended; terminated, retired, discarded.
  status: {
    column: "employmentNav.jobInfoNav.emplStatusNav.externalCode",
    active: ["A", notStarted],
    onLeave: ["P", "U", "D", "F", "S"],
    ended: ["T", "R", "O"],
  },
  endpoint({ url, authentication, filter, count }, { inputs, source, columns, now }) {
    const selection = odataSelection([key, ...inputs, ...helpers(inputs)]);
    const persons = (condition: string, more: Readonly<Record<string, string | number>>) =>
      withoutPlus(
        withParameters(
          getPage(systemUrl(source, url, "/odata/v2/PerPerson")),
          { $format: "json", ...selection, $filter: condition, ...more },
          "query",
        ),
      );
    const { employeeNumber: keyPath } = columns;
    const splits = inputs.some((path) => path.startsWith(`${employments}.`));
    return {
      authentication,
      keepsSession: true,
      shape,
      compile: compileODataPath,
      idOf: compileODataPath(key),
      refusal: (status, document) => {
        const said = `${String(errorCode(document))} ${String(errorText(document))}`;
        const [, known] = refusals.find(([pattern]) => pattern.test(said)) ?? [];
        if (known !== undefined || status !== 403) return known;
        return "is refused: the user may not read these entities, expected its role to have them in the API";
      },
      pages: () => ({
        first: persons(filter, { $inlinecount: "allpages", customPageSize: count, paging: "snapshot" }),
        paging,
      }),
      ...(splits && {
        expand: async (items) => {
          const today = new Date(now()).toISOString().slice(0, 10);
          return { items: items.flatMap((person) => oneForEachEmployment(person, today)), faults: [] };
        },
      }),
      ...(keyPath !== undefined && {
        // Without a snapshot: the service blocks who takes too many of them.
        worker: (number: string) => ({
          first: persons(`(${filter}) and ${odataName(keyPath)} eq ${odataText(number)}`, {}),
          paging,
        }),
      }),
    };
  },
});

/** What it takes to choose among addresses, and to know an employment that has not begun. */
function helpers(inputs: readonly string[]): readonly string[] {
  const primary = ["emailNav", "phoneNav"].filter((name) => inputs.some((path) => path.startsWith(`${name}.`)));
  const hasJobs = inputs.some((path) => path.startsWith(`${employments}.jobInfoNav.`));
  return [...primary.map((name) => `${name}.isPrimary`), ...(hasJobs ? [`${employments}.startDate`] : [])];
}

/** A form writes a space as a plus sign; an OData service need not read it so. */
function withoutPlus(request: PageRequest): PageRequest {
  return { ...request, url: new URL(request.url.href.replaceAll("+", "%20")) };
}

/** A row for each employment: which of them counts, the rules say. Without any the person stays, with nothing known. */
function oneForEachEmployment(person: unknown, today: string): readonly unknown[] {
  const list = isEntity(person) ? odataResults(person[employments]) : undefined;
  if (!isEntity(person) || list === undefined || list.length === 0) return [person];
  return list.map((employment) => ({ ...person, [employments]: withStatus(employment, today) }));
}

/** The service gives job information of today. An employment that begins later has none; one that has begun and has none
 * may be one that cannot be read. */
function withStatus(employment: unknown, today: string): unknown {
  if (!isEntity(employment) || !Object.hasOwn(employment, "jobInfoNav")) return employment;
  const { jobInfoNav, startDate } = employment;
  const start = parseCalendarDate(typeof startDate === "string" ? startDate : "");
  const isEmpty = jobInfoNav === null || odataResults(jobInfoNav)?.length === 0;
  if (!isEmpty || start.kind !== "date" || start.date < today) return employment;
  return { ...employment, jobInfoNav: { emplStatusNav: { externalCode: notStarted } } };
}

function isEntity(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
