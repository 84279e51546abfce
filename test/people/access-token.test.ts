import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { SignedXml } from "xml-crypto";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createAuthenticate } from "../../shared/people/authentication.ts";
import { type Authentication, authenticationSettings } from "../../shared/people/authentication-settings.ts";
import { createHttpAsk } from "../../shared/people/http-ask.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from "../http/scripted-server.ts";
import { sourceDeps } from "./source-kit.ts";

const { signal } = new AbortController();
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

type Asking = {
  readonly script?: (request: SeenRequest, index: number) => Reply;
  readonly secrets?: readonly string[];
  /** Statuses of the source's own answers, the last one for all that follow. */
  readonly answers?: readonly number[];
};

/** Asks a source that wants this authentication; gives what it was asked with. */
async function asking(authentication: Record<string, unknown>, given: Asking = {}) {
  const { script = () => token("t1"), secrets = ["s3cret"], answers = [200] } = given;
  server = await startScriptedServer(script);
  const { address, requests } = server;
  const clock = createFixedClock();
  const parsed: Authentication = authenticationSettings.parse({ tokenUrl: `${address}/token`, ...authentication });
  let reads = 0;
  const deps = sourceDeps({
    clock,
    httpAsk: createHttpAsk(createNodeFetchTransport()),
    secrets: {
      get: async (_, { fresh }) => {
        reads += fresh === true ? 1 : 0;
        return secrets[Math.min(reads, secrets.length - 1)] ?? "";
      },
    },
  });
  const authenticate = createAuthenticate(parsed, deps);
  const seen: Readonly<Record<string, string>>[] = [];
  const ask = () =>
    authenticate(async (headers) => {
      seen.push(headers);
      const status = answers[Math.min(seen.length, answers.length) - 1] ?? 200;
      return { status, headers: () => `Bearer next${seen.length}` };
    }, signal);
  return { ask, seen, requests, clock };
}

function token(text: string, seconds = 3600): Reply {
  return { status: 200, body: { access_token: text, expires_in: seconds } };
}

const client = { kind: "clientCredentials", clientId: "id 1", secret: "hr-client" };

