import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createPlain, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createCertificate } from "../../dev/certificate.ts";
import { probeAddress } from "../../shared/notify/probe-address.ts";
import { testCertificate } from "../helpers/test-certificate.ts";

const { signal } = new AbortController();
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that counts what it is told. */
async function listening(server: Server): Promise<{ readonly port: number; readonly told: () => number }> {
  let told = 0;
  servers.push(server);
  server.on("connection", (socket) => socket.on("error", () => undefined));
  server.on("secureConnection", (socket) => socket.on("data", (chunk: Buffer) => (told += chunk.length)));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, told: () => told };
}

describe("probeAddress()", () => {
  it("connects, with TLS where the address demands it, and says nothing", async () => {
    const { key, cert } = await testCertificate();
    const secure = await listening(createTls({ key, cert }));
    const plain = await listening(createPlain());

    await probeAddress(`https://127.0.0.1:${secure.port}/hook`, signal);
    await probeAddress(`https://localhost:${secure.port}/hook`, signal);
    await probeAddress(`http://127.0.0.1:${plain.port}/hook`, signal);

    expect(secure.told()).toBe(0);
  });

  it("fails for a certificate that is not trusted, and names it without the path", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rollcall-hook-"));
    const { key, cert } = await createCertificate(folder);
    await rm(folder, { recursive: true });
    const { port } = await listening(createTls({ key, cert }));

    await expect(probeAddress(`https://127.0.0.1:${port}/secret-path`, signal)).rejects.toMatchObject({
      code: "NETWORK",
      message: expect.stringMatching(/^(?!.*secret-path).*"DEPTH_ZERO_SELF_SIGNED_CERT"/),
    });
  });

  it("ends when it is stopped", async () => {
    const { port } = await listening(createPlain());
    const stop = new AbortController();
    const probing = probeAddress(`https://127.0.0.1:${port}`, stop.signal);
    stop.abort();

    await expect(probing).rejects.toMatchObject({ code: "ABORTED" });
  });
});
