import { SecretClient } from "@azure/keyvault-secrets";
import { afterEach, describe, expect, it } from "vitest";
import type { KeyVaultSimulator } from "../../../dev/key-vault/key-vault-simulator.ts";
import { startKeyVaultSimulator } from "../../../dev/key-vault/key-vault-simulator.ts";
import { testCertificate } from "../../helpers/test-certificate.ts";
import { devTokenFor } from "./dev-token-for.ts";

const now = Date.UTC(2026, 0, 15, 12);
const seconds = now / 1000;
const vaultToken = await devTokenFor("https://vault.azure.net", now);
const opened: KeyVaultSimulator[] = [];

async function startPlain(secrets: Readonly<Record<string, string>> = {}): Promise<KeyVaultSimulator> {
  const vault = await startKeyVaultSimulator({ port: 0, secrets, now: () => now });
  opened.push(vault);
  return vault;
}

function get(vault: KeyVaultSimulator, path: string, token: string | undefined = vaultToken): Promise<Response> {
  return fetch(`${vault.address}${path}`, { headers: token === "" ? {} : { authorization: `Bearer ${token}` } });
}

async function readBody(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

function post(vault: KeyVaultSimulator, path: string, body: unknown): Promise<Response> {
  return fetch(`${vault.address}${path}`, { method: "POST", body: JSON.stringify(body) });
}

afterEach(async () => {
  for (const vault of opened.splice(0)) await vault.close();
});

describe("startKeyVaultSimulator", () => {
  it("answers a request without a token with the challenge of Key Vault", async () => {
    const vault = await startPlain({ sas: "one" });

    const response = await get(vault, "/secrets/sas?api-version=7.4", "");

    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(
      /^Bearer authorization="https:\/\/login\.microsoftonline\.com\/[0-9a-f-]+", resource="https:\/\/vault\.azure\.net"$/,
    );
    expect(await response.json()).toMatchObject({ error: { code: "Unauthorized" } });
  });

  it.each([
    ["for another resource", () => devTokenFor("https://management.azure.com", now)],
    ["that has expired", () => devTokenFor("https://vault.azure.net", now - 3_600_000)],
    ["that is not valid yet", () => devTokenFor("https://vault.azure.net", now + 3_600_000)],
    ["that nobody signed", async () => vaultToken.replace(/[^.]+$/, "AAAA")],
    ["that is not a JWT", async () => "secret"],
  ])("refuses a token %s", async (_what, makeToken) => {
    const vault = await startPlain({ sas: "one" });

    const response = await get(vault, "/secrets/sas?api-version=7.4", await makeToken());

    expect(response.status).toBe(401);
  });

  it("gives the newest version, and an older one by its id", async () => {
    const vault = await startPlain({ sas: "one" });
    const first = await readBody(await get(vault, "/secrets/sas?api-version=7.4"));
    vault.setSecret("sas", "two");

    const newest = await readBody(await get(vault, "/secrets/SAS/?api-version=7.4"));
    const older = await readBody(await get(vault, `${new URL(String(first.id)).pathname}?api-version=7.4`));

    expect(first).toMatchObject({ value: "one", attributes: { enabled: true, created: seconds, updated: seconds } });
    expect(first.id).toMatch(new RegExp(`^${vault.address}/secrets/sas/[0-9a-f]{32}$`));
    expect(newest.value).toBe("two");
    expect(older.value).toBe("one");
  });

  it("says SecretNotFound for a name, a version and a route that are not there", async () => {
    const vault = await startPlain({ sas: "one" });

    const name = await get(vault, "/secrets/other?api-version=7.4");
    const version = await get(vault, "/secrets/sas/0123?api-version=7.4");
    const route = await get(vault, "/keys/sas?api-version=7.4");

    expect([name.status, version.status, route.status]).toEqual([404, 404, 400]);
    expect(await name.json()).toMatchObject({ error: { code: "SecretNotFound" } });
  });

  it("refuses a request without api-version", async () => {
    const vault = await startPlain({ sas: "one" });

    expect((await get(vault, "/secrets/sas")).status).toBe(400);
  });

  it("refuses a disabled secret with 403 SecretDisabled", async () => {
    const vault = await startPlain();
    vault.setSecret("sas", "one", { enabled: false });

    const response = await get(vault, "/secrets/sas?api-version=7.4");

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: { code: "Forbidden", innererror: { code: "SecretDisabled" } },
    });
  });

  it("rotates a secret and scripts faults by the control routes, and keeps no value in what it recorded", async () => {
    const vault = await startPlain({ sas: "one", other: "kept" });
    await post(vault, "/_sim/secrets", { name: "sas", value: "rotated" });
    await post(vault, "/_sim/faults", { status: 429, times: 2, retryAfter: 3, name: "sas" });

    const faulted = [
      await get(vault, "/secrets/sas?api-version=7.4"),
      await get(vault, "/secrets/sas?api-version=7.4"),
    ];
    const other = await get(vault, "/secrets/other?api-version=7.4");
    const answered = await get(vault, "/secrets/sas?api-version=7.4");
    const recorded = (await readBody(await get(vault, "/_sim/requests", ""))).requests as { status: number }[];

    expect(faulted.map((response) => [response.status, response.headers.get("retry-after")])).toEqual([
      [429, "3"],
      [429, "3"],
    ]);
    expect(other.status).toBe(200);
    expect(await answered.json()).toMatchObject({ value: "rotated" });
    expect(recorded.map(({ status }) => status)).toEqual([429, 429, 200, 200]);
    expect(JSON.stringify(recorded)).not.toContain("rotated");
  });

  it("hangs up or keeps silent until the faults are taken away", async () => {
    const vault = await startPlain({ sas: "one" });
    const path = "/secrets/sas?api-version=7.4";
    vault.addFault({ status: "close", times: 1 });
    vault.addFault({ status: "hang" });

    await expect(get(vault, path)).rejects.toThrow("fetch failed");
    const silent = get(vault, path).catch(() => "no answer");
    const taken = async () => (await readBody(await get(vault, "/_sim/requests", ""))).requests as readonly unknown[];
    while ((await taken()).length < 2);
    vault.clearFaults();
    const other = await get(vault, path);
    await vault.close();

    expect([await silent, other.status]).toEqual(["no answer", 200]);
  });

  it("refuses a fault that does not fit, and control routes that are not there", async () => {
    const vault = await startPlain();

    expect((await post(vault, "/_sim/faults", { status: 200 })).status).toBe(400);
    expect((await post(vault, "/_sim/else", {})).status).toBe(404);
  });

  it("serves the official client over TLS: set, get, and the token for the audience that the challenge names", async () => {
    const tls = await testCertificate();
    const vault = await startKeyVaultSimulator({ port: 0, tls, now: () => now });
    opened.push(vault);
    const scopes: string[] = [];
    const credential = {
      getToken: async (scope: string | string[]) => {
        scopes.push(...[scope].flat());
        return { token: vaultToken, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const client = new SecretClient(vault.address, credential, {
      disableChallengeResourceVerification: true,
      tlsOptions: { ca: tls.cert },
    });

    const set = await client.setSecret("made-here", "text");
    const got = await client.getSecret("made-here", { version: set.properties.version ?? "" });

    expect(got).toMatchObject({
      name: "made-here",
      value: "text",
      properties: { enabled: true, createdOn: new Date(now) },
    });
    expect(scopes).toEqual(["https://vault.azure.net/.default"]);
  });
});