describe("client credentials", () => {
  it("asks for a token once, and for another one before it ends", async () => {
    const { ask, seen, requests, clock } = await asking(client, { script: (_, index) => token(`t${index + 1}`) });
    await ask();
    clock.advance(3_299_000);
    await ask();
    clock.advance(2_000);
    await ask();

    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer t1", "Bearer t1", "Bearer t2"]);
    expect(requests).toHaveLength(2);
  });

  it.each([
    ["form", {}, "grant_type=client_credentials&scope=a+b&client_id=id+1&client_secret=s3cret", undefined],
    ["basic", { send: "basic" }, "grant_type=client_credentials&scope=a+b", `Basic ${btoa("id%201:s3cret")}`],
    [
      "JSON",
      { send: "json" },
      '{"grant_type":"client_credentials","scope":"a b","client_id":"id 1","client_secret":"s3cret"}',
      undefined,
    ],
  ])("sends id and secret as %s, never in the address", async (_, settings, body, authorization) => {
    const { ask, requests } = await asking({ ...client, scope: "a b", ...settings });
    await ask();

    expect(requests[0]).toMatchObject({ method: "POST", url: "/token", body });
    expect(requests[0]?.headers.authorization).toBe(authorization);
  });

  it("goes on with the token of an answer only where the rules say so, and only of a success", async () => {
    const rotating = await asking({ ...client, rotates: true }, { answers: [200, 500, 200] });
    await rotating.ask();
    await rotating.ask();
    await rotating.ask();
    await server?.close();
    const other = await asking(client);
    await other.ask();
    await other.ask();

    expect(rotating.seen.map(({ authorization }) => authorization)).toEqual([
      "Bearer t1",
      "Bearer next1",
      "Bearer next1",
    ]);
    expect(rotating.requests).toHaveLength(1);
    expect(other.seen.map(({ authorization }) => authorization)).toEqual(["Bearer t1", "Bearer t1"]);
  });

  it("finds the token where the rules say", async () => {
    const script = () => ({ status: 200, body: { data: { token: "deep" } } });
    const { ask, seen } = await asking({ ...client, tokenPath: "data.token" }, { script });
    await ask();

    expect(seen).toEqual([{ authorization: "Bearer deep" }]);
  });

  it("makes a new token with the secret read afresh, once, when the source refuses the first", async () => {
    const script = ({ body }: SeenRequest) => token(body.includes("new") ? "good" : "bad");
    const { ask, seen } = await asking(client, { script, secrets: ["old", "new"], answers: [401, 401] });
    const answer = await ask();

    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer bad", "Bearer good"]);
    expect(answer.status).toBe(401);
  });

  it("reads the secret afresh when the token endpoint refuses it", async () => {
    const script = ({ body }: SeenRequest) => (body.includes("new") ? token("good") : { status: 401 });
    const { ask, seen } = await asking(client, { script, secrets: ["old", "new"] });
    await ask();

    expect(seen).toEqual([{ authorization: "Bearer good" }]);
  });

  it.each<[string, Reply]>([
    ["a refusal", { status: 400, body: { error_description: "s3cret is wrong" } }],
    ["no token", { status: 200, body: {} }],
    ["no JSON", { status: 200, body: "<html>" }],
    ["a token with a line break", { status: 200, body: { access_token: "a\nb" } }],
  ])("throws SECRET_UNAVAILABLE for %s, and quotes nothing", async (_, reply) => {
    const { ask } = await asking(client, { script: () => reply });
    const error = await ask().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "SECRET_UNAVAILABLE", message: expect.stringContaining('"hr-client"') });
    expect(String(error)).not.toContain("s3cret");
  });

  it("refuses a token endpoint without TLS", async () => {
    await expect(asking({ ...client, tokenUrl: "http://hr.contoso.com/token" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });
});

describe("a refresh token", () => {
  it("is sent with the client's id and secret, and gives a token", async () => {
    const refresh = { kind: "refreshToken", clientId: "id 1", secret: "hr-client", refreshToken: "hr-refresh" };
    const { ask, seen, requests } = await asking(refresh);
    await ask();

    expect(requests[0]?.body).toBe("grant_type=refresh_token&refresh_token=s3cret");
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa("id%201:s3cret")}`);
    expect(seen).toEqual([{ authorization: "Bearer t1" }]);
  });
});

describe("a SAML bearer assertion", () => {
  const saml = { kind: "samlBearer", companyId: "contoso", clientId: "a<b", user: "api&user", secret: "hr-key" };

  it("is signed by the key and names client, user, audience and recipient, for ten minutes", async () => {
    const { ask, seen, requests, clock } = await asking(saml, { secrets: [pem] });
    await ask();

    const form = new URLSearchParams(requests[0]?.body);
    expect([...form.keys()]).toEqual(["company_id", "client_id", "grant_type", "assertion"]);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:saml2-bearer");
    const xml = Buffer.from(form.get("assertion") ?? "", "base64").toString("utf8");
    const signed = signedPart(xml);
    expect(signed).toContain("<saml2:Issuer>a&lt;b</saml2:Issuer>");
    expect(signed).toContain(">api&amp;user</saml2:NameID>");
    expect(signed).toContain("<saml2:Audience>www.successfactors.com</saml2:Audience>");
    expect(signed).toContain(`Recipient="${server?.address}/token"`);
    expect(signed).toContain(`NotOnOrAfter="${new Date(clock.now() + 600_000).toISOString()}"`);
    expect(seen).toEqual([{ authorization: "Bearer t1" }]);
  });

  it("does not verify once it was changed", async () => {
    const { ask, requests } = await asking(saml, { secrets: [pem] });
    await ask();

    const text = new URLSearchParams(requests[0]?.body).get("assertion") ?? "";
    const xml = Buffer.from(text, "base64").toString("utf8").replace("api&amp;user", "admin");
    expect(() => signedPart(xml)).toThrow();
  });

  it.each([
    ["without line breaks", pem.replaceAll("\n", " ")],
    ["only what stands between its lines", pem.replace(/-----[A-Z ]+-----/g, "").trim()],
    ["in the older form", privateKey.export({ type: "pkcs1", format: "pem" }).toString()],
  ])("takes a key %s", async (_, key) => {
    const { ask, requests } = await asking(saml, { secrets: [key] });
    await ask();

    expect(requests).toHaveLength(1);
  });

  it.each([
    ["no key", "s3cret"],
    ["a key of another kind", generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })],
  ])("throws SECRET_MALFORMED for %s", async (_, key) => {
    const { ask } = await asking(saml, { secrets: [String(key)] });
    const error = await ask().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "SECRET_MALFORMED" });
    expect(String(error)).not.toContain("s3cret");
  });
});

describe("other proofs", () => {
  it.each([
    ["bearer", { kind: "bearer", secret: "hr" }, "Bearer s3cret"],
    ["basicKey", { kind: "basicKey", secret: "hr" }, `Basic ${btoa("s3cret:x")}`],
  ])("sends %s", async (_, authentication, authorization) => {
    const { tokenUrl: _url, ...own } = { tokenUrl: "", ...authentication };
    const parsed = authenticationSettings.parse(own);
    const authenticate = createAuthenticate(parsed, sourceDeps({ secrets: { get: async () => "s3cret" } }));
    const seen: unknown[] = [];
    await authenticate(async (headers) => {
      seen.push(headers);
      return { status: 200 };
    }, signal);

    expect(seen).toEqual([{ authorization }]);
  });
});

/** What the signature covers, as a service reads it. @throws when it does not verify */
function signedPart(xml: string): string {
  const signature = /<Signature[\s\S]*<\/Signature>/.exec(xml)?.[0] ?? "";
  const verifier = new SignedXml({ publicCert: publicKey.export({ type: "spki", format: "pem" }).toString() });
  verifier.loadSignature(signature);
  if (!verifier.checkSignature(xml)) throw new Error("The signature does not verify");
  const [part = ""] = verifier.getSignedReferences();
  return part;
}
