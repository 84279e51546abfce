import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeyVaultSimulator } from "../../dev/key-vault/key-vault-simulator.ts";
import { startKeyVaultSimulator } from "../../dev/key-vault/key-vault-simulator.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Secrets } from "../../shared/ports.ts";
import { createKeyVaultSecrets } from "../../shared/secrets/key-vault.ts";
import { devTokenFor } from "../dev/key-vault/dev-token-for.ts";
import { testCertificate } from "../helpers/test-certificate.ts";

const { signal } = new AbortController();
const start = 1_700_000_000_000;
const expired = createCredential(start - 3_600_000);
const credential = createCredential(start);
let tls: { readonly key: string; readonly cert: string };
const opened: KeyVaultSimulator[] = [];

beforeAll(async () => {
  tls = await testCertificate();
});
afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
});

function createCredential(issuedAt: number) {
  return {
    getToken: async () => ({
      token: await devTokenFor("https://vault.azure.net", issuedAt),
      expiresOnTimestamp: Date.now() + 3_600_000,
    }),
  };
}

async function setUp(
  secrets: Readonly<Record<string, string>>,
  options: Partial<Parameters<typeof createKeyVaultSecrets>[0]> = {},
) {
  const time = { now: start };
  const vault = await startKeyVaultSimulator({ port: 0, tls, secrets, now: () => time.now });
  opened.push(vault);
  const clock = { now: () => time.now, sleep: async () => undefined };
  const adapter = createKeyVaultSecrets({
    vaultUrl: vault.address,
    credential,
    disableChallengeResourceVerification: true,
    clock,
    ca: tls.cert,
    maxRetries: 0,
    ...options,
  });
  return { vault, adapter, time };
}

