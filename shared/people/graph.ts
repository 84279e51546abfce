// People from Microsoft Entra ID through Microsoft Graph: GET /v1.0/users, and /v1.0/users/delta for what changed.
// https://learn.microsoft.com/graph/api/user-list, https://learn.microsoft.com/graph/delta-query-users
import { z } from "zod";
import { authenticationChoice } from "./authentication-settings.ts";
import { tokenFrom } from "./changes.ts";
import type { DocumentShape } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { getPage, withParameters } from "./page-request.ts";
import type { Ask } from "./paged.ts";
import type { Paging } from "./paging-settings.ts";
import { quotedText } from "./quoted-text.ts";
import { endpointKind, systemUrl } from "./source-kind.ts";

const paging: Paging = { kind: "nextLink", path: "@odata.nextLink" };
const itemsOf = compilePath("value");
/** The count stands on the first page alone. */
const totalOf = compilePath("@odata.count");
const counted: DocumentShape = { itemsOf, totalOf, totalOptional: true };
const errorCode = compilePath("error.code");
const deltaLink = compilePath("@odata.deltaLink");
const idOf = compilePath("id");
const removed = compilePath("@removed");

const refusals: Readonly<Record<string, string>> = {
  Directory_ExpiredPageToken: "is refused: its cursor has expired",
  Authorization_RequestDenied: "is refused: the identity may not read these properties, expected User.Read.All",
};

/** More values than these do not fit into one condition. */
const valuesAtOnce = 15;

export const graphKind = endpointKind({
  settings: {
    url: z
      .string()
      .min(1)
      .default("https://graph.microsoft.com")
      .describe("The Graph service; other clouds have other addresses"),
    authentication: authenticationChoice.optional().describe("The app's managed identity unless stated"),
    filter: z
      .string()
      .min(1)
      .optional()
      .describe("Which users to read, as Graph writes conditions; those with an employee id unless stated"),
    count: z.int().min(1).max(999).default(500).describe("Users asked for at a time"),
    fullEveryHours: z
      .number()
      .positive()
      .max(120)
      .optional()
      .describe(
        "After so many hours all users are read instead of the changed ones; 24 unless stated, 1 where startDate or endDate is mapped, since a day that comes is no change",
      ),
  },
  columns: {
    employeeNumber: "employeeId",
    givenName: "givenName",
    familyName: "surname",
    email: "mail",
    department: "department",
    title: "jobTitle",
    entraObjectId: "id",
  },
  status: { column: "accountEnabled", active: ["true"], ended: ["false"] },
  endpoint({ url, authentication, filter, count, fullEveryHours }, { inputs, source, columns, fields }) {
    const base = systemUrl(source, url, "/v1.0/users");
    const properties = [...new Set(["id", ...inputs.map((path) => path.split(".")[0] ?? path)])];
    const expandsManager = properties.includes("manager");
    const $select = properties.filter((name) => name !== "manager").join(",");
    const $expand = expandsManager ? "manager($select=employeeId)" : undefined;
    // Graph counts only in advanced queries, and those expand nothing. A condition that needs no advanced query says
    // the same in another way.
    const condition = filter ?? (expandsManager ? "employeeId ge ' '" : "employeeId ne null");
    const $count = expandsManager ? undefined : "true";
    const users = (narrower?: string) => {
      const $filter = narrower === undefined ? condition : `(${condition}) and ${narrower}`;
      return withParameters(getPage(base), { $select, $expand, $filter, $count, $top: count }, "query");
    };
    // Put together as text: a path that begins with two slashes would name another host.
    const deltaAt = (path: string) => getPage(new URL(`${base.origin}${path}`));
    const latest = withParameters(
      getPage(systemUrl(source, url, "/v1.0/users/delta")),
      { $select: expandsManager ? `${$select},manager` : $select, $deltatoken: "latest" },
      "query",
    );
    const hasDates = fields.includes("startDate") || fields.includes("endDate");
    const key = columns.employeeNumber;
    const among = (property: string, values: readonly string[]) => ({
      first: users(`${property} in (${values.map(quotedText).join(", ")})`),
      paging,
    });
    return {
      authentication: authentication ?? { kind: "managedIdentity", scope: `${base.origin}/.default` },
      headers: expandsManager ? {} : { consistencylevel: "eventual" },
      shape: counted,
      writesEmpty: true,
      idOf,
      refusal: (_, document) => refusals[String(errorCode(document))],
      pages: () => ({ first: users(), paging }),
      ...(key !== undefined && {
        worker: (employeeNumber: string) => ({ first: users(`${key} eq ${quotedText(employeeNumber)}`), paging }),
      }),
      // Several accounts may be one worker's, so users are looked for by number; a nested property takes no such condition.
      ...(key !== undefined &&
        !key.includes(".") && {
          changes: {
            token: (ask: Ask) => tokenFrom(ask, latest, (document) => pathOf(deltaLink(document), base)),
            since: (token: string) => ({ first: deltaAt(token), paging, shape: { itemsOf } }),
            changedId: (item: unknown) => (removed(item) === undefined ? textOf(idOf(item)) : undefined),
            records: (ids: readonly string[]) => among("id", ids),
            workers: (numbers: readonly string[]) => among(key, numbers),
            atOnce: valuesAtOnce,
            wholeEveryMs: (fullEveryHours ?? (hasDates ? 1 : 24)) * 3_600_000,
          },
        }),
    };
  },
});

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Path and query of a link of the service itself; the origin is the rules'. */
function pathOf(link: unknown, base: URL): string | undefined {
  if (typeof link !== "string" || !URL.canParse(link, base.href)) return undefined;
  const url = new URL(link, base);
  return url.origin === base.origin ? `${url.pathname}${url.search}` : undefined;
}
