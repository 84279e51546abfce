// Routes of HTTP functions, as the host matches them: ASP.NET route templates with literals, {name}, {name?}, {name:int}
// and {*rest}, compared without case. A method that no function of the route takes is 404, not 405, on Azure as well
// (Azure/azure-functions-host issue 10098).

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "parameter";
      readonly name: string;
      readonly optional: boolean;
      readonly constraint: RegExp | undefined;
    }
  | { readonly kind: "rest"; readonly name: string };

export type HttpRoute = {
  readonly functionName: string;
  /** Upper case. */
  readonly methods: readonly string[];
  readonly segments: readonly Segment[];
};

export type RouteMatch = { readonly functionName: string; readonly params: Readonly<Record<string, string>> };

const constraints: Readonly<Record<string, RegExp>> = {
  int: /^-?\d{1,10}$/,
  long: /^-?\d{1,19}$/,
  bool: /^(true|false)$/i,
  alpha: /^[a-z]+$/i,
  guid: /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i,
};

/** Reads a template such as `runs/{id?}`; `prefix` is the routePrefix of host.json. @throws for what ASP.NET would take
 * and this host does not imitate */
export function parseRoute(options: {
  readonly functionName: string;
  readonly template: string;
  readonly prefix: string;
  readonly methods: readonly string[];
}): HttpRoute {
  const { functionName, template, prefix, methods } = options;
  const path = [prefix, template]
    .join("/")
    .split("/")
    .filter((part) => part !== "");
  return {
    functionName,
    methods: methods.map((method) => method.toUpperCase()),
    segments: path.map((part) => parseSegment(part, template)),
  };
}

/** The function that takes the request: of several, the one with the most literal route. `path` is percent-encoded. */
export function matchRoute(routes: readonly HttpRoute[], method: string, path: string): RouteMatch | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const matches = routes
    .filter((route) => route.methods.includes(method.toUpperCase()))
    .flatMap((route) => {
      const params = matchSegments(route.segments, parts);
      return params === undefined ? [] : [{ functionName: route.functionName, params, rank: rank(route.segments) }];
    });
  const [best] = matches.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return best && { functionName: best.functionName, params: best.params };
}

function parseSegment(text: string, template: string): Segment {
  const inner = /^\{(.+)\}$/.exec(text)?.[1];
  if (inner === undefined) {
    if (/[{}]/.test(text))
      throw new Error(`Cannot read route "${template}": "${text}" mixes text and parameter, expected one of them`);
    return { kind: "literal", text: text.toLowerCase() };
  }
  const rest = /^\*\*?(\w+)$/.exec(inner)?.[1];
  if (rest !== undefined) return { kind: "rest", name: rest };
  const [, name, constraint, optional] = /^(\w+)(?::(\w+))?(\?)?$/.exec(inner) ?? [];
  const pattern = constraint === undefined ? undefined : constraints[constraint];
  if (name === undefined || (constraint !== undefined && pattern === undefined)) {
    throw new Error(
      `Cannot read route "${template}": this host does not imitate "${text}", expected {name}, {name?}, {name:int} or {*name}`,
    );
  }
  return { kind: "parameter", name, optional: optional !== undefined, constraint: pattern };
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === "rest") {
      params[segment.name] = parts.slice(index).map(decode).join("/");
      return params;
    }
    const part = parts[index];
    if (part === undefined) {
      if (segment.kind === "parameter" && segment.optional) continue;
      return undefined;
    }
    const value = decode(part);
    if (!fits(segment, value)) return undefined;
    if (segment.kind === "parameter") params[segment.name] = value;
  }
  return parts.length <= segments.length ? params : undefined;
}

function fits(segment: Exclude<Segment, { kind: "rest" }>, value: string): boolean {
  if (segment.kind === "literal") return segment.text === value.toLowerCase();
  return segment.constraint === undefined || segment.constraint.test(value);
}

// One digit per segment, as ASP.NET's route precedence: literal, constrained parameter, parameter, rest.
function rank(segments: readonly Segment[]): string {
  return segments
    .map((segment) => {
      if (segment.kind === "literal") return "1";
      if (segment.kind === "rest") return "5";
      return segment.constraint === undefined ? "3" : "2";
    })
    .join("");
}

// A slash that was encoded stays encoded, as in ASP.NET.
function decode(part: string): string {
  try {
    return part
      .split(/(%2f)/i)
      .map((piece) => (/^%2f$/i.test(piece) ? piece : decodeURIComponent(piece)))
      .join("");
  } catch {
    return part;
  }
}
