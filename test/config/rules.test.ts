import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parseRules, rulesError } from "../../shared/config/rules.ts";
import type { RulesDeps } from "../../shared/config/rules-schema.ts";
import { parseChanged, problemLines, rulesDeps, validText } from "./rules-fixture.ts";

let deps: RulesDeps;
beforeAll(async () => {
  deps = await rulesDeps();
});

const secondTarget = `  - name: main
    door: arm
    resourceId: /subscriptions/s/resourceGroups/r/providers/Microsoft.ApiManagement/service/x
sources:`;

const groups = (...lines: readonly string[]) => `${validText}groups:\n${lines.join("\n")}\n`;

describe("parseRules()", () => {
  it("gives the rules with every default", () => {
    const result = parseRules(validText, "rollcall.yaml", deps);

    expect(result).toEqual({
      ok: true,
      at: expect.any(Function),
      rules: {
        owner: "contoso",
        targets: [
          {
            name: "main",
            everyMinutes: 15,
            maxConcurrency: 16,
            door: "direct",
            baseUrl: "https://contoso.management.azure-api.net",
            apiVersion: "2021-08-01",
            sas: { identifier: "integration", primaryKeySecret: "apim-sas" },
            groups: [],
            limits: {},
            protect: [],
          },
        ],
        sources: [
          {
            name: "hr",
            kind: "csv",
            numberSpace: "employee",
            columns: { employeeNumber: "WorkerID" },
            map: {},
            expect: { maxShrinkPercent: 20 },
            settings: { location: "hr.csv" },
          },
        ],
        people: {
          defaultTimeZone: "Europe/Stockholm",
          emailDomains: [],
          employments: "conflict",
          missingFamilyName: "-",
        },
        groups: [],
        lifecycle: {
          provision: "create",
          adopt: "email",
          adoptIdentities: ["Aad", "AadB2C"],
          prehireDays: 0,
          leaver: { subscriptions: "suspend" },
          removedGroups: "keep",
        },
        protect: [],
        limits: {},
      },
    });
  });

  it("accepts the sample file", () => {
    const text = readFileSync(new URL("../../rollcall.sample.yaml", import.meta.url), "utf8");

    const result = parseRules(text, "rollcall.sample.yaml", deps);

    expect(problemLines(result)).toEqual([]);
    expect(result.ok).toBe(true);
  });

  it("gives an arm target its endpoint and version", () => {
    const result = parseChanged(deps, [["sources:", secondTarget.replace("name: main", "name: other")]]);

    expect(result.ok && result.rules.targets[1]).toMatchObject({
      door: "arm",
      endpoint: "https://management.azure.com",
      apiVersion: "2024-05-01",
    });
  });

  it("lists mistakes of every sort at once, in the order of their lines", () => {
    const result = parseChanged(deps, [
      ["    baseUrl", "    baseUrll: x\n    baseUrl"],
      ["employeeNumber: WorkerID", "employeeNumber: WorkerID, email: Mail }\n    map: { email: row.Mail"],
      ["Europe/Stockholm", "Europe/Stockhom\n  scope: person.departmnt == 'x'"],
    ]);

    expect(problemLines(result)).toEqual([
      '5:5 targets[0].baseUrll: there is no such key; did you mean "baseUrl"?',
      "13:19 sources[0].map.email: the field stands in columns as well, expected it in one of them",
      '15:20 people.defaultTimeZone: expected a time zone of the IANA list, such as "Europe/Stockholm"',
      '16:10 people.scope: a person has no field "departmnt"; did you mean "department"? (at character 8)',
    ]);
  });

  it.each([
    [
      "owner: contoso",
      "ownr: contoso",
      "1:1 owner: is missing, expected a text",
      '1:1 ownr: there is no such key; did you mean "owner"?',
    ],
    ["owner: contoso", "owner: [contoso]", "1:8 owner: expected a text, found a list"],
    ["owner: contoso", "owner:", "1:7 owner: expected a text, found nothing"],
    ["owner: contoso", "owner: a b", "1:8 owner: expected letters, digits, dots, hyphens and underscores, at most 64"],
    ["owner: contoso", "owner: contoso\napprovals: []", "2:12 approvals: expected keys and values, found a list"],
    ["owner: contoso", "owner: contoso\nowner: contoso", "2:1 : Map keys must be unique"],
    ["name: main", "name: Main", "3:11 targets[0].name: expected lower-case letters, digits and hyphens, at most 63"],
    ["name: main", "name: main\n    everyMinutes: 4", "4:19 targets[0].everyMinutes: expected at least 5"],
    [
      "name: main",
      "name: main\n    apiVersion: '2021'",
      '4:17 targets[0].apiVersion: expected "YYYY-MM-DD" or "YYYY-MM-DD-preview", in quotes',
    ],
    ["name: main", "name: main\n    sources: [hr, payroll]", "4:19 targets[0].sources[1]: no source has this name"],
    [
      "name: main",
      "name: main\n    delegation: { portalUrl: 'https://portal.contoso.com', validationKeySecrets: [a, b, c] }",
      "4:17 targets[0].delegation: needs people.tenantId, the tenant that people sign in with",
      "4:17 targets[0].delegation: needs entraObjectId, which none of the target's sources maps",
      "4:82 targets[0].delegation.validationKeySecrets: expected at most 2 entries",
    ],
    [
      "people:",
      "people:\n  precedence: { default: [hr, entra] }",
      "13:31 people.precedence.default[1]: no source has this name",
    ],
    [
      "people:",
      "people:\n  precedence: { default: [hr], email: [entra] }",
      "13:40 people.precedence.email[0]: the source is not in default",
    ],
    [
      "people:",
      "people:\n  precedence: { email: [hr] }",
      "13:15 people.precedence: default is missing, it names every source that is merged",
    ],
    [
      "columns: { employeeNumber: WorkerID }",
      "columns: { employeeNumber: WorkerID }\n    webhook: { form: standard, secrets: [] }",
      "12:41 sources[0].webhook.secrets: expected at least 1 entry",
    ],
    ["name: main", "name: main\n    pageSize: 0", "4:15 targets[0].pageSize: expected at least 1"],
    ["name: main", "name: main\n    maxConcurrency: 51", "4:21 targets[0].maxConcurrency: expected at most 50"],
    ["sources:", secondTarget, "7:11 targets[1].name: another target has this name already"],
    ["door: direct", "door: dirct", '4:5 targets[0].door: expected one of "direct", "arm"; did you mean "direct"?'],
    [
      "https://contoso",
      "http://contoso",
      "5:14 targets[0].baseUrl: expected a URL that begins with https:// (http:// only to this machine)",
    ],
    [
      "https://contoso",
      "https://u:s3cret@contoso",
      "5:14 targets[0].baseUrl: expected a URL without query, fragment, user name and password",
    ],
    ["    sas: { primaryKeySecret: apim-sas }\n", "", "3:5 targets[0].sas: is missing, expected keys and values"],
    [
      "primaryKeySecret: apim-sas",
      "primaryKeySecret: s3cret/==",
      "6:30 targets[0].sas.primaryKeySecret: expected the name of a secret in Key Vault (letters, digits, hyphens), never the secret itself",
    ],
    [
      "primaryKeySecret",
      "primarySecret",
      "6:10 targets[0].sas.primaryKeySecret: is missing, expected a text",
      '6:12 targets[0].sas.primarySecret: there is no such key; did you mean "primaryKeySecret"?',
    ],
    ["kind: csv", "kind: cvs", '9:5 sources[0].kind: expected one of "csv", "http"; did you mean "csv"?'],
    [
      "location: hr.csv",
      "locaton: hr.csv",
      "8:5 sources[0].location: is missing, expected a text",
      '10:5 sources[0].locaton: there is no such key; did you mean "location"?',
    ],
    [
      "kind: csv\n    location: hr.csv",
      "kind: http\n    url: u\n    page: p\n    cursor: c",
      "8:5 sources[0]: expected page or cursor, not both",
    ],
    [
      "employeeNumber: WorkerID",
      "email: Mail",
      "8:5 sources[0]: employeeNumber is mapped neither in columns nor in map, it is the worker's key",
    ],
    [
      "employeeNumber: WorkerID",
      "employeeNumber: WorkerID, emial: Mail",
      '11:42 sources[0].columns.emial: there is no such key; did you mean "email"?',
    ],
    [
      "location: hr.csv",
      "location: hr.csv\n    map: { title: 'row.a +' }",
      "11:19 sources[0].map.title: Unexpected token: EOF (at character 8)",
    ],
    [
      "location: hr.csv",
      "location: hr.csv\n    status: { column: S, active: [On], ended: [Off, on] }",
      "11:53 sources[0].status.ended[1]: the word stands in these lists already",
    ],
    [
      "location: hr.csv",
      "location: hr.csv\n    status: { column: S, active: [] }",
      "11:34 sources[0].status.active: expected at least 1 entry",
    ],
    [
      "location: hr.csv",
      "location: hr.csv\n    expect: { maxShrinkPercent: 101 }",
      "11:33 sources[0].expect.maxShrinkPercent: expected at most 100",
    ],
    [
      "Europe/Stockholm",
      "+02:00",
      '13:20 people.defaultTimeZone: expected a time zone of the IANA list, such as "Europe/Stockholm"',
    ],
    [
      "Europe/Stockholm",
      "UTC\n  emailDomains: ['@contoso.com']",
      '14:18 people.emailDomains[0]: expected a domain without "@" and "*", such as "contoso.com"',
    ],
    ["Europe/Stockholm", "UTC\n  scope: true", "14:10 people.scope: expected a text, found true or false"],
    [
      "Europe/Stockholm",
      "UTC\n  scope: person.title",
      "14:10 people.scope: the rule gives a string, it must give a bool",
    ],
    [
      "Europe/Stockholm",
      "UTC\n  scope: today.matches('(')",
      '14:10 people.scope: the pattern "(" is not one that RE2 takes (at character 15)',
    ],
    [
      "Europe/Stockholm",
      "UTC\n  employments: activewins",
      '14:16 people.employments: expected one of "conflict", "activeWins"; did you mean "activeWins"?',
    ],
    [
      "Europe/Stockholm",
      "UTC\nprotect: ['*']",
      "14:11 protect[0]: expected a pattern that leaves somebody: this one protects everybody",
    ],
    [
      "Europe/Stockholm",
      "UTC\nprotect: ['a b']",
      "14:11 protect[0]: expected a user id or an address, in which * stands for anything",
    ],
    [
      "Europe/Stockholm",
      "UTC\nlifecycle: { leaver: { subscriptions: { transfer: boss } } }",
      "14:39 lifecycle.leaver.subscriptions: expected keep, suspend, { transfer: manager } or { transfer: { user: ID } }",
    ],
    [
      "Europe/Stockholm",
      "UTC\nlifecycle: { prehireDays: 1.5 }",
      "14:27 lifecycle.prehireDays: expected a whole number, found a number",
    ],
  ])("refuses %j written as %j", (from, to, ...problems) => {
    expect(problemLines(parseChanged(deps, [[from, to]]))).toEqual(problems);
  });

  it.each([
    "blockUser",
    "deleteUser",
    "removeMember",
    "removeProductLink",
    "suspendSubscription",
    "transferSubscription",
    "deleteGroup",
    "outOfScope",
  ])("lets no file raise the percentage of %s above 50", (kind) => {
    const raised = parseRules(`${validText}limits: { ${kind}: { percent: 51, count: 1 } }`, "rollcall.yaml", deps);
    const ofTarget = parseChanged(deps, [["name: main", `name: main\n    limits: { ${kind}: { percent: 51 } }`]]);
    const allowed = parseRules(`${validText}limits: { ${kind}: { percent: 50, count: 1 } }`, "rollcall.yaml", deps);

    expect(problemLines(raised)).toEqual([expect.stringContaining(`limits.${kind}.percent: expected at most 50`)]);
    expect(problemLines(ofTarget)).toEqual([
      expect.stringContaining(`targets[0].limits.${kind}.percent: expected at most 50`),
    ]);
    expect(allowed.ok).toBe(true);
  });

  it.each([
    ["limits: { blockUser: {} }", "14:22 limits.blockUser: expected count, percent or both"],
    [
      "limits: { blockUsers: { count: 1 } }",
      '14:11 limits.blockUsers: there is no such key; did you mean "blockUser"?',
    ],
    ["limits: { blockUser: { count: 1, perGroup: true } }", "14:34 limits.blockUser.perGroup: there is no such key"],
    ["limits: { createUser: { count: -1 } }", "14:32 limits.createUser.count: expected at least 0"],
    [
      "limits: { createUser: { count: 1, ignoreBelow: 101 } }",
      "14:48 limits.createUser.ignoreBelow: expected at most 100",
    ],
  ])("refuses %s", (line, problem) => {
    expect(problemLines(parseRules(validText + line, "rollcall.yaml", deps))).toEqual([problem]);
  });

  it.each(["administrators", "Developers", "guests"])("refuses the built-in group %s", (id) => {
    const result = parseRules(groups(`  - { id: ${id}, displayName: X, members: 'true' }`), "rollcall.yaml", deps);

    expect(problemLines(result)).toEqual([
      "15:11 groups[0].id: expected a group of your own: administrators, developers and guests are built in and nobody can change them",
    ]);
  });

  it("refuses two groups with one id, also where one is of a target and where only capitals differ", () => {
    const group = "{ id: pay, displayName: X, members: 'true' }";
    const text = groups(`  - ${group}`, `  - ${group.replace("pay", "PAY")}`);
    const ofTarget = text.replace("name: main", `name: main\n    groups: [${group}]`);

    expect(problemLines(parseRules(text, "rollcall.yaml", deps))).toEqual([
      "16:11 groups[1].id: another group has this id already",
    ]);
    expect(problemLines(parseRules(ofTarget, "rollcall.yaml", deps))).toEqual([
      "4:20 targets[0].groups[0].id: another group has this id already",
      "17:11 groups[1].id: another group has this id already",
    ]);
  });

  it("refuses two sources with one name", () => {
    const result = parseChanged(deps, [
      ["people:", "  - { name: hr, kind: csv, location: a, columns: { employeeNumber: N } }\npeople:"],
    ]);

    expect(problemLines(result)).toEqual(["12:13 sources[1].name: another source has this name already"]);
  });

  it.each([
    ["", "1:1 : expected keys and values, found nothing"],
    ["a: [", "1:5 : Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ["a: *b", "1:1 : an alias (*name) has no anchor (&name), or aliases are used too often"],
    ["a: !secret b", "1:4 : Unresolved tag: !secret"],
    ["---\na: 1\n---\nb: 2", "3:1 : Source contains multiple documents; please use YAML.parseAllDocuments()"],
    [`${"- ".repeat(20_000)}a`, "1:1 : the file is nested too deeply"],
    [`${"[".repeat(20_000)}a`, "1:1 : the file is nested too deeply"],
    [`a: ${"{ a: ".repeat(101)}1${" }".repeat(101)}`, "1:1 : the file is nested too deeply"],
    ["#".repeat(1_000_001), "1:1 : the file has more than 1000000 characters"],
  ])("refuses the text %#", (text, problem) => {
    expect(problemLines(parseRules(text, "rollcall.yaml", deps))).toEqual([problem]);
  });

  it("refuses aliases that multiply", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
    );

    const result = parseRules(["a0: &a0 [x]", ...levels].join("\n"), "rollcall.yaml", deps);

    expect(problemLines(result)).toEqual([
      "1:1 : an alias (*name) has no anchor (&name), or aliases are used too often",
    ]);
  });

  it("finds the line of a mistake behind an alias", () => {
    const text = validText.replace("location: hr.csv", "location: hr.csv\n    expect: &e { minRows: -1 }");
    const twice = text.replace(
      "people:",
      "  - { name: b, kind: csv, location: a, columns: { employeeNumber: N }, expect: *e }\npeople:",
    );

    expect(problemLines(parseRules(twice, "rollcall.yaml", deps))).toEqual([
      "11:27 sources[0].expect.minRows: expected at least 0",
      "11:27 sources[1].expect.minRows: expected at least 0",
    ]);
  });

  it("answers any text with rules or problems that have a place in it", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(...validText.split(/(\W)/), "&a", "*a", "!!set", "\t", "__proto__:"),
    );
    const mutated = fc
      .tuple(fc.nat(validText.length), fc.nat(20), piece)
      .map(([at, length, insert]) => validText.slice(0, at) + insert + validText.slice(at + length));
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
      mutated,
      fc.json(),
    );

    fc.assert(
      fc.property(text, (yaml) => {
        const result = parseRules(yaml, "rollcall.yaml", deps);
        if (result.ok) return;
        expect(result.problems.length).toBeGreaterThan(0);
        const lines = yaml.split(/\n/).length;
        for (const { line, column } of result.problems) {
          expect(line >= 1 && line <= lines && column >= 1).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("rulesError()", () => {
  it("lists every problem with its place", () => {
    const result = parseChanged(deps, [["owner: contoso", "ownr: contoso"]]);

    const error = result.ok ? undefined : rulesError(result.problems);

    expect([error?.code, error?.message]).toEqual([
      "CONFIG_INVALID",
      'Cannot use the rules: 2 problems found\nrollcall.yaml:1:1: owner: is missing, expected a text\nrollcall.yaml:1:1: ownr: there is no such key; did you mean "owner"?',
    ]);
  });
});
