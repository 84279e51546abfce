// HTTP on the wire of the worker: a request of Node as the host sends it to the worker, and the worker's answer written to
// a response of Node.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NullableString, RpcCookie, RpcData, RpcHttpRequest, RpcHttpResponse } from "./worker-protocol.ts";

/** The request with its body as bytes, headers with lower-case names, and repeated values joined with commas. */
export function toRpcRequest(
  request: IncomingMessage,
  body: Buffer,
  parts: {
    readonly url: URL;
    readonly params: Readonly<Record<string, string>>;
    readonly identities: RpcHttpRequest["identities"];
  },
): RpcHttpRequest {
  const { url, params, identities } = parts;
  const names = [...new Set(url.searchParams.keys())];
  return {
    method: request.method ?? "GET",
    url: url.href,
    nullableHeaders: toNullable(
      Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(",")]),
    ),
    nullableQuery: toNullable(names.map((name) => [name, url.searchParams.getAll(name).join(",")])),
    nullableParams: toNullable(Object.entries(params)),
    identities,
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

/** Writes what the function answered. Nothing answered is 204, as in the Functions runtime 4. */
export function writeRpcResponse(response: ServerResponse, returned: RpcData | null | undefined): void {
  const http: RpcHttpResponse | undefined = returned?.http ?? undefined;
  if (http === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, value);
  const cookies = (http.cookies ?? []).map(toSetCookie);
  if (cookies.length > 0) response.appendHeader("set-cookie", cookies);
  response.end(toBytes(http.body));
}

function toBytes(body: RpcData | null | undefined): Buffer {
  if (body?.bytes) return Buffer.from(body.bytes);
  return Buffer.from(body?.string ?? body?.json ?? "", "utf8");
}

function toNullable(entries: readonly (readonly [string, string])[]): Readonly<Record<string, NullableString>> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}

// As ASP.NET writes cookies: name and value percent-encoded, the path is / unless stated.
function toSetCookie(cookie: RpcCookie): string {
  const sameSite = { none: undefined, lax: "lax", strict: "strict", explicitNone: "none" }[cookie.sameSite];
  const expires = cookie.expires && new Date(cookie.expires.value.seconds * 1000).toUTCString();
  return [
    `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`,
    expires && `expires=${expires}`,
    cookie.maxAge && `max-age=${cookie.maxAge.value}`,
    cookie.domain && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? "/"}`,
    cookie.secure?.value && "secure",
    sameSite && `samesite=${sameSite}`,
    cookie.httpOnly?.value && "httponly",
  ]
    .filter((part) => typeof part === "string")
    .join("; ");
}
