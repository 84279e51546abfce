import { decodeJwt } from "jose";
import { describe, expect, it, onTestFinished } from "vitest";
import { devClientId, devObjectId, devTenantId, readDevToken } from "../../../dev/identity/dev-token.ts";
import { startIdentitySimulator } from "../../../dev/identity/identity-server.ts";
import { simulatedCredential } from "../../helpers/azurite.ts";

const now = Date.parse("2026-03-02T08:00:00Z");
const storage = "https://storage.azure.com";

async function start() {
  const simulator = await startIdentitySimulator({ port: 0, now: () => now });
  onTestFinished(() => simulator.close());
  const ask = async (query: string, headers: Record<string, string> = { "x-identity-header": simulator.header }) => {
    const response = await fetch(`${simulator.endpoint}?${query}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  return { simulator, ask };
}

describe("startIdentitySimulator", () => {
  it("gives a token for the resource that is asked for, as Entra ID writes it", async () => {
    const { ask } = await start();
    const { status, body } = await ask(`resource=${storage}&api-version=2019-08-01`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ resource: storage, token_type: "Bearer", expires_on: String(now / 1000 + 86_400) });
    expect(decodeJwt(body.access_token ?? "")).toMatchObject({
      aud: storage,
      iss: `https://sts.windows.net/${devTenantId}/`,
      tid: devTenantId,
      appid: devClientId,
      oid: devObjectId,
      nbf: now / 1000,
      exp: now / 1000 + 86_400,
    });
  });

  it("gives the token of a user-assigned identity by its client id", async () => {
    const { ask } = await start();
    const { body } = await ask(`resource=${storage}&api-version=2019-08-01&client_id=other-app`);
    expect(decodeJwt(body.access_token ?? "")).toMatchObject({ appid: "other-app" });
  });

  it.each([{}, { "x-identity-header": "wrong" }, { metadata: "true" }])(
    "refuses the headers %j with 401 and no token",
    async (headers) => {
      const { ask } = await start();
      const { status, body } = await ask(`resource=${storage}&api-version=2019-08-01`, headers);
      expect(status).toBe(401);
      expect(body).not.toHaveProperty("access_token");
    },
  );

  it.each([
    "api-version=2019-08-01",
    "resource=&api-version=2019-08-01",
    `resource=${storage}`,
    `resource=${storage}&api-version=2017-09-01`,
  ])("refuses the query %s with 400", async (query) => {
    const { ask } = await start();
    expect((await ask(query)).status).toBe(400);
  });

  it("answers nothing but GET at its own path", async () => {
    const { simulator } = await start();
    const headers = { "x-identity-header": simulator.header };
    expect((await fetch(simulator.address, { headers })).status).toBe(404);
    expect((await fetch(simulator.endpoint, { headers, method: "POST" })).status).toBe(405);
  });

  it("serves the real ManagedIdentityCredential", async () => {
    const simulator = await startIdentitySimulator({ port: 0 });
    onTestFinished(() => simulator.close());
    const token = await simulatedCredential(simulator).getToken(`${storage}/.default`);
    const claims = await readDevToken(token?.token ?? "", { resources: [storage], now: Date.now() });
    expect(claims).toMatchObject({ resource: storage, clientId: devClientId });
  });
});

describe("readDevToken", () => {
  async function aToken() {
    const { ask } = await start();
    const { body } = await ask(`resource=${storage}/&api-version=2019-08-01`);
    return body.access_token ?? "";
  }

  it("reads a token of this stack; a trailing slash of the resource does not count", async () => {
    expect(await readDevToken(await aToken(), { resources: [storage], now })).toMatchObject({ tenantId: devTenantId });
  });

  it("reads no token for another resource, of another time, or with another signature", async () => {
    const token = await aToken();
    expect(await readDevToken(token, { resources: ["https://vault.azure.net"], now })).toBeUndefined();
    expect(await readDevToken(token, { resources: [storage], now: now + 86_400_000 })).toBeUndefined();
    expect(await readDevToken(token, { resources: [storage], now: now - 1000 })).toBeUndefined();
    expect(await readDevToken(`${token.slice(0, -8)}AAAAAAAA`, { resources: [storage], now })).toBeUndefined();
    expect(await readDevToken("nonsense", { resources: [storage], now })).toBeUndefined();
  });
});
