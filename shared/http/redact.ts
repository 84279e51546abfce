// What of a request may stand in a log or an error: names on the allow-lists, and ids that are no address. Pure.
import type { HttpHeaders } from "./transport.ts";

const shownQuery = new Set(["api-version", "$top", "$skip", "expandGroups", "deleteSubscriptions", "notify"]);

const shownHeaders = [
  "content-type",
  "etag",
  "retry-after",
  "retry-after-ms",
  "x-ms-retry-after-ms",
  "x-ms-request-id",
  "x-ms-correlation-request-id",
  "x-ms-ratelimit-remaining-subscription-reads",
  "x-ms-ratelimit-remaining-subscription-writes",
  "x-ms-ratelimit-remaining-subscription-deletes",
];

const redacted = "REDACTED";

/** The id, unless it is written like an address: some services were filled with addresses as user ids. */
export function redactId(id: string): string {
  return /@|%40/i.test(id) ? redacted : id;
}

/** The URL with each path segment that looks like an address, and each query value that is not on the allow-list,
 * replaced. */
export function redactUrl(url: string): string {
  const parsed = new URL(url);
  const path = parsed.pathname.split("/").map(redactId).join("/");
  const query = [...parsed.searchParams].map(([name, value]) => `${name}=${shownQuery.has(name) ? value : redacted}`);
  return `${parsed.origin}${path}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** The headers of a response that may be logged. */
export function shownResponseHeaders(headers: HttpHeaders): Readonly<Record<string, string>> {
  const shown: Record<string, string> = {};
  for (const name of shownHeaders) {
    const value = headers.get(name);
    if (value !== undefined) shown[name] = value;
  }
  return shown;
}
