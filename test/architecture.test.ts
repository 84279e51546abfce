// The layout as a program: which room may import which, and what each may not do. A room is a folder of the layout or
// one of the files that stand directly in shared/.
import { describe, expect, it } from "vitest";
import { errorCodes } from "../shared/core/errors.ts";
import { findingCodes } from "../shared/core/finding.ts";
import { type Import, readSourceFile, readSourceFiles, readText, type SourceFile } from "./helpers/source-files.ts";

/** Room → the rooms that it may import. A permission that nobody uses is taken away, so the table stays the drawing. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  functions: ["shared/api", "shared/app.ts", "shared/flows", "shared/log"],
  cli: [
    "shared/api",
    "shared/apim",
    "shared/app.ts",
    "shared/config",
    "shared/core",
    "shared/flows",
    "shared/ports.ts",
  ],
  dev: [],
  scripts: [],
  "shared/app.ts": [
    "shared/apim",
    "shared/clock.ts",
    "shared/config",
    "shared/core",
    "shared/flows",
    "shared/log",
    "shared/people",
    "shared/ports.ts",
    "shared/release-memory.ts",
    "shared/run-ports.ts",
    "shared/runs",
    "shared/secrets",
    "shared/wiring",
  ],
  "shared/wiring": [
    "shared/apim",
    "shared/config",
    "shared/core",
    "shared/flows",
    "shared/http",
    "shared/notify",
    "shared/people",
    "shared/ports.ts",
    "shared/request-ports.ts",
    "shared/requests",
    "shared/run-ports.ts",
    "shared/runs",
    "shared/secrets",
    "shared/storage",
    "shared/webhook",
  ],
  "shared/api": [
    "shared/app.ts",
    "shared/core",
    "shared/flows",
    "shared/ports.ts",
    "shared/request-ports.ts",
    "shared/ui",
    "shared/webhook",
  ],
  "shared/flows": ["shared/core", "shared/ports.ts", "shared/request-ports.ts", "shared/run-ports.ts"],
  "shared/core": [],
  "shared/ports.ts": ["shared/core"],
  "shared/run-ports.ts": ["shared/core"],
  "shared/request-ports.ts": ["shared/core"],
  "shared/clock.ts": ["shared/core", "shared/ports.ts"],
  "shared/release-memory.ts": [],
  "shared/apim": ["shared/config", "shared/core", "shared/http", "shared/ports.ts"],
  "shared/config": ["shared/core", "shared/http", "shared/people", "shared/ports.ts"],
  "shared/http": ["shared/core", "shared/ports.ts"],
  "shared/log": ["shared/app.ts", "shared/ports.ts"],
  "shared/notify": ["shared/core", "shared/http", "shared/ports.ts", "shared/request-ports.ts", "shared/webhook"],
  "shared/people": ["shared/core", "shared/http", "shared/ports.ts", "shared/run-ports.ts"],
  "shared/requests": ["shared/core", "shared/ports.ts", "shared/request-ports.ts", "shared/storage"],
  "shared/runs": ["shared/core", "shared/ports.ts", "shared/run-ports.ts", "shared/storage"],
  "shared/secrets": ["shared/core", "shared/ports.ts"],
  "shared/storage": ["shared/core", "shared/http", "shared/request-ports.ts", "shared/run-ports.ts"],
  "shared/ui": ["shared/core", "shared/request-ports.ts"],
  "shared/webhook": ["shared/core"],
};

/** Room → the packages and built-in modules that it may import. A room that is not named here takes what it needs. */
const packages: Readonly<Record<string, readonly string[]>> = {
  functions: ["@azure/functions"],
  "shared/core": ["node:crypto", "temporal-polyfill"],
  "shared/flows": [],
  "shared/ports.ts": [],
  "shared/run-ports.ts": [],
  "shared/ui": ["hono/html", "node:crypto"],
  "shared/webhook": ["node:crypto"],
};

/** What may be loaded when the app starts; everything else waits for its first use. */
const loadedAtStart = ["@azure/functions", "temporal-polyfill"];

