import { describe, expect, it } from "vitest";
import type { Expressions } from "../../shared/config/expressions.ts";
import { parseRules } from "../../shared/config/rules.ts";
import { createSource, sourceSchemas } from "../../shared/people/kinds.ts";
import { sourceDeps, sourceEntry } from "./source-kit.ts";

describe("sourceSchemas", () => {
  it("gives the settings of each kind, with what counts when they are left out", () => {
    const { csv, json } = sourceSchemas();

    expect(csv?.parse({ location: "hr.csv" })).toEqual({
      location: "hr.csv",
      encoding: "utf-8",
      quote: '"',
      authentication: { kind: "none" },
      headers: {},
    });
    expect(json?.parse({ url: "https://hr.example/people" })).toMatchObject({ items: "", paging: { kind: "none" } });
  });

  it.each([
    ["csv", {}],
    ["csv", { location: "hr.csv", delimiter: "x" }],
    ["csv", { location: "hr.csv", encoding: "ebcdic" }],
    ["csv", { location: "hr.csv", colour: "red" }],
    ["csv", { location: "hr.csv", headers: { authorization: "Bearer x" } }],
    ["csv", { location: "hr.csv", headers: { "x-a": "line\nbreak" } }],
    ["json", {}],
    ["json", { url: "https://hr.example", location: "hr.json" }],
    ["json", { url: "https://hr.example", paging: { kind: "cursor" } }],
    ["json", { url: "https://hr.example", body: { a: 1 } }],
    ["json", { url: "https://hr.example", worker: "/people/{employeeNumber}" }],
    ["json", { location: "hr.json", worker: "/people?number={employeeNumber}" }],
    ["scim", {}],
    ["scim", { url: "https://hr.example/scim", omit: ["birthDate"] }],
    ["scim", { url: "https://hr.example/scim", headers: { authorization: "Bearer x" } }],
    ["successfactors", { url: "https://hr.example" }],
    ["successfactors", { url: "https://hr.example", authentication: { kind: "none" }, count: 1_001 }],
    ["workday", { url: "https://hr.example/report" }],
    ["workday", { url: "https://hr.example/report", authentication: { kind: "none" }, prompts: { format: "xml" } }],
    ["bamboohr", { url: "https://contoso.bamboohr.com" }],
    ["bamboohr", { url: "https://contoso.bamboohr.com", secret: "bamboohr-key", read: "directory" }],
    ["hibob", { user: "SERVICE-1" }],
    ["personio", { clientId: "rollcall" }],
    ["personio", { clientId: "rollcall", secret: "personio-secret", version: "v3" }],
    ["graph", { count: 1_000 }],
    ["graph", { fullEveryHours: 169 }],
    ["json", { url: "https://hr.example", authentication: { kind: "basic", user: "a", secret: "not a name" } }],
  ])("refuses settings of %s that cannot be meant: %j", (kind, settings) => {
    expect(sourceSchemas()[kind]?.safeParse(settings).success).toBe(false);
  });
});

describe("rules with a kind that maps by itself", () => {
  const rules = (source: string) => `owner: contoso
targets:
  - { name: main, door: arm, resourceId: /subscriptions/1/resourceGroups/a/providers/Microsoft.ApiManagement/service/b }
sources:
  - { name: hr, ${source} }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
`;
  const deps = { expressions: sourceDeps().expressions as Expressions, sourceSchemas: sourceSchemas() };

  it("need no columns", () => {
    expect(parseRules(rules("kind: graph"), "rollcall.yaml", deps)).toMatchObject({ ok: true });
  });

  it("need the worker's key where the kind knows none", () => {
    const result = parseRules(rules("kind: json, url: https://hr.example"), "rollcall.yaml", deps);

    expect(result).toMatchObject({ ok: false, problems: [{ reason: expect.stringContaining("employeeNumber") }] });
  });
});

describe("createSource", () => {
  it("names the source as the rules do", () => {
    expect(createSource(sourceEntry({ name: "contractors" }), sourceDeps()).name).toBe("contractors");
  });

  it.each([
    ["a kind that is not there", { kind: "excel" }],
    ["a kind that only objects have", { kind: "constructor" }],
    ["settings that the kind refuses", { settings: {} }],
    ["a url without TLS", { kind: "json", settings: { url: "http://hr.example" } }],
    [
      "an address of one worker on another host",
      { kind: "json", settings: { url: "https://hr.example", worker: "https://other.example?n={employeeNumber}" } },
    ],
    ["a system without TLS", { kind: "scim", settings: { url: "http://hr.example/scim" } }],
    ["a system whose URL holds a password", { kind: "scim", settings: { url: "https://a:b@hr.example/scim" } }],
    [
      "a report without TLS",
      { kind: "workday", settings: { url: "http://hr.example/report", authentication: { kind: "none" } } },
    ],
    ["settings that a system's kind refuses", { kind: "scim", settings: { url: "https://hr.example", colour: "red" } }],
  ])("refuses %s with CONFIG_INVALID", (_, entry) => {
    expect(() => createSource(sourceEntry(entry), sourceDeps())).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
