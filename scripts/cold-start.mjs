// @ts-check
// Measures cold starts, each in a Node process of its own, the variants in turn. Medians, and their ratios in this run:
//   start       `main` of the deployed bundle against an equally bundled app of one empty function, at most 1.5
//   first sync  `main` and all that the timer and the queue load on first use, bundled against node_modules, at most 0.45
// Run: npm run cold-start [-- --rounds 21] [-- --json]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bundleApp } from "./bundle-app.mjs";

/** @typedef {import("./bundle-app.mjs").Metafile} Metafile */
/** @typedef {{ readonly main: number, readonly all: number, readonly mainCpu: number, readonly allCpu: number }} Times
 * milliseconds to import main, and main and the rest: by the clock, and of processor time, which other programs on the
 * machine disturb less */
/** @typedef {{ readonly main: readonly string[], readonly rest: readonly string[] }} Variant what is imported, in this order */

const root = fileURLToPath(new URL("..", import.meta.url));
const goals = { start: 1.5, firstSync: 0.45 };
const { values } = parseArgs({
  options: { rounds: { type: "string", default: "21" }, json: { type: "boolean", default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1)
  throw new Error(`Cannot measure "${values.rounds}" rounds: expected a whole number from 1 on`);

const emptyApp = `import { app } from "@azure/functions";
app.http("empty", { handler: async () => ({ body: "" }) });
`;

// Like the worker, the child answers the name @azure/functions-core. It gives the times as one line of JSON.
const child = `
import { Module } from "node:module";
const core = {
  version: "4.0.0", hostVersion: "4.0.0", log() {}, setProgrammingModel() {},
  registerHook: () => ({ dispose() {} }), registerFunction: () => ({ dispose() {} }),
};
Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (target, self, args) => (args[0] === "@azure/functions-core" ? core : Reflect.apply(target, self, args)),
});
const { main, rest } = JSON.parse(process.argv[1]);
const clock = performance.now();
const processor = process.cpuUsage();
function passed() {
  const { user, system } = process.cpuUsage(processor);
  return [performance.now() - clock, (user + system) / 1000];
}
for (const module of main) await import(module);
const [mainTook, mainCpu] = passed();
for (const module of rest) await import(module);
const [all, allCpu] = passed();
console.log(JSON.stringify({ main: mainTook, all, mainCpu, allCpu }));
process.exit();
`;

/** The modules that the timer and the queue import on first use, as the importing file names them.
 * @param {Metafile} metafile @returns {readonly { readonly path: string, readonly specifier: string }[]} */
function lazyModules({ inputs }) {
  const files = new Set(["functions/sync-timer.ts", "functions/sync-queue.ts"]);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const file of files) {
    for (const { path, kind, original } of inputs[file]?.imports ?? []) {
      if (kind === "dynamic-import") found.set(path, original ?? path);
      // What a package loads lazily itself is not needed for a sync.
      if (!path.startsWith("node_modules/") && inputs[path] !== undefined) files.add(path);
    }
  }
  return [...found].map(([path, specifier]) => ({ path, specifier }));
}

/** @param {string} folder @param {Metafile} metafile @returns {Variant} */
function bundled(folder, metafile) {
  const outputOf = new Map(Object.entries(metafile.outputs).map(([file, { entryPoint }]) => [entryPoint, file]));
  const rest = lazyModules(metafile).map(({ path }) => {
    const file = outputOf.get(path);
    if (file === undefined) throw new Error(`Cannot measure "${path}": the bundle has no chunk for it, expected one`);
    return pathToFileURL(join(root, file)).href;
  });
  return { main: [pathToFileURL(join(folder, "main.js")).href], rest };
}

/** Compiles the app as `npm run build` does, beside node_modules, so that a build meanwhile cannot disturb.
 * @param {string} folder @param {Metafile} metafile @returns {Variant} */
function unbundled(folder, metafile) {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const args = ["-p", "tsconfig.build.json", "--noCheck", "--outDir", folder];
  execFileSync(process.execPath, [compiler, ...args], { cwd: root, stdio: "inherit" });
  const built = (/** @type {string} */ path) => pathToFileURL(join(folder, path.replace(/\.ts$/, ".js"))).href;
  const functions = readdirSync(join(root, "functions")).filter((name) => name.endsWith(".ts"));
  const rest = lazyModules(metafile).map(({ path, specifier }) =>
    specifier.startsWith(".") ? built(path) : specifier,
  );
  return { main: functions.map((name) => built(`functions/${name}`)), rest };
}

/** @param {Variant} variant @returns {Times} */
function measure(variant) {
  const args = ["--input-type=module", "--eval", child, JSON.stringify(variant)];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }));
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [upper = Number.NaN, lower = Number.NaN] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/** @param {Readonly<Record<string, Variant>>} variants */
function measureInTurn(variants) {
  const names = Object.keys(variants);
  /** @type {Map<string, Times[]>} */
  const taken = new Map(names.map((name) => [name, []]));
  // The first round fills the file cache and is not counted. Each round begins with another variant, because what ran
  // just before leaves its mark.
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of [...names.slice(round % names.length), ...names.slice(0, round % names.length)]) {
      const times = measure(variants[name] ?? { main: [], rest: [] });
      if (round > 0) taken.get(name)?.push(times);
    }
  }
  return (/** @type {string} */ name, /** @type {keyof Times} */ what) =>
    median((taken.get(name) ?? []).map((times) => times[what]));
}

/** @param {number} number */
function rounded(number) {
  return Math.round(number * 100) / 100;
}

/** @param {string} what @param {ReturnType<typeof measureInTurn>} took
 * @param {{ ours: string, theirs: string, clock: keyof Times, processor: keyof Times, goal: number }} options */
function row(what, took, { ours, theirs, clock, processor, goal }) {
  const ratio = took(ours, clock) / took(theirs, clock);
  return {
    what,
    bundleMs: rounded(took(ours, clock)),
    againstMs: rounded(took(theirs, clock)),
    ratio: rounded(ratio),
    goal,
    reached: ratio <= goal,
    cpuRatio: rounded(took(ours, processor) / took(theirs, processor)),
  };
}

const folder = mkdtempSync(join(tmpdir(), "rollcall-cold-start-"));
mkdirSync(join(root, ".local"), { recursive: true });
const compiledFolder = mkdtempSync(join(root, ".local/cold-start-"));
try {
  const [bundleFolder, emptyFolder] = [join(folder, "bundle"), join(folder, "empty")];
  const metafile = await bundleApp({ root, folder: bundleFolder });
  const emptyMetafile = await bundleApp({ root, folder: emptyFolder, entry: emptyApp });
  const took = measureInTurn({
    empty: bundled(emptyFolder, { ...emptyMetafile, inputs: {} }),
    bundle: bundled(bundleFolder, metafile),
    modules: unbundled(compiledFolder, metafile),
  });
  const rows = [
    row("start", took, { ours: "bundle", theirs: "empty", clock: "main", processor: "mainCpu", goal: goals.start }),
    row("first sync", took, {
      ours: "bundle",
      theirs: "modules",
      clock: "all",
      processor: "allCpu",
      goal: goals.firstSync,
    }),
  ];
  if (values.json) console.log(JSON.stringify({ node: process.version, rounds, rows }));
  else console.table(Object.fromEntries(rows.map(({ what, ...row }) => [what, row])));
} finally {
  for (const made of [folder, compiledFolder]) rmSync(made, { recursive: true, force: true });
}
