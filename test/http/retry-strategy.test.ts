import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { type AttemptResult, httpRetryStrategy, isRepeatable } from "../../shared/http/retry-strategy.ts";
import type { HttpMethod, HttpRequest } from "../../shared/http/transport.ts";

function request(method: HttpMethod, headers: Record<string, string> = {}): HttpRequest {
  return { method, url: "http://127.0.0.1/", headers };
}

function answered(status: number, headers: Record<string, string> = {}): AttemptResult {
  return { kind: "response", response: { status, headers: new Map(Object.entries(headers)), body: "" } };
}

function decide(method: HttpMethod, result: AttemptResult) {
  return httpRetryStrategy({ request: request(method), attempt: 1, now: 0, random: 0.5, result });
}

describe("isRepeatable", () => {
  it.each([
    ["GET", {}, true],
    ["PUT", {}, true],
    ["DELETE", {}, true],
    ["POST", {}, false],
    ["PATCH", {}, false],
    ["PATCH", { "if-match": "*" }, false],
    ["PATCH", { "if-match": '"AAA="' }, true],
  ] as const)("%s with %o is %s", (method, headers, expected) => {
    expect(isRepeatable(request(method, headers))).toBe(expected);
  });
});

describe("a POST that only reads", () => {
  it("is repeated like a GET", () => {
    expect(isRepeatable({ ...request("POST"), repeatable: true })).toBe(true);
  });
});

describe("httpRetryStrategy", () => {
  it.each([500, 502, 503, 504, 408, 429])("waits with jitter after a %i to a GET", (status) => {
    expect(decide("GET", answered(status))).toEqual({ kind: "wait", ms: 250, asked: false });
  });

  it.each([200, 302, 400, 401, 403, 404, 405, 409, 412, 422, 501])("gives up after a %i", (status) => {
    expect(decide("GET", answered(status))).toEqual({ kind: "giveUp" });
  });

  it("waits as long as the service asks for", () => {
    expect(decide("POST", answered(429, { "retry-after": "7" }))).toEqual({ kind: "wait", ms: 7000, asked: true });
  });

  it("gives up when the service asks for more than five minutes", () => {
    expect(decide("GET", answered(429, { "retry-after": "301" }))).toEqual({ kind: "giveUp" });
  });

  it.each(["NETWORK", "TIMEOUT"] as const)("repeats a GET but no POST after %s", (code) => {
    const result: AttemptResult = { kind: "error", error: new AppError(code, "broken") };

    expect(decide("GET", result)).toEqual({ kind: "wait", ms: 250, asked: false });
    expect(decide("POST", result)).toEqual({ kind: "giveUp" });
  });

  it("does not repeat a POST after a 503", () => {
    expect(decide("POST", answered(503))).toEqual({ kind: "giveUp" });
  });

  it.each([
    ["a stop", new AppError("ABORTED", "stopped")],
    ["a refused sign-in", new AppError("APIM_UNAUTHORIZED", "refused")],
    ["an answer over the size limit", new AppError("NETWORK", "large", { context: { tooLarge: true } })],
    ["a defect", new TypeError("defect")],
  ])("gives up after %s", (_, error) => {
    expect(decide("GET", { kind: "error", error })).toEqual({ kind: "giveUp" });
  });
});
