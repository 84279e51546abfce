// @ts-check
// Boots an app, the built one of this project or the one in a folder, the way the Functions worker does: imports every
// file that `main` in package.json matches in plain Node, with the worker's side of @azure/functions (the module
// @azure/functions-core) answered by a recorder.
// Prints the functions that were registered. Fails, with the file's name, when an import throws, when a file registers
// nothing, when two functions share a name, and when importing left something running.
// Run: npm run boot, or node scripts/boot-check.mjs bundle
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Module } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** @typedef {{ name: string, bindings: Record<string, { type?: string, direction?: string, route?: string }> }} Metadata */

const root = resolve(process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url)));
/** @type {{ main: string }} */
const { main } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** @type {Map<string, string>} */
const fileByFunction = new Map();
let file = "";

const recorder = {
  version: "4.0.0",
  hostVersion: "4.0.0",
  log() {},
  setProgrammingModel() {},
  registerHook: () => ({ dispose() {} }),
  /** @param {Metadata} metadata */
  registerFunction(metadata) {
    const other = fileByFunction.get(metadata.name);
    if (other !== undefined) throw new Error(`the function "${metadata.name}" is registered by ${other} already`);
    fileByFunction.set(metadata.name, file);
    const trigger = Object.values(metadata.bindings).find((binding) => binding.type?.endsWith("Trigger"));
    console.log(`${file}: ${metadata.name} (${trigger?.type}${trigger?.route ? ` ${trigger.route}` : ""})`);
    return { dispose() {} };
  },
};

const require = Module.prototype.require;
/**
 * @this {Module}
 * @param {string} id
 */
Module.prototype.require = function requireWithCore(id) {
  return id === "@azure/functions-core" ? recorder : Reflect.apply(require, this, [id]);
};

/** @param {string} problem */
function fail(problem) {
  console.error(`Cannot boot ${file}: ${problem}`);
  process.exitCode = 1;
}

/** @param {string} pattern a folder, and a file name in which `*` stands for anything */
function matches(pattern) {
  const folder = join(root, dirname(pattern));
  const [before = "", after = ""] = basename(pattern).split("*");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.startsWith(before) && name.endsWith(after)).sort();
}

const started = performance.now();
for (const name of matches(main)) {
  file = `${dirname(main)}/${name}`;
  const known = fileByFunction.size;
  try {
    await import(pathToFileURL(join(root, file)).href);
    if (fileByFunction.size === known) fail("it registers no function, and every match of main is an entry point");
  } catch (error) {
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
const tookMs = Math.round(performance.now() - started);

file = main;
const running = process
  .getActiveResourcesInfo()
  .filter((kind) => /^(Timeout|Immediate|TCP|Pipe.*Server|Process)/.test(kind));
if (running.length > 0) fail(`importing left something running: ${running.join(", ")}`);
if (fileByFunction.size === 0) fail("no function is registered");
else console.log(`${fileByFunction.size} functions registered in ${tookMs} ms`);
process.exit();
