import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AnonymousCredential } from "@azure/storage-blob";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PeopleRead } from "../../shared/core/person.ts";
import type { Transport } from "../../shared/http/transport.ts";
import { type Timer, withTimeout } from "../../shared/http/with-timeout.ts";
import { createHttpOpen } from "../../shared/people/http-stream.ts";
import { createSource } from "../../shared/people/kinds.ts";
import { parseBlobAddress } from "../../shared/people/location.ts";
import { createOpenBlob } from "../../shared/people/open-blob.ts";
import type { SourceDeps } from "../../shared/people/source-deps.ts";
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from "../http/scripted-server.ts";
import { sourceDeps, sourceEntry, workersOf } from "./source-kit.ts";

const text = "ID,Name,Dept\n1,Ann,Sales\n2,Bob,IT\n";

function read(location: string, deps: Partial<SourceDeps> = {}, settings: object = {}): Promise<PeopleRead> {
  const entry = sourceEntry({ settings: { location, ...settings } });
  return createSource(entry, sourceDeps(deps)).read(new AbortController().signal);
}

let folder: string;
let server: ScriptedServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function serve(script: (request: SeenRequest, index: number) => Reply): Promise<ScriptedServer> {
  server = await startScriptedServer(script);
  return server;
}

describe("a source in a local file", () => {
  it("is read whole, by path and by URL, with size and time", async () => {
    const path = join(folder, "hr 1.csv");
    await writeFile(path, text);

    for (const location of [path, pathToFileURL(path).href]) {
      const { completeness, evidence } = await read(location);
      expect(completeness).toBe("complete");
      expect(evidence).toMatchObject({
        bytes: text.length,
        expectedBytes: text.length,
        modifiedAt: expect.any(Number),
      });
    }
  });

  it.each([
    ["missing.csv", "ENOENT"],
    [".", "it is no file"],
  ])("throws SOURCE_UNAVAILABLE for %s and says why", async (name, reason) => {
    await expect(read(join(folder, name))).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    "ftp://host/hr.csv",
    "http://host.example/hr.csv",
    "https://user:hunter2@host.example/hr.csv",
    "blob://people/hr.csv",
    "blob://Account/people/hr.csv",
    "blob://account/people/%E0%A4%A",
  ])("throws CONFIG_INVALID for %s", async (location) => {
    const error = await read(location).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("a source on the web", () => {
  const once = (transport: Transport) => transport;
  const httpOpen = createHttpOpen({ wrap: once, idleMs: 60_000 });

  it("is read whole, with size, tag and time", async () => {
    const headers = {
      etag: '"1"',
      "last-modified": "Thu, 14 May 2026 11:00:00 GMT",
      "content-length": String(text.length),
    };
    const { address, requests } = await serve(() => ({ status: 200, headers, body: text }));
    const { completeness, evidence } = await read(`${address}/hr.csv`, { httpOpen });

    expect(completeness).toBe("complete");
    expect(evidence).toMatchObject({ expectedBytes: text.length, etag: '"1"', modifiedAt: Date.UTC(2026, 4, 14, 11) });
    expect(requests[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("is incomplete when the connection breaks off, and keeps what came", async () => {
    const { address } = await serve(() => (response) => {
      response.writeHead(200, { "content-length": String(text.length + 10) });
      response.write(text, () => setImmediate(() => response.destroy()));
    });
    const result = await read(address, { httpOpen });

    expect(result.completeness).toBe("incomplete");
    expect(workersOf(result)).toEqual(["1", "2"]);
    expect(result.evidence.incompleteBecause.join()).toContain(`expected ${text.length + 10}`);
  });

  it.each([302, 403, 500])("throws SOURCE_UNAVAILABLE for %i and follows nothing", async (status) => {
    const { address, requests } = await serve(() => ({ status, headers: { location: "/elsewhere" }, body: "no" }));

    await expect(read(address, { httpOpen })).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(requests).toHaveLength(1);
  });

  it("throws SOURCE_UNAVAILABLE when nobody answers, without the query", async () => {
    const { address, close } = await serve(() => ({ status: 200 }));
    await close();
    const error = await read(`${address}/hr.csv?key=hidden`, { httpOpen }).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "SOURCE_UNAVAILABLE", message: expect.stringContaining("/hr.csv") });
    expect(String(error)).not.toContain("hidden");
  });

  it("is incomplete when it stands still, and keeps what came", async () => {
    const { address } = await serve(() => (response) => {
      response.writeHead(200);
      response.write(text);
    });
    // The wait for the first piece goes by; the second one ends the reading.
    const waits: number[] = [];
    const timer: Timer = (ms, fire) => {
      if (waits.push(ms) > 1) setImmediate(fire);
      return () => undefined;
    };
    const result = await read(address, { httpOpen: createHttpOpen({ wrap: once, idleMs: 7_000, timer }) });

    expect(workersOf(result)).toEqual(["1", "2"]);
    expect(result.completeness).toBe("incomplete");
    expect(result.evidence.incompleteBecause.join()).toContain(`broke off with "TIMEOUT" after ${text.length} bytes`);
    expect(waits).toEqual([7_000, 7_000]);
  });

  it("throws SOURCE_UNAVAILABLE when it does not answer in time, or sends nothing", async () => {
    const { address } = await serve(
      ({ url }) =>
        (response) =>
          void (url === "/silent" && response.flushHeaders()),
    );
    const atOnce: Timer = (_, fire) => {
      setImmediate(fire);
      return () => undefined;
    };
    const limited = createHttpOpen({
      wrap: (transport) => withTimeout(transport, { timeoutMs: 5_000, timer: atOnce }),
      idleMs: 60_000,
    });
    const idle = createHttpOpen({ wrap: once, idleMs: 7_000, timer: atOnce });

    await expect(read(`${address}/late`, { httpOpen: limited })).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    await expect(read(`${address}/silent`, { httpOpen: idle })).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("TIMEOUT"),
    });
  });

  it("is asked for with a secret from the vault", async () => {
    const { address, requests } = await serve(() => ({ status: 200, body: text }));
    const authentication = { kind: "secretHeader", header: "x-key", secret: "hr-key" };
    await read(address, { httpOpen, secrets: { get: async () => "the key" } }, { authentication });

    expect(requests[0]?.headers["x-key"]).toBe("the key");
  });
});

describe("a source in a blob", () => {
  const headers = {
    etag: '"0x1"',
    "last-modified": "Thu, 14 May 2026 11:00:00 GMT",
    "content-length": String(text.length),
  };

  function openBlob(address: string) {
    return createOpenBlob(new AnonymousCredential(), (account) => `${address}/${account}`);
  }

  it("is read whole, pinned to the tag of its opening", async () => {
    const { address, requests } = await serve(({ method }) => ({
      status: 200,
      headers,
      ...(method === "HEAD" ? {} : { body: text }),
    }));
    const result = await read("blob://account/people/hr/new%20file.csv", { openBlob: openBlob(address) });

    expect(result.completeness).toBe("complete");
    expect(result.evidence).toMatchObject({
      etag: '"0x1"',
      expectedBytes: text.length,
      modifiedAt: Date.UTC(2026, 4, 14, 11),
    });
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "HEAD /account/people/hr/new%20file.csv",
      "GET /account/people/hr/new%20file.csv",
    ]);
    expect(requests[1]?.headers["if-match"]).toBe('"0x1"');
  });

  it.each([
    ["replaced in between", "GET", 412],
    ["not there", "HEAD", 404],
  ])("throws SOURCE_UNAVAILABLE when it is %s", async (_, failing, status) => {
    const { address } = await serve(({ method }) => (method === failing ? { status } : { status: 200, headers }));

    await expect(read("blob://account/people/hr.csv", { openBlob: openBlob(address) })).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining(String(status)),
    });
  });
});

describe("parseBlobAddress", () => {
  it("takes the rest of the path as the name", () => {
    expect(parseBlobAddress("blob://account/$web/a/b%23c.csv")).toEqual({
      account: "account",
      container: "$web",
      name: "a/b#c.csv",
    });
  });
});
