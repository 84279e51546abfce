// What API Management sends, both dialects. Read by hand: 75,000 users cost a seventh of what parsing their JSON costs.
// Tolerant where the live service and its specification differ: an entity is flat or in an envelope wherever it
// stands, null and absent are the same, ids are whole paths or last segments.
import type { Group, Product, Subscription, User, UserIdentity } from "../core/directory.ts";
import { createRepeatedText } from "../core/repeated-text.ts";
import { unexpected } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A user whose groups may not have been expanded. */
export type ReadUser = Omit<User, "groups"> & { readonly groups: readonly string[] | undefined };
export type ReadProduct = Omit<Product, "groups"> & { readonly groups: readonly string[] | undefined };

export type Page<T> = {
  readonly items: readonly T[];
  /** Total over all pages. */
  readonly count: number | undefined;
  readonly nextLink: string | undefined;
};

/** @throws APIM_UNEXPECTED for anything but JSON, an HTML page for instance */
export function parseJson(text: string, action: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not kept as the cause: the parser's message quotes the text, which may hold personal data.
  }
  throw unexpected(action, "the answer is not JSON, expected JSON; a proxy may have answered in place of the service");
}

/** One page of a collection. @throws APIM_UNEXPECTED */
export function decodePage<T>(raw: unknown, item: (raw: unknown) => T): Page<T> {
  const page = record(raw, "page");
  const value = page.value;
  if (!Array.isArray(value)) throw misfit("page", "value");
  const { count, nextLink } = page;
  return {
    items: value.map((entry: unknown) => item(entry)),
    count: typeof count === "number" ? count : undefined,
    nextLink: typeof nextLink === "string" && nextLink !== "" ? nextLink : undefined,
  };
}

/** The decoder of one list of users: what many of them say is kept once. Its result throws APIM_UNEXPECTED. */
export function createUserDecoder(): (raw: unknown) => ReadUser {
  const first = createRepeatedText();
  const last = createRepeatedText();
  const provider = createRepeatedText();
  const group = createRepeatedText();
  return (raw) => {
    const { id, fields } = entity(raw, "user");
    const email = text(fields, "email", "user");
    const decodeIdentity = (each: unknown): UserIdentity => {
      const identity = record(each, "identity");
      const identityId = text(identity, "id", "identity");
      return {
        provider: provider(text(identity, "provider", "identity")),
        // Who signs in with a password has the address in both places.
        id: identityId === email ? email : identityId,
      };
    };
    return {
      id,
      firstName: first(text(fields, "firstName", "user")),
      lastName: last(text(fields, "lastName", "user")),
      email,
      state: oneOf(fields, "state", ["active", "blocked", "pending", "deleted"], "user"),
      note: text(fields, "note", "user"),
      identities: list(fields.identities)?.map(decodeIdentity) ?? [],
      groups: list(fields.groups)?.map((each) => group(decodeId(each))),
    };
  };
}

/** @throws APIM_UNEXPECTED */
export function decodeGroup(raw: unknown): Group {
  const { id, fields } = entity(raw, "group");
  const builtIn = fields.builtIn === true;
  return {
    id,
    displayName: displayName(fields, "group"),
    description: text(fields, "description", "group"),
    builtIn,
    type: oneOf(fields, "type", ["custom", "system", "external"], "group", builtIn ? "system" : "custom"),
  };
}

/** @throws APIM_UNEXPECTED */
export function decodeProduct(raw: unknown): ReadProduct {
  const { id, fields } = entity(raw, "product");
  const terms = text(fields, "terms", "product");
  return {
    id,
    displayName: displayName(fields, "product"),
    state: oneOf(fields, "state", ["published", "notPublished"], "product", "notPublished"),
    approvalRequired: fields.approvalRequired === true,
    ...(terms === "" ? {} : { terms }),
    groups: list(fields.groups)?.map(decodeId),
  };
}

/** `ownerId` and `scope` in the envelope are `userId` and `productId` in the flat shape. @throws APIM_UNEXPECTED */
export function decodeSubscription(raw: unknown): Subscription {
  const { id, fields } = entity(raw, "subscription");
  const owner = text(fields, "ownerId", "subscription") || text(fields, "userId", "subscription");
  const scope = text(fields, "scope", "subscription") || text(fields, "productId", "subscription");
  const productId = /\/products\/([^/]+)$/.exec(scope)?.[1];
  const createdDate = text(fields, "createdDate", "subscription");
  const expiresAt = instantOf(text(fields, "expirationDate", "subscription"));
  return {
    id,
    displayName: displayName(fields, "subscription"),
    ...(owner === "" ? {} : { ownerId: lastSegment(owner) }),
    scope,
    ...(productId === undefined ? {} : { productId }),
    state: oneOf(
      fields,
      "state",
      ["submitted", "active", "rejected", "suspended", "cancelled", "expired"],
      "subscription",
    ),
    stateComment: text(fields, "stateComment", "subscription"),
    ...(createdDate === "" ? {} : { createdDate }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The oldest versions write no zone and mean UTC. */
function instantOf(date: string): number | undefined {
  const at = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(date) ? date : `${date}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** @throws APIM_UNEXPECTED */
export function decodeToken(raw: unknown): string {
  const value = text(record(raw, "token"), "value", "token");
  if (value === "") throw misfit("token", "value");
  return value;
}

/** The id of any entity. Groups within users and products are flat even where everything else is in envelopes: there
 * `name` is a display name and only the path tells the id. @throws APIM_UNEXPECTED */
export function decodeId(raw: unknown): string {
  return entity(raw, "entity").id;
}

function entity(raw: unknown, what: string): { readonly id: string; readonly fields: Fields } {
  const outer = record(raw, what);
  const { id: path, name, properties } = outer;
  if (isRecord(properties)) {
    if (typeof name === "string" && name !== "") return { id: name, fields: properties };
    if (typeof path === "string" && path !== "") return { id: lastSegment(path), fields: properties };
  } else if (typeof path === "string" && path !== "") {
    return { id: lastSegment(path), fields: outer };
  }
  throw misfit(what, "id");
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The flat shape calls it `name`; a subscription made without one has none. */
function displayName(fields: Fields, what: string): string {
  return text(fields, "displayName", what) || text(fields, "name", what);
}

function text(fields: Fields, name: string, what: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw misfit(what, name);
}

function oneOf<const Word extends string>(
  fields: Fields,
  name: string,
  words: readonly Word[],
  what: string,
  absent?: Word,
): Word {
  const value = fields[name] ?? absent;
  const word = words.find((known) => known === value);
  if (word === undefined) throw misfit(what, name);
  return word;
}

function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function record(value: unknown, what: string): Fields {
  if (isRecord(value)) return value;
  throw misfit(what, "whole");
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function misfit(what: string, field: string) {
  return unexpected(
    "understand API Management",
    field === "whole"
      ? `the ${what} in its answer is no object, expected one`
      : `the field "${field}" of a ${what} in its answer is missing or of another kind than expected`,
  );
}
