import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEntryFiles } from "../../../dev/functions-host/find-entry-files.ts";
import { readHostJson } from "../../../dev/functions-host/host-json.ts";
import { loadApp } from "../../../dev/functions-host/load-app.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "functions-host-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
}

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe("findEntryFiles", () => {
  it.each([
    ["dist/functions/*.js", ["dist/functions/a.js", "dist/functions/b.js"]],
    ["./dist/index.js", ["dist/index.js"]],
    ["dist/**/*.js", ["dist/functions/a.js", "dist/functions/b.js", "dist/functions/deep/c.js", "dist/index.js"]],
    ["dist/{index,functions/*}.js", ["dist/functions/a.js", "dist/functions/b.js", "dist/index.js"]],
    ["none/*.js", []],
  ])("finds what %s names", async (pattern, expected) => {
    for (const file of ["functions/b.js", "functions/a.js", "functions/a.js.map", "functions/deep/c.js", "index.js"]) {
      await write(`dist/${file}`, "");
    }

    const found = await findEntryFiles(root, pattern);

    expect(found.map((file) => relative(root, file))).toEqual(expected);
  });
});

describe("loadApp", () => {
  it("says so when main matches no file, or no function was registered", async () => {
    await write("package.json", '{"main":"dist/*.js","type":"module"}');
    await expect(loadApp(root, log)).rejects.toThrow(/no file matches "dist\/\*\.js".*build it first/);

    await write("dist/a.js", "export {};");
    await expect(loadApp(root, log)).rejects.toThrow(/did not register a function/);
  });
});

describe("readHostJson", () => {
  it("reads time spans and settings", async () => {
    const queues = {
      maxPollingInterval: "00:00:02.5",
      visibilityTimeout: "1.02:03:04",
      batchSize: 8,
      messageEncoding: "none",
    };
    const extensions = { http: { routePrefix: "/v1/" }, queues };
    await write("host.json", JSON.stringify({ version: "2.0", functionTimeout: "00:10:00", extensions, logging: {} }));

    expect(await readHostJson(root)).toEqual({
      functionTimeout: 600_000,
      routePrefix: "v1",
      queues: {
        batchSize: 8,
        newBatchThreshold: 4,
        maxPollingInterval: 2_500,
        visibilityTimeout: 93_784_000,
        maxDequeueCount: 5,
        messageEncoding: "none",
      },
    });
  });

  it("has the defaults of the runtime", async () => {
    await write("host.json", '{"version":"2.0"}');

    expect(await readHostJson(root)).toEqual({
      functionTimeout: 1_800_000,
      routePrefix: "api",
      queues: {
        batchSize: 16,
        newBatchThreshold: 8,
        maxPollingInterval: 60_000,
        visibilityTimeout: 0,
        maxDequeueCount: 5,
        messageEncoding: "base64",
      },
    });
  });

  it.each([
    ["another version", { version: "1.0" }],
    ["a time span that is none", { version: "2.0", functionTimeout: "5 minutes" }],
    ["a batch beyond 32", { version: "2.0", extensions: { queues: { batchSize: 33 } } }],
    [
      "a polling interval below 100 ms",
      { version: "2.0", extensions: { queues: { maxPollingInterval: "00:00:00.05" } } },
    ],
  ])("refuses %s", async (_what, content) => {
    await write("host.json", JSON.stringify(content));

    await expect(readHostJson(root)).rejects.toThrow(/^Cannot read .*host\.json/);
  });

  it("knows a timeout without limit", async () => {
    await write("host.json", '{"version":"2.0","functionTimeout":"-1"}');

    expect((await readHostJson(root)).functionTimeout).toBeUndefined();
  });
});
