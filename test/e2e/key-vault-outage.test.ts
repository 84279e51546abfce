// Key Vault is away: through the doors of the real app as `createApp` wires it, with the vault's own client against the
// simulated vault, and storage in Azurite. Each app is a cold one that has read no secret yet.
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApimSimulator, createApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { type DelegationWish, delegationLink } from "../../dev/apim/delegation-link.ts";
import { type KeyVaultSimulator, startKeyVaultSimulator } from "../../dev/key-vault/key-vault-simulator.ts";
import { portalUrl, rulesText, tenantId } from "../../dev/stack/rules-file.ts";
import { delegation } from "../../shared/api/delegation.ts";
import { eventsApim } from "../../shared/api/events-apim.ts";
import { hrEvents } from "../../shared/api/hr-events.ts";
import { openApprovals } from "../../shared/api/open-approvals.ts";
import { openDelegation, openEvents } from "../../shared/api/open-doors.ts";
import { sync } from "../../shared/api/sync.ts";
import { takeRequest } from "../../shared/api/take-request.ts";
import { uiOf } from "../../shared/api/ui.ts";
import { type App, createApp } from "../../shared/app.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import type { StorageOptions } from "../../shared/storage/storage-clients.ts";
import { signLink } from "../../shared/webhook/decision-link.ts";
import { useAzurite } from "../helpers/azurite.ts";
import { idOf, markOf } from "../helpers/core-builders.ts";
import { aPerson } from "../helpers/request-records.ts";
import { testCertificate } from "../helpers/test-certificate.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";

