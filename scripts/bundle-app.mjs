// @ts-check
// Makes the folder that is deployed: the app and every package that it uses in one entry file and in chunks that load on
// first use, so that a cold start reads a few files instead of thousands. Nothing of it is looked for in node_modules.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** @typedef {import("esbuild").Metafile} Metafile */

const entryFile = "main.js";
const chunkFolder = "chunks";

// A dependency in CommonJS asks `require` for built-in modules, which an ES module does not have. The worker answers the
// name @azure/functions-core in the same place.
const banner =
  'import{createRequire as createRequireOfChunk}from"node:module";const require=createRequireOfChunk(import.meta.url);';

/**
 * The entry point of the app: one import for each file in functions/.
 * @param {string} root
 */
export function appEntry(root) {
  const files = readdirSync(join(root, "functions")).filter((name) => name.endsWith(".ts"));
  if (files.length === 0) throw new Error(`Cannot bundle the app in ${root}: functions/ has no file, expected one`);
  return files
    .sort()
    .map((name) => `import "./functions/${name}";\n`)
    .join("");
}

/**
 * Writes a deployable folder: package.json, host.json, main.js, chunks/. Other files in the folder are left alone.
 * @param {{ readonly root: string, readonly folder: string, readonly entry?: string }} options `root` is the project,
 * `entry` the text of the entry point, by default the app's
 * @returns {Promise<Metafile>} what went where; paths are relative to the project
 */
export async function bundleApp({ root, folder, entry = appEntry(root) }) {
  rmSync(join(folder, entryFile), { force: true });
  rmSync(join(folder, chunkFolder), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: entry, resolveDir: root, sourcefile: entryFile },
    outdir: folder,
    entryNames: "main",
    chunkNames: `${chunkFolder}/[name]-[hash]`,
    bundle: true,
    // What several chunks share is a chunk of its own, so a cache or a token bucket exists once.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["@azure/functions-core"],
    // Names stay: an error's stack tells the function.
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: banner },
    metafile: true,
    logLevel: "warning",
  });
  mkdirSync(folder, { recursive: true });
  const { name, version, license, engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const manifest = { name, version, private: true, license, type: "module", main: entryFile, engines };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(root, "host.json"), join(folder, "host.json"));
  return metafile;
}
