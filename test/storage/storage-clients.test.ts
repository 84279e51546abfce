import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  createStorageClients,
  type StorageClients,
  type StorageOptions,
} from "../../shared/storage/storage-clients.ts";
import { testCertificate } from "../helpers/test-certificate.ts";

const { signal } = new AbortController();
const kinds: readonly (keyof StorageClients)[] = ["table", "container", "queue"];
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** A storage account that answers nothing until it is told to, and then says that everything is made. */
async function start(options: Partial<StorageOptions> = {}) {
  const { certFile, keyFile } = await testCertificate();
  const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
  const held: ServerResponse[] = [];
  let answers = false;
  let onHeld = () => {};
  const firstIsHeld = new Promise<void>((resolve) => (onHeld = resolve));
  server = createServer({ cert, key }, (_, response) => {
    if (answers) {
      response.writeHead(201).end();
      return;
    }
    held.push(response);
    onHeld();
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}/contosostate`;
  const credential = { getToken: async () => ({ token: "token", expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const endpoints = { blob: address, table: address, queue: address };
  return {
    clients: createStorageClients({ credential, endpoints, prefix: "contoso", tries: 1, ...options }),
    firstIsHeld,
    held: () => held.length,
    answer() {
      answers = true;
      for (const response of held) response.writeHead(201).end();
    },
  };
}

describe.each(kinds)("a %s that is opened", (kind) => {
  it("lets a caller go that stops, and is made once for the others", async () => {
    const { clients, firstIsHeld, held, answer } = await start();
    const stop = new AbortController();
    const first = clients[kind]("people", stop.signal);
    const other = clients[kind]("people", signal);
    await firstIsHeld;

    stop.abort();

    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    answer();
    const opened = await other;
    expect(await clients[kind]("people", signal)).toBe(opened);
    expect(held()).toBe(1);
  });

  it("fails when the storage account does not answer in time, and is made anew for the next", async () => {
    const late = new AbortController();
    const limits = [late.signal, signal];
    const { clients, firstIsHeld, answer } = await start({ openLimit: () => limits.shift() ?? signal });
    const both = [clients[kind]("people", signal), clients[kind]("people", signal)];
    await firstIsHeld;

    late.abort();

    for (const result of await Promise.allSettled(both)) {
      expect(result).toMatchObject({
        reason: { code: "STORE_UNAVAILABLE", message: expect.stringContaining("did not answer in time") },
      });
    }
    answer();
    expect(await clients[kind]("people", signal)).toBeDefined();
  });
});
