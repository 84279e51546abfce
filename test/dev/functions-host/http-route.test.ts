import { describe, expect, it } from "vitest";
import { matchRoute, parseRoute } from "../../../dev/functions-host/http-route.ts";

function route(template: string, methods = ["GET"], prefix = "api") {
  return parseRoute({ functionName: template, template, prefix, methods });
}

describe("matchRoute", () => {
  it.each([
    ["runs", "/api/runs/", {}],
    ["runs", "/API/Runs", {}],
    ["runs/{id}", "/api/runs/a%20b", { id: "a b" }],
    ["runs/{id?}", "/api/runs", {}],
    ["runs/{id:int}", "/api/runs/-12", { id: "-12" }],
    ["ui/{*rest}", "/api/ui/a/b%2Fc", { rest: "a/b%2Fc" }],
    ["ui/{*rest}", "/api/ui", { rest: "" }],
    ["runs/{id}", "/api/runs/%zz", { id: "%zz" }],
  ])("matches %s with %s", (template, path, params) => {
    expect(matchRoute([route(template)], "get", path)).toEqual({ functionName: template, params });
  });

  it.each([
    ["runs", "/api/runs/1"],
    ["runs/{id}", "/api/runs"],
    ["runs/{id:int}", "/api/runs/x"],
    ["runs", "/runs"],
  ])("does not match %s with %s", (template, path) => {
    expect(matchRoute([route(template)], "GET", path)).toBeUndefined();
  });

  it("prefers the most literal route, whatever the order", () => {
    const routes = [route("{*rest}"), route("runs/{id}"), route("runs/{id:int}"), route("runs/latest")];
    const names = (path: string) => matchRoute(routes, "GET", path)?.functionName;

    expect([names("/api/runs/latest"), names("/api/runs/7"), names("/api/runs/x"), names("/api/else")]).toEqual([
      "runs/latest",
      "runs/{id:int}",
      "runs/{id}",
      "{*rest}",
    ]);
  });

  it("chooses by method among functions of one route, and knows a host without a prefix", () => {
    const routes = [route("runs", ["GET"], ""), { ...route("runs", ["POST"], ""), functionName: "start" }];

    expect(matchRoute(routes, "POST", "/runs")?.functionName).toBe("start");
    expect(matchRoute(routes, "PUT", "/runs")).toBeUndefined();
  });
});

describe("parseRoute", () => {
  it.each(["runs/{id}.json", "runs/{id:regex(x)}", "runs/{id=1}"])(
    "refuses %s, which it does not imitate",
    (template) => {
      expect(() => route(template)).toThrow(/^Cannot read route/);
    },
  );
});
