// @ts-check
// Writes what scripts/config-docs.mjs makes of the built app's schemas; with --check it writes nothing and fails when a
// file is not what it would write.
// Run: npm run -s build && node scripts/write-config-docs.mjs [--check]
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { configDocs, sameText } from "./config-docs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @param {string} path */
function load(path) {
  return import(pathToFileURL(join(root, "dist/shared", path)).href);
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}

const [{ settingsSchema }, { createRulesSchema }, { defaultLimits }, { createExpressions }, { sourceSchemas }] =
  await Promise.all([
    load("config/settings-schema.js"),
    load("config/rules-schema.js"),
    load("config/limits-schema.js"),
    load("config/expressions.js"),
    load("people/kinds.js"),
  ]);
const files = configDocs({
  settings: settingsSchema,
  rules: createRulesSchema({ expressions: await createExpressions(), sourceSchemas: sourceSchemas() }),
  limits: defaultLimits,
  page: textOf("docs/configuration.md") ?? "",
});
const stale = Object.entries(files).filter(([path, text]) => !sameText(path, textOf(path), text));
if (process.argv.includes("--check")) {
  for (const [path] of stale) process.stderr.write(`${path} is stale; run: node scripts/write-config-docs.mjs\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  const json = stale.map(([path]) => path).filter((path) => path.endsWith(".json"));
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  if (json.length > 0) execFileSync(process.execPath, [biome, "format", "--write", ...json], { cwd: root });
  process.stdout.write(`${stale.length} of ${Object.keys(files).length} files written\n`);
}
