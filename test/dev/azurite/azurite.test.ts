import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAzurite } from "../../../dev/azurite/azurite.ts";
import { startIdentitySimulator } from "../../../dev/identity/identity-server.ts";
import { simulatedCredential } from "../../helpers/azurite.ts";
import { testCertificate } from "../../helpers/test-certificate.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-azurite-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function aCredential() {
  const identity = await startIdentitySimulator({ port: 0 });
  onTestFinished(() => identity.close());
  return simulatedCredential(identity);
}

describe("startAzurite", () => {
  it("keeps its data in the folder from one start to the next, and answers no longer once closed", async () => {
    const options = { certificate: await testCertificate(), folder: join(await temporaryFolder(), "data") };
    const credential = await aCredential();

    const first = await startAzurite(options);
    await new BlobServiceClient(first.blob, credential).createContainer("kept");
    await first.close();
    await expect(fetch(first.blob)).rejects.toThrow();

    const second = await startAzurite(options);
    onTestFinished(() => second.close());
    const names: string[] = [];
    for await (const { name } of new BlobServiceClient(second.blob, credential).listContainers()) names.push(name);
    expect(names).toStrictEqual(["kept"]);
  });

  it("gives three URLs over TLS with the account's name", async () => {
    const { blob, queue, table, accountName, close } = await startAzurite({ certificate: await testCertificate() });
    onTestFinished(close);
    expect(accountName).toBe("devstoreaccount1");
    expect(new Set([blob, queue, table]).size).toBe(3);
    for (const url of [blob, queue, table]) expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/devstoreaccount1$/);
  });

  it("says why it could not start", async () => {
    const file = join(await temporaryFolder(), "no-certificate.pem");
    await writeFile(file, "nonsense");
    await expect(startAzurite({ certificate: { certFile: file, keyFile: file } })).rejects.toThrow(
      /^Cannot start Azurite: it ended with code 1/,
    );
  });
});