/** `fetch` does not trust the certificate of the test, so the control routes are called with the Node client. */
async function control(vault: KeyVaultSimulator, method: string, path: string, body?: unknown): Promise<string> {
  const { request } = await import("node:https");
  const { text } = await import("node:stream/consumers");
  return new Promise((resolve, reject) => {
    const outgoing = request(`${vault.address}${path}`, { method, ca: tls.cert }, (response) =>
      text(response).then(resolve, reject),
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function reads(vault: KeyVaultSimulator): Promise<number> {
  const { requests } = JSON.parse(await control(vault, "GET", "/_sim/requests"));
  return requests.filter((request: { status: number }) => request.status !== 401).length;
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe("createKeyVaultSecrets", () => {
  it("gives the text as it is, also with a line break at its end", async () => {
    const { adapter } = await setUp({ sas: "key==\n" });

    expect(await adapter.get("sas", { signal })).toBe("key==\n");
  });

  it("reads again only when the cache has run out", async () => {
    const { adapter, vault, time } = await setUp({ sas: "one" }, { cacheMs: 60_000 });
    await adapter.get("sas", { signal });
    vault.setSecret("sas", "two");

    time.now += 59_999;
    const within = await adapter.get("sas", { signal });
    time.now += 1;
    const after = await adapter.get("sas", { signal });

    expect([within, after]).toEqual(["one", "two"]);
    expect(await reads(vault)).toBe(2);
  });

  it("keeps a value ten minutes unless told otherwise", async () => {
    const { adapter, vault, time } = await setUp({ sas: "one" });
    await adapter.get("sas", { signal });
    time.now += 599_999;
    await adapter.get("sas", { signal });
    const within = await reads(vault);
    time.now += 1;
    await adapter.get("sas", { signal });

    expect([within, await reads(vault)]).toEqual([1, 2]);
  });

  it("reads past the cache when asked for a fresh value, and keeps that one", async () => {
    const { adapter, vault } = await setUp({ sas: "one" });
    await adapter.get("sas", { signal });
    vault.setSecret("sas", "two");

    const values = [
      await adapter.get("sas", { signal }),
      await adapter.get("sas", { fresh: true, signal }),
      await adapter.get("sas", { signal }),
    ];

    expect(values).toEqual(["one", "two", "two"]);
  });

  it("has one read under way for a name, whoever asks", async () => {
    const { adapter, vault } = await setUp({ sas: "one", other: "two" });

    const values = await Promise.all([
      adapter.get("sas", { signal }),
      adapter.get("sas", { signal }),
      adapter.get("sas", { fresh: true, signal }),
      adapter.get("other", { signal }),
    ]);

    expect(values).toEqual(["one", "one", "one", "two"]);
    expect(await reads(vault)).toBe(2);
  });

  it("does not keep a failure", async () => {
    const { adapter, vault } = await setUp({});
    await failureOf(adapter.get("sas", { signal }));
    vault.setSecret("sas", "late");

    expect(await adapter.get("sas", { signal })).toBe("late");
  });

  it("gives up for the caller whose signal fires, and not for the others", async () => {
    const { adapter } = await setUp({ sas: "one" });
    const abort = new AbortController();

    const first = adapter.get("sas", { signal: abort.signal });
    const second = adapter.get("sas", { signal });
    abort.abort();

    expect((await failureOf(first)).code).toBe("ABORTED");
    expect(await second).toBe("one");
    expect((await failureOf(adapter.get("sas", { signal: abort.signal }))).code).toBe("ABORTED");
  });

  it("refuses an empty value as SECRET_MALFORMED", async () => {
    const { adapter } = await setUp({ sas: "" });

    const error = await failureOf(adapter.get("sas", { signal }));

    expect(error.code).toBe("SECRET_MALFORMED");
    expect(error.message).toContain('"sas"');
  });

  it.each([
    ["a secret that is not there", undefined, /^Cannot read secret "sas" from https:.*: the vault has no such secret/],
    [
      "a missing role",
      { status: 403, code: "Forbidden", innerCode: "ForbiddenByRbac" },
      /\(ForbiddenByRbac\).*"Key Vault Secrets User"/,
    ],
    ["a firewall", { status: 403, code: "Forbidden", innerCode: "ForbiddenByFirewall" }, /network rules/],
    ["a vault that is down", { status: 503, code: "ServiceUnavailable" }, /answered 503 \(ServiceUnavailable\)/],
  ])("says SECRET_UNAVAILABLE and what to do for %s", async (_what, fault, sentence) => {
    const { adapter, vault } = await setUp({});
    if (fault !== undefined) await control(vault, "POST", "/_sim/faults", { ...fault, times: 1 });

    const error = await failureOf(adapter.get("sas", { signal }));

    expect(error.code).toBe("SECRET_UNAVAILABLE");
    expect(error.retryable).toBe(true);
    expect(error.message).toMatch(sentence);
    expect(error.cause).toBeUndefined();
  });

  it.each([
    ["hangs", { status: "hang" }],
    ["asks for a pause that is too long", { status: 429, retryAfter: 3_600 }],
  ])("waits no longer than a door can for a vault that %s", async (_what, fault) => {
    const { adapter, vault } = await setUp({ sas: "one" }, { readMs: 300, maxRetries: 3 });
    await control(vault, "POST", "/_sim/faults", fault);

    const error = await failureOf(adapter.get("sas", { signal }));
    await control(vault, "DELETE", "/_sim/faults");

    expect(error).toMatchObject({ code: "SECRET_UNAVAILABLE", retryable: true });
    expect(error.message).toContain("did not answer in time");
    expect(await adapter.get("sas", { signal })).toBe("one");
  });

  it("says that the newest version is disabled", async () => {
    const { adapter, vault } = await setUp({ sas: "one" });
    vault.setSecret("sas", "two", { enabled: false });

    expect((await failureOf(adapter.get("sas", { signal }))).message).toContain("disabled");
  });

  it("says that the vault did not accept the token", async () => {
    const { adapter } = await setUp({ sas: "one" }, { credential: expired });

    expect((await failureOf(adapter.get("sas", { signal }))).message).toContain("did not accept the token");
  });

  it("says that no token could be had", async () => {
    const failing = {
      getToken: async () =>
        Promise.reject(Object.assign(new Error("no identity"), { name: "CredentialUnavailableError" })),
    };
    const { adapter } = await setUp({ sas: "one" }, { credential: failing });

    const error = await failureOf(adapter.get("sas", { signal }));

    expect(error).toMatchObject({
      code: "SECRET_UNAVAILABLE",
      message: expect.stringContaining("CredentialUnavailableError"),
    });
  });

  it("says that the vault could not be reached", async () => {
    const { adapter, vault } = await setUp({ sas: "one" });
    await vault.close();

    expect((await failureOf(adapter.get("sas", { signal }))).message).toMatch(/could not be reached \(ECONNREFUSED\)/);
  });

  it("has nothing of a value in an error, also when the vault answers with half a document", async () => {
    const { createServer } = await import("node:https");
    const server = createServer({ ...tls }, (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"value":"top-secret-value", "id":');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const clock = { now: () => 0, sleep: async () => undefined };
    const adapter: Secrets = createKeyVaultSecrets({
      vaultUrl: `https://127.0.0.1:${port}`,
      credential,
      clock,
      ca: tls.cert,
      maxRetries: 0,
    });

    const error = await failureOf(adapter.get("sas", { signal }));
    server.close();

    expect(error.code).toBe("SECRET_UNAVAILABLE");
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain("top-secret-value");
  });
});
