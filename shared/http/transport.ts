// The one type of all HTTP traffic: a function from a request to a whole response. Wrappers (time-out, retry,
// throttle, concurrency, log) take a transport and give a transport; the innermost is node-fetch.

export type HttpMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

export type HttpRequest = {
  readonly method: HttpMethod;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True for a POST that does nothing more when it is sent again: it only reads, or its receiver knows it by its id. */
  readonly repeatable?: boolean;
};

/** What of a map of headers is needed; names in lower case. */
export type HttpHeaders = { get(name: string): string | undefined };

export type HttpResponse = {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The whole body as text, decompressed. */
  readonly body: string;
  /** How often the request was sent, set by `withRetry`. */
  readonly attempts?: number;
  /** An earlier attempt may have been carried out, though it got no answer that says so; set by `withRetry`. */
  readonly mayBeDone?: boolean;
};

/** Any status is a response, redirects too: nothing is followed.
 * @throws NETWORK (with `truncated` in its context when the body broke off), TIMEOUT, ABORTED */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;
