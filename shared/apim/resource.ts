// One request to API Management: builds the URL, sends it, and turns anything but the expected statuses into an error.
import { AppError } from "../core/errors.ts";
import type { HttpMethod, HttpRequest, HttpResponse, Transport } from "../http/transport.ts";
import type { Tagged } from "../ports.ts";
import type { Dialect } from "./dialect.ts";
import { refusal, unexpected } from "./errors.ts";
import { parseJson } from "./wire.ts";

export type ApimCall = {
  /** Verb and object of the error's sentence: `read the users`. */
  readonly action: string;
  readonly method: HttpMethod;
  /** Segments below the service, as they are: each is percent-encoded here. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly etag?: string;
  /** The entity's fields, in the names of the dialect; the envelope is put on here. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly expect: readonly number[];
};

export type Resource = {
  readonly dialect: Dialect;
  /** @throws APIM_*, NETWORK, TIMEOUT, ABORTED */
  send(call: ApimCall, signal: AbortSignal): Promise<HttpResponse>;
  /** Reads an address that the service gave: a next page, or the end of a long-running operation.
   * @throws APIM_UNEXPECTED for an address of another origin, and as `send` */
  follow(link: Link, signal: AbortSignal): Promise<HttpResponse>;
};

export type Link = {
  readonly action: string;
  readonly address: string;
  /** Parameters that the address has to carry, whatever the service wrote. */
  readonly query: Readonly<Record<string, string>>;
  readonly expect: readonly number[];
};

/** Requests over that transport in that dialect. */
export function createResource(dialect: Dialect, transport: Transport): Resource {
  async function exchange(action: string, expect: readonly number[], request: HttpRequest, signal: AbortSignal) {
    const response = await transport(request, signal).catch((error: unknown) => {
      throw wholeAnswerMissing(action, error);
    });
    if (!expect.includes(response.status)) throw refusal({ action, expect }, request, response);
    return response;
  }

  return {
    dialect,
    async send(call, signal) {
      return exchange(call.action, call.expect, buildRequest(dialect, call), signal);
    },
    async follow(link, signal) {
      const url = ownUrl(dialect, link);
      const request: HttpRequest = { method: "GET", url, headers: { accept: "application/json" } };
      return exchange(link.action, link.expect, request, signal);
    },
  };
}

/** One entity with its ETag, or undefined for a 404. @throws as `send` */
export async function readEntity<T>(
  resource: Resource,
  call: Pick<ApimCall, "action" | "path">,
  decode: (raw: unknown) => T,
  signal: AbortSignal,
): Promise<Tagged<T> | undefined> {
  const response = await resource.send({ ...call, method: "GET", expect: [200, 404] }, signal);
  if (response.status === 404) return undefined;
  const etag = response.headers.get("etag");
  if (etag === undefined)
    throw unexpected(call.action, "the answer has no ETag, expected one to change the entity safely");
  return { value: decode(parseJson(response.body, call.action)), etag };
}

function buildRequest(dialect: Dialect, call: ApimCall): HttpRequest {
  const path = call.path.map((segment) => `/${encodeSegment(call.action, segment)}`).join("");
  const query = Object.entries(call.query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(value)}&`);
  const body = bodyOf(dialect, call);
  return {
    method: call.method,
    url: `${dialect.root}${path}?${query.join("")}api-version=${dialect.apiVersion}`,
    headers: {
      accept: "application/json",
      ...(call.etag === undefined ? {} : { "if-match": call.etag }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  };
}

/** No encoding keeps `.` and `..` from being steps in the path, and an empty id would name the whole collection. */
function encodeSegment(action: string, segment: string): string {
  if (!["", ".", ".."].includes(segment)) return encodeURIComponent(segment);
  throw new AppError("APIM_INVALID", `Cannot ${action}: "${segment}" cannot be an id, expected the id of an entity`);
}

function bodyOf(dialect: Dialect, call: ApimCall): string | undefined {
  if (call.fields === undefined) return undefined;
  return JSON.stringify(dialect.shape === "flat" ? call.fields : { properties: call.fields });
}

/** The credential goes along with the request, so the address has to be the door's own. `:443` is the same origin. */
function ownUrl(dialect: Dialect, { action, address, query }: Link): string {
  const url = URL.canParse(address, dialect.root) ? new URL(address, dialect.root) : undefined;
  if (url === undefined || url.origin !== dialect.origin || url.username !== "" || url.password !== "") {
    const origin = url?.origin ?? "no address";
    throw unexpected(
      action,
      `the answer points to "${origin}", expected "${dialect.origin}"; the token stays with its origin`,
    );
  }
  for (const [name, value] of Object.entries(query)) if (!url.searchParams.has(name)) url.searchParams.set(name, value);
  url.searchParams.set("api-version", dialect.apiVersion);
  return url.href;
}

/** Half an answer that stays half after all attempts is the service's fault, not the network's. */
function wholeAnswerMissing(action: string, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "NETWORK") return error;
  if (error.context.truncated === true) {
    return unexpected(action, "the answer broke off within its body, expected all of it", error);
  }
  if (error.context.tooLarge === true) {
    return unexpected(action, "the answer is larger than the limit of this client, expected smaller pages", error);
  }
  return error;
}
