// People from HiBob: POST /v1/people/search, which gives everybody in one answer.
// https://apidocs.hibob.com/docs/people-read-api-contract
import { z } from "zod";
import { secretName } from "./authentication-settings.ts";
import { withheld } from "./cell-text.ts";
import type { DocumentShape } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import { endpointKind, systemUrl, unusable } from "./source-kind.ts";

const people: DocumentShape = { itemsOf: compilePath("employees") };
const rootId = "root.id";

/** The system takes no more names of fields than these. */
const mostFields = 400;

export const hibobKind = endpointKind({
  settings: {
    url: z.string().min(1).default("https://api.hibob.com").describe("The HiBob service"),
    user: z.string().min(1).describe("ID of the service user"),
    secret: secretName.describe("Name of a Key Vault secret: the token of the service user"),
  },
  columns: {
    employeeNumber: rootId,
    givenName: "root.firstName",
    familyName: "root.surname",
    email: "root.email",
    department: "work.department",
    title: "work.title",
    startDate: "work.startDate",
  },
  status: { column: "internal.status", active: ["Active"], ended: ["Inactive"] },
  endpoint({ url, user, secret }, { source, inputs, columns }) {
    const key = columns.employeeNumber;
    const address = systemUrl(source, url, "/v1/people/search");
    const fields = [...new Set([rootId, ...inputs])];
    if (fields.length > mostFields)
      throw unusable(source, `it reads ${fields.length} fields, expected at most ${mostFields}`);
    // Both forms: items of a list have names only in the readable one, dates can be relied on only in the other.
    const search = (more: Readonly<Record<string, unknown>>) =>
      ({
        method: "POST",
        url: address,
        body: { fields, showInactive: true, humanReadable: "APPEND", ...more },
      }) as const;
    const byId = (id: string) => search({ filters: [{ fieldPath: rootId, operator: "equals", values: [id] }] });
    const numbers = new Set([key, columns.manager].filter((path) => path !== undefined));
    const idOf = compileField(rootId, true);
    return {
      authentication: { kind: "basic", user, secret },
      shape: people,
      compile: (path) => compileField(path, numbers.has(path)),
      idOf,
      refusal: (status) =>
        status === 403 ? "answers 403, expected 200: the service user has no right to read employees" : undefined,
      pages: () => ({ first: search({}) }),
      ...(key === rootId && { worker: (id: string) => (/^\d{1,25}$/.test(id) ? { first: byId(id) } : undefined) }),
      ...(key !== undefined &&
        key !== rootId &&
        columns.manager === "work.manager" && { managers: { idOf, numberOf: compileField(key, true) } }),
    };
  },
});

/** Finds the field with that id: under its path with slashes, or nested. An item of a list is a number there, its name
 * stands in the readable form. `plain` leaves numbers as they are: numbers of employees are ids as well. */
function compileField(id: string, plain: boolean): (item: unknown) => unknown {
  const nested = id.replace(/^root\./, "");
  const [slashed, at, readable] = [
    compilePath(`/${id.replaceAll(".", "/")}`),
    compilePath(nested),
    compilePath(`humanReadable.${nested}`),
  ];
  const valueAt = compilePath("value");
  return (item) => {
    const value = valueAt(slashed(item)) ?? at(item);
    if (plain || typeof value !== "string" || !/^\d+$/.test(value)) return value;
    const name = readable(item);
    if (typeof name !== "string") return withheld;
    // A number that was written for people: 1,234.
    return name.replaceAll(/\D/g, "") === value ? value : name;
  };
}
