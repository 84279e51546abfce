// What the start of the app loads, seen from inside a plain Node process: every ES module by a loader hook, every CommonJS
// module in the cache of `require`.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

const hook = `
import { writeSync } from "node:fs";
export async function load(url, context, next) { writeSync(1, url + "\\n"); return next(url, context); }
`;

/** Imports the modules one after the other; prints the address of each module that this loads. */
const script = `
import { createRequire, Module, register } from "node:module";
import { pathToFileURL } from "node:url";
register("data:text/javascript," + encodeURIComponent(${JSON.stringify(hook)}));
const core = { version: "4.0.0", setProgrammingModel() {}, registerHook: () => ({}), registerFunction: () => ({}) };
Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (target, self, args) => (args[0] === "@azure/functions-core" ? core : Reflect.apply(target, self, args)),
});
for (const module of JSON.parse(process.argv[1])) await import(module);
const { cache } = createRequire(process.cwd() + "/");
for (const file of Object.keys(cache)) console.log(pathToFileURL(file).href);
process.exit();
`;

/** Packages of which at least one module is loaded when these are imported. */
async function packagesOf(modules: readonly string[]): Promise<readonly string[]> {
  const args = ["--input-type=module", "--eval", script, JSON.stringify(modules)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 30_000 });
  const names = stdout.split("\n").map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

async function mainModules(): Promise<readonly string[]> {
  const files = (await readdir(join(root, "dist/functions"))).filter((name) => name.endsWith(".js"));
  return files.map((name) => pathToFileURL(join(root, "dist/functions", name)).href);
}

const heavy = [
  "@azure/data-tables",
  "@azure/identity",
  "@azure/keyvault-secrets",
  "@azure/storage-blob",
  "@azure/storage-queue",
  "@marcbachmann/cel-js",
  "csv-parse",
  "hono",
  "node-fetch",
  "re2js",
  "yaml",
  "zod",
];

describe("main", () => {
  it("loads no package but @azure/functions and what that needs itself", async () => {
    expect(await packagesOf(await mainModules())).toEqual([
      "@azure/functions",
      "@azure/functions-extensions-base",
      "cookie",
    ]);
  });
});

describe("packagesOf()", () => {
  it("sees each heavy package when it is loaded", async () => {
    expect(await packagesOf(heavy)).toEqual(expect.arrayContaining(heavy));
  });
});
