// The folder that is deployed, in a place where no node_modules can be found: what it holds, and that it runs.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleApp } from "../../scripts/bundle-app.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const certificates = join(root, ".local/test-certificate");

let work = "";
let folder = "";
let metafile: Metafile;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "rollcall-bundle-"));
  folder = join(work, "app");
  metafile = await bundleApp({ root, folder });
});
afterAll(() => rm(work, { recursive: true, force: true }));

/** Standard output of a plain Node process in the folder above the bundle. */
async function node(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: work, timeout: 60_000 });
  return stdout;
}

/** Inputs that are loaded together with `main.js`, before anything is imported on first use. */
function loadedAtStart(): readonly string[] {
  const outputs = Object.entries(metafile.outputs);
  const files = new Set(outputs.map(([file]) => file).filter((file) => file.endsWith("/main.js")));
  for (const file of files) {
    for (const { path, kind, external } of metafile.outputs[file]?.imports ?? [])
      if (kind !== "dynamic-import" && external !== true) files.add(path);
  }
  return [...files].flatMap((file) => Object.keys(metafile.outputs[file]?.inputs ?? {}));
}

describe("bundleApp()", () => {
  it("writes a folder that can be deployed as it is", async () => {
    expect((await readdir(folder)).sort()).toEqual(["chunks", "host.json", "main.js", "package.json"]);
    expect(JSON.parse(await readFile(join(folder, "package.json"), "utf8"))).toMatchObject({
      type: "module",
      main: "main.js",
      engines: { node: expect.stringMatching(/^>=20/) },
    });
    expect(await readFile(join(folder, "host.json"), "utf8")).toBe(await readFile(join(root, "host.json"), "utf8"));
  });

  it("takes from outside only Node's own modules and what the worker provides", () => {
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external === true).map(({ path }) => path),
    );

    expect([...new Set(outside)].filter((path) => !isBuiltin(path))).toEqual(["@azure/functions-core"]);
  });

  it("holds every module once, so that there is one of each cache and token bucket", () => {
    const places = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([input, { bytesInOutput }]) => (bytesInOutput > 0 ? [input] : [])),
    );

    expect(places).toContain("shared/http/token-bucket.ts");
    expect(places.filter((input, index) => places.indexOf(input) !== index)).toEqual([]);
  });

  it("leaves everything but @azure/functions for its first use", () => {
    const packages = loadedAtStart().map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? "own");

    expect([...new Set(packages)].sort()).toEqual([
      "@azure/functions",
      "@azure/functions-extensions-base",
      "cookie",
      "own",
    ]);
  });

  it("leaves other files of the folder alone, and no chunk of an earlier bundle", async () => {
    const second = join(work, "again");
    const tiny = { root, folder: second, entry: 'export const late = () => import("csv-parse");' };
    await bundleApp(tiny);
    await writeFile(join(second, "rollcall.yaml"), "owner: contoso");
    await writeFile(join(second, "chunks/old-ABCDEFGH.js"), "");

    await bundleApp(tiny);

    expect(await readFile(join(second, "rollcall.yaml"), "utf8")).toBe("owner: contoso");
    expect(await readdir(join(second, "chunks"))).not.toContain("old-ABCDEFGH.js");
  });
});

describe("the bundle", () => {
  it("registers every function with the worker", async () => {
    const said = await node(join(root, "scripts/boot-check.mjs"), folder);

    // A function is named after its file.
    const names = (await readdir(join(root, "functions"))).map((name) => name.replace(/\.ts$/, ""));
    expect(said.match(/(?<=main\.js: )\S+/g)?.sort()).toEqual(names.sort());
  });

  it("can load each of its chunks", async () => {
    const chunks = (await readdir(join(folder, "chunks"))).map(
      (name) => pathToFileURL(join(folder, "chunks", name)).href,
    );
    const script = `for (const chunk of ${JSON.stringify(chunks)}) await import(chunk); console.log("loaded"); process.exit();`;

    expect(await node("--input-type=module", "--eval", script)).toBe("loaded\n");
    expect(chunks.length).toBeGreaterThan(10);
  });

  it("runs a sync in the local host", { timeout: 60_000 }, async () => {
    const said = await node(join(root, "test/helpers/sync-once.mjs"), folder, join(work, "stack"), certificates);

    expect(JSON.parse(said)).toMatchObject({
      run: { status: "finished", planned: { createUser: 3 }, outcomes: { failed: 0 }, failures: [] },
      users: 4,
    });
  });
});
