import { gzipSync } from "node:zlib";
import { ContainerClient } from "@azure/storage-blob";
import { afterEach, describe, expect, it } from "vitest";
import { getGzipLines, getGzipText } from "../../shared/storage/gzip-blob.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";

const { signal } = new AbortController();
const name = "contoso.json.gz";
let server: ScriptedServer | undefined;
afterEach(() => server?.close());

/** What a header such as `bytes=0-99` asks for; everything without one. */
function partOf(bytes: Buffer, range: unknown): Buffer {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(range)) ?? [];
  return to === undefined ? bytes : bytes.subarray(Number(from), Number(to) + 1);
}

/** A storage account with one blob, which has the next of these contents at each request, and in the end is gone. */
async function start(...contents: readonly Buffer[]) {
  server = await startScriptedServer(({ method, headers }, index) => (response) => {
    const bytes = contents[index];
    if (bytes === undefined) {
      response.writeHead(404).end();
      return;
    }
    const body = partOf(bytes, headers["x-ms-range"]);
    const ofBlob = { "content-length": body.length, etag: `"${index}"`, "x-ms-meta-began": "1" };
    response.writeHead(body === bytes ? 200 : 206, ofBlob).end(method === "HEAD" ? undefined : body);
  });
  const options = { retryOptions: { maxTries: 1 } };
  const container = new ContainerClient(`${server.address}/contosostate/plans`, undefined, options);
  return async () => container;
}

const longText = Array.from({ length: 1000 }, (_, index) => `line ${index}`).join("\n");
const short = gzipSync("short");
const long = gzipSync(longText);
const damaged = {
  code: "STORE_UNAVAILABLE",
  message: expect.stringMatching(/^Cannot read the blob "contoso\.json\.gz" of the container "plans": it is damaged/),
};

describe("getGzipText()", () => {
  it("gives a text whole, also when it is written over at that moment", async () => {
    const text = await getGzipText(await start(short, long, long), name, signal);

    expect(["short", longText]).toContain(text);
  });

  it("gives nothing where there is none", async () => {
    expect(await getGzipText(await start(), name, signal)).toBeUndefined();
  });

  it.each([
    ["cut off", long.subarray(0, 100)],
    ["of something else", Buffer.from("{}")],
    ["empty", Buffer.alloc(0)],
  ])("says that a blob is damaged which is %s", async (_, bytes) => {
    await expect(getGzipText(await start(bytes, bytes), name, signal)).rejects.toMatchObject(damaged);
  });
});

describe("getGzipLines()", () => {
  it("says that a blob is damaged which is cut off", async () => {
    const bytes = long.subarray(0, 100);
    const lines = getGzipLines(await start(bytes, bytes), { name, notBefore: 1 }, () => {}, signal);

    await expect(lines).rejects.toMatchObject(damaged);
  });

  it("passes on what its reader throws", async () => {
    const refuse = () => {
      throw new Error("not such a line");
    };
    const lines = getGzipLines(await start(long, long), { name, notBefore: 1 }, refuse, signal);

    await expect(lines).rejects.toThrow("not such a line");
  });
});
