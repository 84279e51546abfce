// One request for a page: address, and for a search by POST the JSON that it sends.

export type PageRequest = {
  readonly method: "GET" | "POST";
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
};

/** Where a paging parameter goes: into the query, or into the body at a dotted path. */
export type ParameterPlace = "query" | "body";

export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** A GET of that address. */
export function getPage(url: URL): PageRequest {
  return { method: "GET", url };
}

/** The request with these parameters set. Those without a value or a name are left out. */
export function withParameters(request: PageRequest, parameters: Parameters, place: ParameterPlace): PageRequest {
  const given = Object.entries(parameters).filter(([name, value]) => name !== "" && value !== undefined);
  if (place === "body") {
    const body = given.reduce((whole, [path, value]) => withField(whole, path.split("."), value), request.body ?? {});
    return { ...request, body };
  }
  const url = new URL(request.url);
  for (const [name, value] of given) url.searchParams.set(name, String(value));
  return { ...request, url };
}

/** The same text for the same request. */
export function requestKey({ method, url, body }: PageRequest): string {
  return `${method} ${url.href} ${body === undefined ? "" : JSON.stringify(body)}`;
}

function withField(
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const [name = "", ...rest] = path;
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  return { ...object, [name]: withField(isObject(inner) ? inner : {}, rest, value) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