const publicBaseUrl = "https://rollcall.contoso.com";
const objectId = "aaaaaaaa-0000-0000-0000-000000000001";
const user = idOf("1");
const linkSecret = "a secret that signs links";
const approvals = `approvals:
  products:
    - product: payments-api
      rules: [{ name: everybody-at-work, approve: 'requester.status == "active"' }]
    - product: ledger-api
      owners: [ledger-owners@contoso.com]
      ask: { approvers: [owners] }
  default: {}
`;
const minute = 60_000;
const { signal } = new AbortController();
const storage = useAzurite();
let folder = "";
let apim: ApimSimulator;
let vault: KeyVaultSimulator;
let receiver: ScriptedServer;
let state: StorageOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-vault-"));
  apim = await createApimSimulator({});
  receiver = await startScriptedServer(() => ({ status: 204 }));
  vault = await startKeyVaultSimulator({
    port: 0,
    tls: await testCertificate(),
    secrets: {
      "apim-sas-primary": apim.primaryKey,
      "apim-sas-secondary": apim.secondaryKey,
      "portal-validation-primary": apim.validationKeys.primary,
      "portal-validation-secondary": apim.validationKeys.secondary,
      "function-key-accept": "a key that accepts",
      "link-signing": linkSecret,
      "webhook-signing": `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
      "hr-webhook": "a key that HR signs with",
    },
  });
  apim.edit.putUser({ id: user, email: "ada.1@contoso.com", note: markOf("1") });
  for (const id of ["payments-api", "ledger-api"])
    apim.edit.putProduct({ id, displayName: id, approvalRequired: true, state: "published", subscriptionsLimit: null });
  const peopleFile = join(folder, "people.csv");
  const text = rulesText({ baseUrl: apim.address, resourceId: apim.resourceId, peopleFile, approvals });
  const webhook = "    kind: csv\n    webhook: { form: bamboohr, secrets: [hr-webhook] }\n";
  await writeFile(join(folder, "rollcall.yaml"), text.replace("    kind: csv\n", webhook));
});
beforeEach(async () => {
  vault.clearFaults();
  state = storage.options();
  const entry = { person: aPerson(1, { entraObjectId: objectId }), userId: user, standing: "present" } as const;
  await (await (await coldApp()).roster()).put("contoso", [entry], Date.now(), signal);
});
afterAll(async () => {
  await Promise.all([apim.close(), vault.close(), receiver.close()]);
  await rm(folder, { recursive: true, force: true });
});

const log = createRecordingLog();

function coldApp(): Promise<App> {
  return createApp({
    IDENTITY_ENDPOINT: process.env.IDENTITY_ENDPOINT,
    IDENTITY_HEADER: process.env.IDENTITY_HEADER,
    ROLLCALL_RULES: join(folder, "rollcall.yaml"),
    ROLLCALL_KEY_VAULT_URL: vault.address,
    ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "false",
    ROLLCALL_STATE_PREFIX: state.prefix,
    AzureWebJobsStorage__blobServiceUri: state.endpoints.blob,
    AzureWebJobsStorage__queueServiceUri: state.endpoints.queue,
    AzureWebJobsStorage__tableServiceUri: state.endpoints.table,
    ROLLCALL_LINK_SECRETS: "link-signing",
    ROLLCALL_PUBLIC_BASE_URL: publicBaseUrl,
    ROLLCALL_WEBHOOK_URL: `${receiver.address}/notices`,
    ROLLCALL_WEBHOOK_SECRET: "webhook-signing",
    WEBSITE_AUTH_ENABLED: "True",
  });
}

function submit(id: string, product: string): void {
  apim.edit.putSubscription({ id, ownerId: user, scope: `/products/${product}`, state: "submitted" });
}

function stateOf(id: string): string | undefined {
  return apim.state().subscriptions.find((each) => each.id === id)?.state;
}

/** Event Grid says that the subscription is there. */
function event(app: App, id: string) {
  const data = { resourceUri: `${apim.resourceId}/subscriptions/${id}` };
  const one = {
    id,
    topic: apim.resourceId,
    subject: `/subscriptions/${id}`,
    eventType: "Microsoft.ApiManagement.SubscriptionCreated",
    data,
    dataVersion: "1",
    metadataVersion: "1",
    eventTime: new Date().toISOString(),
  };
  const text = async () => JSON.stringify([one]);
  return eventsApim({ method: "POST", header: () => undefined, text }, openEvents(app, log), signal);
}

/** Somebody who is signed in, as the platform says it. */
function principal(address = "ada.1@contoso.com"): (name: string) => string | undefined {
  const claims = [
    { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: objectId },
    { typ: "http://schemas.microsoft.com/identity/claims/tenantid", val: tenantId },
    { typ: "preferred_username", val: address },
  ];
  const header = Buffer.from(JSON.stringify({ auth_typ: "aad", claims })).toString("base64");
  return (name) => (name === "x-ms-client-principal" ? header : undefined);
}

/** The portal hands somebody over. */
function handOver(app: App, wish: DelegationWish, stop = signal) {
  const validationKey = apim.validationKeys.primary;
  const url = delegationLink(wish, { endpoint: `${publicBaseUrl}/api/delegation`, validationKey });
  const request = { method: "GET", target: undefined, url, header: principal(), text: async () => "" };
  return delegation(request, openDelegation(app, log), stop);
}

/** A page of ours. */
function page(app: App, path: string, stop = signal) {
  const call = { method: "GET", url: `${publicBaseUrl}/api/ui/${path}`, path, query: new URLSearchParams() };
  const owner = principal("ledger-owners@contoso.com");
  return uiOf({ ...call, header: owner, body: async () => "" }, app, log, stop);
}

function accept(app: App, stop = signal) {
  const body = JSON.stringify({ target: "contoso", mode: "apply", accept: "0".repeat(64) });
  return sync({ body, key: "a key that accepts" }, app, log, stop);
}

/** HR says that something changed. */
function hrEvent(app: App, stop = signal) {
  const body = Buffer.from('{"type":"employee.updated","data":{}}');
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", "a key that HR signs with").update(body).update(timestamp).digest("hex");
  const headers: Readonly<Record<string, string>> = {
    "x-bamboohr-timestamp": timestamp,
    "x-bamboohr-signature": signature,
  };
  return hrEvents({ source: "hr", header: (name) => headers[name], body }, app, log, stop);
}

/** One delivery of a message as the host makes it; gives the code of the failure. */
function take(app: App, message: unknown, dequeueCount: number): Promise<unknown> {
  return takeRequest({ message, dequeueCount }, app, log).then(
    () => undefined,
    (error) => error.code,
  );
}

/** Takes every message off the queue as its first delivery, or as the last one before the host gives it up; gives the
 * codes of the failures. */
async function drain(app: App, dequeueCount = 1): Promise<readonly unknown[]> {
  const queue = new QueueClient(`${state.endpoints.queue}/${state.prefix}-requests`, state.credential);
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  return Promise.all(
    receivedMessageItems.map(async ({ messageText, messageId, popReceipt }) => {
      const code = await take(app, messageText, dequeueCount);
      await queue.deleteMessage(messageId, popReceipt);
      return code;
    }),
  );
}

/** The sweep a while later, and the looks that it asks for. */
async function sweep(app: App, minutes: number): Promise<void> {
  const world = await openApprovals(app, log);
  const clock = { ...world.clock, now: () => Date.now() + minutes * minute };
  await sweepRequests(["contoso"], { ...world, clock }, signal);
  expect((await drain(app)).filter((code) => code !== undefined)).toEqual([]);
}

async function decisionsOn(app: App, id: string): Promise<readonly string[]> {
  const audit = await app.audit(log);
  const days = await audit.days("contoso", signal);
  const lines = (await Promise.all(days.map((day) => audit.read("contoso", day, signal)))).flat();
  return lines
    .map((line) => JSON.parse(line) as { action: string; subscription?: string })
    .flatMap(({ action, subscription }) => (subscription === id ? [action] : []));
}

const signIn = { operation: "SignIn", returnUrl: "/products" } as const;
const decide = `decide/${signLink({ target: "contoso", subscription: "s", nonce: "n", expiresAt: Date.now() + minute }, linkSecret)}`;

/** What the doors that need a secret answer. */
async function doors(app: App, stop = signal) {
  const [link, open, question, accepted, changed] = await Promise.all([
    handOver(app, signIn, stop),
    page(app, "", stop),
    page(app, decide, stop),
    accept(app, stop),
    hrEvent(app, stop),
  ]);
  return {
    statuses: [link, open, question, accepted, changed].map(({ status }) => status),
    text: JSON.stringify([link, open, question, accepted, changed]),
    location: link.headers.Location,
  };
}

/** A status and what the vault says with it; a pause of nothing, so that no test waits for its client. */
const outages = [
  ["answers 503", { status: 503, code: "ServiceUnavailable", retryAfter: 0 }],
  ["answers 429", { status: 429, code: "Throttled", retryAfter: 0 }],
  ["breaks off", { status: "close" as const }],
] as const;

describe.each(outages)("while Key Vault %s", { timeout: 60_000 }, (_, fault) => {
  it("events are taken, looks fail and come again, and then each request ends with one decision", async () => {
    const app = await coldApp();
    vault.addFault(fault);
    submit("s1", "payments-api");

    const taken = [await event(app, "s1"), await event(app, "s1")];
    const first = take(app, { target: "contoso", subscription: "s1" }, 1);
    const looks = [...(await drain(app, 5)), await first];

    expect(taken.map(({ status, jsonBody }) => [status, jsonBody])).toEqual([
      [200, { queued: 1 }],
      [200, { queued: 1 }],
    ]);
    // The messages come again and again, until the host gives them up: then only the sweep is left.
    expect(looks).toEqual(["SECRET_UNAVAILABLE", "SECRET_UNAVAILABLE", "SECRET_UNAVAILABLE"]);
    const requests = await app.requests();
    const failed = await requests.getRequest("contoso", "s1", signal);
    expect(failed?.value).toMatchObject({ status: "failed", error: { code: "SECRET_UNAVAILABLE" } });
    expect(stateOf("s1")).toBe("submitted");

    vault.clearFaults();
    await sweep(app, 3);
    await sweep(app, 20);

    expect(stateOf("s1")).toBe("active");
    expect(await decisionsOn(app, "s1")).toEqual(["approved"]);
  });

  it("doors that have to verify or sign something say 503, and work again as soon as it is back", async () => {
    const app = await coldApp();
    vault.addFault(fault);

    const away = await doors(app);

    expect(away).toMatchObject({ statuses: [503, 503, 503, 503, 503], location: undefined });
    expect(away.text).toContain("SECRET_UNAVAILABLE");
    for (const text of ["node_modules", "    at ", linkSecret, apim.primaryKey]) expect(away.text).not.toContain(text);

    vault.clearFaults();
    const back = await doors(app);

    // The decision link is nobody's question, the digest nobody's plan.
    expect(back.statuses).toEqual([302, 200, 403, 404, 202]);
    expect(back.location).toContain(`${portalUrl}/signin-sso?token=`);
  });
});

describe("while Key Vault gives no answer", () => {
  it("events are taken, and the doors say 503 when their time is over", async () => {
    const app = await coldApp();
    vault.addFault({ status: "hang" });
    submit("s2", "payments-api");

    const taken = await event(app, "s2");
    const away = await doors(app, AbortSignal.timeout(500));

    expect([taken.status, away.statuses, away.location]).toEqual([200, [503, 503, 503, 503, 503], undefined]);
    vault.clearFaults();
    const other = await coldApp();
    await drain(other);
    expect(stateOf("s2")).toBe("active");
    expect((await doors(other)).statuses).toEqual([302, 200, 403, 404, 202]);
  });
});

describe.each(["link-signing", "webhook-signing"])("while only the secret %s cannot be read", (name) => {
  it("people are not told, the question stands, and they are told once when it is back", async () => {
    const app = await coldApp();
    const id = `asked-${name}`;
    submit(id, "ledger-api");
    const notices = () => receiver.requests.filter(({ body }) => body.includes(id));
    vault.addFault({ status: 503, retryAfter: 0, name });

    expect(await take(app, { target: "contoso", subscription: id }, 1)).toBeUndefined();

    const requests = await app.requests();
    const asked = await requests.getRequest("contoso", id, signal);
    expect(asked?.value).toMatchObject({ status: "asked", error: { code: "SECRET_UNAVAILABLE" } });
    expect([stateOf(id), notices().length]).toEqual(["submitted", 0]);

    vault.clearFaults();
    await sweep(app, 3);
    await sweep(app, 20);

    expect(notices()).toHaveLength(1);
    const told = await requests.getRequest("contoso", id, signal);
    expect([told?.value.status, told?.value.error, stateOf(id)]).toEqual(["asked", undefined, "submitted"]);
  });
});
