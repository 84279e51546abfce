import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCertificate } from "../../dev/certificate.ts";

const day = 24 * 60 * 60 * 1000;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-certificate-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "made", "on", "demand");
}

describe("createCertificate", () => {
  it.each(["localhost", "127.0.0.1"])("serves %s over TLS to a client that trusts the caFile", async (host) => {
    const { key, cert, caFile } = await createCertificate(await temporaryFolder());
    const server = createServer({ key, cert }, (_, response) => response.end("hello"));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const ca = await readFile(caFile, "utf8");
    const { port } = server.address() as AddressInfo;
    const status = await new Promise((resolve, reject) => {
      request({ host, port, ca, agent: false, family: 4 }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(200);
  });

  it("gives the same certificate again while it is valid for seven days more", async () => {
    const folder = await temporaryFolder();
    const first = await createCertificate(folder);
    const validTo = Date.parse(new X509Certificate(first.cert).validTo);
    expect((await createCertificate(folder, { now: validTo - 7 * day })).cert).toBe(first.cert);
    const renewed = await createCertificate(folder, { now: validTo - 7 * day + 1000 });
    expect(renewed.cert).not.toBe(first.cert);
    expect(await readFile(renewed.certFile, "utf8")).toBe(renewed.cert);
  });

  it.each(["certFile", "keyFile"] as const)("makes a new pair when the %s is spoilt", async (file) => {
    const folder = await temporaryFolder();
    const other = await createCertificate(await temporaryFolder());
    for (const spoilt of ["", "no PEM", file === "keyFile" ? other.key : other.cert]) {
      const first = await createCertificate(folder);
      await writeFile(first[file], spoilt);
      const second = await createCertificate(folder);
      expect(second.cert).not.toBe(first.cert);
    }
  });

  it("keeps the key from other users", async () => {
    const { keyFile } = await createCertificate(await temporaryFolder());
    expect((await stat(keyFile)).mode & 0o077).toBe(0);
  });
});