const impure = /\b(?:Date\.now\(|new Date\(|Math\.random\b|process\.|fetch\()/g;

/** How often each way past a check is used. A change of a number is a decision that a reviewer sees. */
const waysPast: Readonly<Record<string, number>> = {
  "biome-ignore": 0,
  "v8 ignore": 0,
  "@ts-ignore": 0,
  "@ts-nocheck": 0,
  "@ts-expect-error": 0,
};

/** Tests that set a timer of the system, and why they must. */
const realTimers: Readonly<Record<string, string>> = {
  "test/e2e/kill.test.ts": "a process dies so many milliseconds after its last write, wherever it then is",
  "test/wiring/notifier.test.ts": "takes the timers of the mail client away, and waits for none",
};

const files = readSourceFiles(["functions", "shared", "cli", "dev", "scripts"]);
const tests = readSourceFiles(["test", "bench"]);

describe("imports", () => {
  it("stay within what the layout permits", () => {
    const known = new Set(files.map((file) => roomOf(file.path)));

    expect([...known].filter((room) => rooms[room] === undefined)).toEqual([]);
    expect(files.flatMap(forbiddenRooms)).toEqual([]);
  });

  it("use every permission that the layout gives", () => {
    const present = new Set(files.map((file) => roomOf(file.path)));
    const used = new Set(files.flatMap((file) => roomsOf(file).map((room) => `${roomOf(file.path)} → ${room}`)));

    const stale = Object.entries(rooms)
      .filter(([room]) => present.has(room))
      .flatMap(([room, permitted]) => permitted.filter((to) => present.has(to)).map((to) => `${room} → ${to}`))
      .filter((permission) => !used.has(permission));
    expect(stale).toEqual([]);
  });

  it("take only the packages that the room is given", () => {
    expect(files.flatMap(forbiddenPackages)).toEqual([]);
  });

  it("load nothing heavy when the app starts", () => {
    const entries = files.filter((file) => file.path.startsWith("functions/"));

    expect(
      loadedWith(entries).filter((target) => !loadedAtStart.includes(target) && !target.startsWith("node:")),
    ).toEqual([]);
  });
});

describe("shared/core", () => {
  it("knows no time, no randomness and no world", () => {
    const found = files
      .filter((file) => file.path.startsWith("shared/core/"))
      .flatMap((file) => (file.code.match(impure) ?? []).map((what) => `${file.path}: ${what}`));

    expect(found).toEqual([]);
  });

  it("takes only createHash of node:crypto", () => {
    const taken = files
      .filter((file) => file.path.startsWith("shared/core/"))
      .flatMap((file) => file.imports.filter((one) => one.target === "node:crypto"))
      .flatMap((one) => one.values ?? ["import()"]);

    expect(taken.filter((name) => name !== "createHash")).toEqual([]);
  });
});

describe("functions", () => {
  const entries = files.filter((file) => file.path.startsWith("functions/"));

  it("only translate: at most 40 lines each", () => {
    expect(entries.filter((file) => file.lineCount > 40).map((file) => `${file.path}: ${file.lineCount}`)).toEqual([]);
  });

  it("take app and output of the library, and nothing of core but types", () => {
    const taken = entries.flatMap((file) =>
      file.imports.flatMap((one) => tooMuch(one).map((name) => `${file.path}: ${name}`)),
    );

    expect(taken).toEqual([]);
  });
});

describe("shared", () => {
  it("reads the environment in app.ts alone", () => {
    const readers = files.filter((file) => file.path.startsWith("shared/") && /\bprocess\s*\.\s*env\b/.test(file.code));

    expect(readers.map((file) => file.path).filter((path) => path !== "shared/app.ts")).toEqual([]);
  });
});

describe("docs/runbook.md", () => {
  const sections = new Map(
    readText("docs/runbook.md")
      .split(/^### /m)
      .slice(1)
      .map((section) => [/^`([A-Z_]+)`/.exec(section)?.[1] ?? section.split("\n")[0], section]),
  );

  it("has a section for each error code, and for no other", () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it("says what each finding of a plan means, and names no other", () => {
    const [, rest = ""] = readText("docs/runbook.md").split("\n## What a plan leaves alone\n");
    const rows = (rest.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
    const named = rows.flatMap((row) => row.split(" | ")[0]?.match(/[A-Za-z]{3,}/g) ?? []);

    expect(named.sort()).toEqual([...findingCodes].sort());
  });

  it("says in each what it means, what to look at and what to do", () => {
    const incomplete = [...sections].filter(
      ([, text]) => !["**Means**", "**Look at**", "**Do**"].every((part) => text.includes(part)),
    );

    expect(incomplete.map(([code]) => code)).toEqual([]);
  });
});

describe("tests", () => {
  it("set no timers, but for those that must", () => {
    const setting = tests.filter(
      ({ path, code }) => path.startsWith("test/") && /\bset(?:Timeout|Interval)\b/.test(code),
    );

    expect(setting.map(({ path }) => path)).toEqual(Object.keys(realTimers));
  });
});

describe("ways past a check", () => {
  it("are counted", () => {
    const comments = [...files, ...tests].flatMap((file) => file.comments);
    const counts = Object.keys(waysPast).map((way) => [
      way,
      comments.filter((comment) => comment.includes(way)).length,
    ]);

    expect(Object.fromEntries(counts)).toEqual(waysPast);
  });
});

describe("readSourceFile()", () => {
  it("sees every form of import", () => {
    const text = [
      'import type { Plan } from "../core/plan.ts";',
      'import { z, type ZodType } from "zod";',
      'import * as fs from "node:fs";',
      'import fetch from "node-fetch";',
      'import "../side.ts";',
      'export { apply } from "./apply.ts";',
      "// process.env.NOT_READ",
      'export const late = () => import("csv-parse");',
      "export const later = (name: string) => import(name);",
    ].join("\n");

    const file = readSourceFile("shared/flows/example.ts", text);

    expect(file.imports).toEqual([
      { kind: "file", target: "shared/core/plan.ts", values: [], atLoad: false },
      { kind: "module", target: "zod", values: ["z"], atLoad: true },
      { kind: "module", target: "node:fs", values: ["*"], atLoad: true },
      { kind: "module", target: "node-fetch", values: ["default"], atLoad: true },
      { kind: "file", target: "shared/side.ts", values: [], atLoad: true },
      { kind: "file", target: "shared/flows/apply.ts", values: ["*"], atLoad: true },
      { kind: "module", target: "csv-parse", values: undefined, atLoad: false },
      { kind: "module", target: "an address that is not written out", values: undefined, atLoad: false },
    ]);
    expect(file.code).not.toContain("process.env");
    expect(file.lineCount).toBe(9);
  });

  it("refuses a text that it does not understand", () => {
    expect(() => readSourceFile("shared/broken.ts", "export const = 1;")).toThrow("Cannot parse shared/broken.ts");
  });
});

function roomOf(path: string): string {
  const [top = "", next = ""] = path.split("/");
  return top === "shared" ? `${top}/${next}` : top;
}

function roomsOf(file: SourceFile): readonly string[] {
  return file.imports.filter((one) => one.kind === "file").map((one) => roomOf(one.target));
}

function forbiddenRooms(file: SourceFile): readonly string[] {
  const own = roomOf(file.path);
  return roomsOf(file)
    .filter((room) => room !== own && !rooms[own]?.includes(room))
    .map((room) => `${file.path} imports ${room}`);
}

function forbiddenPackages(file: SourceFile): readonly string[] {
  const permitted = packages[roomOf(file.path)];
  if (permitted === undefined) return [];
  const taken = file.imports.filter((one) => one.kind === "module").map((one) => one.target);
  return taken.filter((target) => !permitted.includes(target)).map((target) => `${file.path} imports ${target}`);
}

/** The packages that are loaded when these files are, through all the files that they load. */
function loadedWith(entries: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set(entries);
  const loaded = new Set<string>();
  for (const file of seen) {
    for (const one of file.imports.filter((each) => each.atLoad)) {
      const next = byPath.get(one.target);
      if (next !== undefined) seen.add(next);
      else loaded.add(one.target);
    }
  }
  return [...loaded].sort();
}

function tooMuch({ target, values }: Import): readonly string[] {
  if (target === "@azure/functions")
    return (values ?? ["import()"]).filter((name) => name !== "app" && name !== "output");
  return roomOf(target) === "shared/core" ? (values ?? ["import()"]) : [];
}
