import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import type { HttpRequest } from "../../shared/http/transport.ts";
import { testCertificate } from "../helpers/test-certificate.ts";
import { type Reply, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const { signal } = new AbortController();
let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function serving(reply: Reply): Promise<HttpRequest> {
  server = await startScriptedServer(() => reply);
  return { method: "GET", url: `${server.address}/users`, headers: { accept: "application/json" } };
}

describe("createNodeFetchTransport", () => {
  it("sends method, headers and body and gives status, headers and the whole text", async () => {
    const request = await serving({ status: 201, headers: { ETag: '"A="' }, body: { name: "Åsa" } });

    const response = await createNodeFetchTransport()({ ...request, method: "PUT", body: '{"a":"å"}' }, signal);

    expect(response.status).toBe(201);
    expect(response.headers.get("etag")).toBe('"A="');
    expect(response.body).toBe('{"name":"Åsa"}');
    expect(server?.requests).toMatchObject([{ method: "PUT", url: "/users", body: '{"a":"å"}' }]);
  });

  it("uses one connection for requests that follow each other", async () => {
    const ports = new Set<number | undefined>();
    const request = await serving((response) => {
      ports.add(response.req.socket.remotePort);
      response.end("{}");
    });
    const send = createNodeFetchTransport();

    for (let sent = 0; sent < 3; sent += 1) await send(request, signal);

    expect(ports.size).toBe(1);
  });

  it("gives a redirect as it is", async () => {
    const request = await serving({ status: 302, headers: { location: "http://127.0.0.2/elsewhere" } });

    const response = await createNodeFetchTransport()(request, signal);

    expect(response.status).toBe(302);
    expect(server?.requests).toHaveLength(1);
  });

  it("decompresses", async () => {
    const request = await serving((response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed"));
    });

    expect((await createNodeFetchTransport()(request, signal)).body).toBe("packed");
  });

  it("calls a connection that is closed without an answer NETWORK", async () => {
    const request = await serving((response) => response.destroy());

    await expect(createNodeFetchTransport()(request, signal)).rejects.toMatchObject({
      code: "NETWORK",
      context: { reason: "ECONNRESET" },
    });
  });

  it("calls an address where nobody listens NETWORK, without path and query", async () => {
    const request = await serving({ status: 200 });
    await server?.close();
    const url = `${request.url}?code=hidden`;

    const sent = createNodeFetchTransport()({ ...request, url }, signal);

    await expect(sent).rejects.toMatchObject({ code: "NETWORK", context: { reason: "ECONNREFUSED" } });
    await expect(sent).rejects.toThrow(/^((?!hidden|users).)*$/);
  });

  it.each([
    ["content-length larger than what is sent", { "content-length": "100" }],
    ["chunks without the last one", { "transfer-encoding": "chunked" }],
  ])("calls half a body truncated: %s", async (_, headers) => {
    const request = await serving((response) => {
      response.writeHead(200, headers).write('{"value":[');
      setImmediate(() => response.destroy());
    });

    await expect(createNodeFetchTransport()(request, signal)).rejects.toMatchObject({
      code: "NETWORK",
      context: { truncated: true },
    });
  });

  it("refuses a body over the limit", async () => {
    const request = await serving({ status: 200, body: "x".repeat(2000) });

    await expect(createNodeFetchTransport({ maxBodyBytes: 1000 })(request, signal)).rejects.toMatchObject({
      code: "NETWORK",
      context: { tooLarge: true },
    });
  });

  it.each(["before the answer", "within the body"])("stops %s when the caller stops", async (when) => {
    const caller = new AbortController();
    const request = await serving((response) => {
      if (when === "within the body") response.writeHead(200).write("{");
      setImmediate(() => caller.abort());
    });

    await expect(createNodeFetchTransport()(request, caller.signal)).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("sends nothing for a signal that has fired", async () => {
    const request = await serving({ status: 200 });

    await expect(createNodeFetchTransport()(request, AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
    expect(server?.requests).toHaveLength(0);
  });

  it("speaks TLS and trusts the authorities that Node was told to trust", async () => {
    const { key, cert } = await testCertificate();
    const secure = createServer({ key, cert }, (_, response) => response.end("sealed"));
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const { port } = secure.address() as AddressInfo;
    const request: HttpRequest = { method: "GET", url: `https://127.0.0.1:${port}/`, headers: {} };

    const response = await createNodeFetchTransport()(request, signal);

    expect(response.body).toBe("sealed");
    secure.closeAllConnections();
    secure.close();
  });
});
