// People from a SCIM 2.0 service (RFC 7643, RFC 7644): GET /Users by index, or by cursor (RFC 9865) where the service
// says that it offers it.
import { z } from "zod";
import { authenticationSettings } from "./authentication-settings.ts";
import type { Pages } from "./endpoint.ts";
import { type DocumentShape, parseJson } from "./json-document.ts";
import { getPage, withParameters } from "./page-request.ts";
import { type Ask, isUnreachable } from "./paged.ts";
import { scimChanges, within } from "./scim-changes.ts";
import { compileScimPath, leadsIntoList, scimAttribute } from "./scim-path.ts";
import { endpointKind, systemUrl, unusable } from "./source-kind.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const totalOf = compileScimPath("totalResults");
const listOf = compileScimPath("Resources");
const idOf = compileScimPath("id");
/** A list response with nothing in it may leave the list out (RFC 7644, 3.4.2). */
const itemsOf = (document: unknown) => listOf(document) ?? (totalOf(document) === 0 ? [] : undefined);

const indexShape: DocumentShape = { itemsOf, totalOf };
/** A service with cursors need not count (RFC 9865, 2): it leaves the total out, or says 0. */
const cursorShape: DocumentShape = { itemsOf, totalOf: (page) => totalOf(page) || undefined, totalOptional: true };
/** A user by itself. */
const oneShape: DocumentShape = { itemsOf: (user) => (idOf(user) === undefined ? undefined : [user]) };

const refusals: Readonly<Record<string, string>> = {
  expiredCursor: "is refused: its cursor has expired",
  invalidCursor: "is refused: its cursor is not known any more",
  invalidCount: "is refused: the service does not take so many resources at a time, expected a smaller count",
  tooMany: "is refused: too many resources fit, expected a filter that selects fewer",
  invalidFilter: "is refused: the service does not understand the filter",
};

type Attributes = readonly string[];

export const scimKind = endpointKind({
  settings: {
    url: z.string().min(1).describe("The SCIM base address, such as https://hr.contoso.com/scim/v2"),
    authentication: authenticationSettings,
    filter: z.string().min(1).optional().describe('Which users to read, such as userType eq "Employee"'),
    count: z.int().min(1).max(1_000).default(200).describe("Users asked for at a time"),
    select: z
      .enum(["attributes", "everything"])
      .default("attributes")
      .describe("everything for a service that does not take a list of attributes; what is not mapped is dropped here"),
    paging: z
      .enum(["auto", "index", "cursor"])
      .default("auto")
      .describe("auto asks the service whether it offers cursors"),
    fullEveryHours: z
      .number()
      .positive()
      .max(120)
      .default(1)
      .describe(
        "After so many hours all users are read instead of the changed ones: who was deleted, or fits the filter no more, is not among the changed",
      ),
  },
  columns: {
    employeeNumber: `${enterprise}:employeeNumber`,
    givenName: "name.givenName",
    familyName: "name.familyName",
    email: "emails.value",
    department: `${enterprise}:department`,
    title: "title",
  },
  status: { column: "active", active: ["true"], ended: ["false"] },
  endpoint({ url, authentication, filter, count, select, paging, fullEveryHours }, { inputs, source, columns }) {
    const mapped: Attributes = [...new Set(["id", ...inputs.map(scimAttribute)])];
    const named = (attributes: Attributes) => (select === "attributes" ? attributes.join(",") : undefined);
    const users = getPage(systemUrl(source, url, "/Users"));
    const asking = (condition: string | undefined, attributes: Attributes) =>
      withParameters(users, { attributes: named(attributes), filter: condition, count }, "query");
    const byIndex = (condition: string | undefined, attributes: Attributes = mapped): Pages => ({
      first: asking(condition, attributes),
      paging: { kind: "offset", param: "startIndex", first: 1 },
    });
    const byCursor = (condition: string | undefined, attributes: Attributes = mapped): Pages => ({
      first: withParameters(asking(condition, attributes), { cursor: "" }, "query"),
      paging: { kind: "cursor", param: "cursor", path: "nextCursor" },
      shape: cursorShape,
    });
    const way = { hasCursors: paging === "cursor", isKnown: paging !== "auto" };
    // Without a total a page without anybody is the end of what was asked for.
    const some = (condition: string, attributes: Attributes = mapped): Pages =>
      way.hasCursors ? byCursor(condition, attributes) : { ...byIndex(condition, attributes), shape: cursorShape };
    const key = columns.employeeNumber;
    const namesManagerById = /:manager\.value$/i.test(columns.manager ?? "");
    if (namesManagerById && key === undefined)
      throw unusable(
        source,
        "manager.value is the id of a user, which needs employeeNumber from a column, not from map",
      );
    // Whoever is left out by the filter is nobody for this source, however the record is asked for.
    const userById = (id: string, column: string): Pages => {
      const attributes = ["id", scimAttribute(column)];
      if (filter !== undefined) return some(within(filter, `id eq ${JSON.stringify(id)}`), attributes);
      const user = getPage(systemUrl(source, url, `/Users/${encodeURIComponent(id)}`));
      const first = withParameters(user, { attributes: named(attributes) }, "query");
      return { first, shape: oneShape, nobodyAt: 404 };
    };
    return {
      authentication,
      headers: { accept: "application/scim+json, application/json" },
      shape: indexShape,
      compile: compileScimPath,
      idOf,
      refusal: (status, document) => {
        const known = refusals[String(compileScimPath("scimType")(document))];
        if (known !== undefined || status !== 400 || select === "everything") return known;
        return "answers 400, expected 200; a service that takes no list of attributes needs select: everything";
      },
      // A service may know nothing but cursors: by index its first page would come again and again. What is read in parts
      // therefore pages as all users do.
      async prepare(ask) {
        if (way.isKnown) return;
        const offered = await offersCursors(ask, systemUrl(source, url, "/ServiceProviderConfig"));
        way.hasCursors = offered ?? false;
        way.isKnown = offered !== undefined;
      },
      pages: () => (way.hasCursors ? byCursor(filter) : byIndex(filter)),
      ...(key !== undefined &&
        namesManagerById && {
          managers: { idOf, numberOf: compileScimPath(key), one: (id) => userById(id, key) },
        }),
      ...(key !== undefined && {
        worker: (employeeNumber: string) => some(within(filter, `${key} eq ${JSON.stringify(employeeNumber)}`)),
      }),
      ...(key !== undefined &&
        !leadsIntoList(key) && {
          changes: scimChanges({ key, filter, attributes: mapped, users: some, shape: cursorShape, fullEveryHours }),
        }),
    };
  },
});

/** A service that does not say so has none. Undefined where it did not say anything now: it is asked again before the next
 * read. Not being reached is found with the first page. */
async function offersCursors(ask: Ask, url: URL): Promise<boolean | undefined> {
  try {
    const answer = await ask(getPage(url));
    const parsed = answer.status === 200 ? parseJson(answer.text) : undefined;
    return parsed?.ok === true ? compileScimPath("pagination.cursor")(parsed.document) === true : undefined;
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}
