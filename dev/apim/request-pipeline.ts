// The way of one request: fault, door, buckets, version, operation, lock, delay, handler.
import { admit } from "./admission.ts";
import type { Answer } from "./answer.ts";
import type { Call } from "./call.ts";
import { settleDeletes } from "./delete-operations.ts";
import { dialectOf, supportedVersions } from "./dialect.ts";
import { armFailure, failure, modified, notFound, versionProblem } from "./errors.ts";
import type { Fault, Faults } from "./faults.ts";
import { faultAnswer } from "./faults.ts";
import type { Latency } from "./latency.ts";
import type { RequestCounts } from "./request-counts.ts";
import type { Target } from "./router.ts";
import { createRouter } from "./router.ts";
import type { Route } from "./routes.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store.ts";
import type { TokenBuckets } from "./token-buckets.ts";
import type { WriteLocks } from "./write-locks.ts";

export type RawRequest = {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly origin: string;
  readonly authorization: string | undefined;
  readonly ifMatch: string | undefined;
  readonly body: string;
  /** When it came in, of `performance.now()`: the latency counts from here. */
  readonly arrivedAt: number;
};

/** What happens on the socket. */
export type Delivery = { readonly how: "whole" | "half"; readonly answer: Answer } | { readonly how: "hang" | "close" };

export type PipelineParts = {
  readonly store: Store;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly counts: RequestCounts;
  readonly locks: WriteLocks;
  /** Undefined: no limits. They hold for the ARM door only. */
  readonly buckets: TokenBuckets | undefined;
  readonly now: () => number;
  /** Waits for the latency of the settings. */
  readonly delay: Latency;
  /** Hears every request before it is handled. */
  readonly announce: (request: { readonly method: string; readonly url: string; readonly kind: string }) => void;
};

type Prepared = {
  readonly call: Call;
  readonly route: Route;
  readonly ids: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
};

/** The function that answers requests, for the HTTP server and for nothing else. */
export function createRequestPipeline(parts: PipelineParts): (request: RawRequest) => Promise<Delivery> {
  const { store, settings, now } = parts;
  const route = createRouter();

  async function answer(request: RawRequest, target: Target): Promise<Answer> {
    const { arrivedAt } = request;
    const prepared = prepare(request, target);
    if ("status" in prepared) {
      await parts.delay(arrivedAt);
      return prepared;
    }
    const { call, ids, headers } = prepared;
    const [id = "", secondId = ""] = ids;
    const release = parts.locks.take(prepared.route.locks?.(call, id, secondId) ?? []);
    await parts.delay(arrivedAt);
    if (release === undefined) return withHeaders(modified(), headers);
    try {
      settleDeletes(store, now());
      return withHeaders(prepared.route.handler({ ...call, now: now() }, id, secondId), headers);
    } finally {
      release();
    }
  }

  function prepare(request: RawRequest, target: Target): Prepared | Answer {
    const admission = admit(request, target, { store, settings, buckets: parts.buckets, now: now() });
    if ("refused" in admission) return admission.refused;
    const { door, headers } = admission;
    const { pathname: path, searchParams: query } = new URL(request.url, request.origin);
    const version = query.get("api-version") ?? "";
    const refusal = refuseVersion(version, door, target.flatPath, settings) ?? refuseOperation(target);
    if (refusal !== undefined) return withHeaders(refusal, headers);
    const body = parseBody(request.body);
    if (target.route === undefined || "malformed" in body) {
      return withHeaders(failure(400, "ValidationError", "The request body is not valid JSON."), headers);
    }
    const { method, ifMatch, origin } = request;
    const dialect = dialectOf(version, target.flatPath);
    const call = {
      method,
      query,
      ifMatch,
      body: body.value,
      origin,
      path,
      base: target.base,
      version,
      dialect,
      store,
      settings,
    };
    return { call: { ...call, now: now() }, route: target.route, ids: target.ids, headers };
  }

  return async (request) => {
    const target = route(request.method, request.url.split("?")[0] ?? "");
    const finish = parts.counts.begin(target.label);
    let status: number | undefined;
    try {
      parts.announce({ method: request.method, url: request.url, kind: target.kind });
      const door = /^bearer/i.test(request.authorization ?? "") ? "arm" : "direct";
      const hit = parts.faults.take({ method: request.method, url: request.url, kind: target.kind, door });
      const needsAnswer = hit === undefined || hit.apply || hit.fault === "half-body";
      const real = needsAnswer ? await answer(request, target) : undefined;
      if (real === undefined) await parts.delay(request.arrivedAt);
      const delivery = deliver(hit?.fault, real);
      status = "answer" in delivery ? delivery.answer.status : undefined;
      return delivery;
    } finally {
      finish(status);
    }
  };
}

function deliver(fault: Fault | undefined, real: Answer | undefined): Delivery {
  if (fault === "hang" || fault === "close") return { how: fault };
  if (fault === "half-body" || fault === undefined) {
    const answer = real ?? notFound("Resource");
    return { how: fault === undefined ? "whole" : "half", answer };
  }
  return { how: "whole", answer: faultAnswer(fault) };
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function refuseVersion(
  version: string,
  door: "arm" | "direct",
  flatPath: boolean,
  settings: Settings,
): Answer | undefined {
  if (version === "" && door === "arm") {
    return armFailure(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  const least = settings.minApiVersion ?? "";
  const supported = supportedVersions(door, flatPath).filter((known) => known >= least);
  return supported.includes(version) ? undefined : versionProblem(supported);
}

function refuseOperation(target: Target): Answer | undefined {
  if (target.route !== undefined) return undefined;
  return target.known ? failure(405, "MethodNotAllowed", "The method is not allowed here.") : notFound("Resource");
}

function parseBody(text: string): { readonly value: unknown } | { readonly malformed: true } {
  if (text === "") return { value: undefined };
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return { malformed: true };
  }
}
