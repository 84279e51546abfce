// The doors for API Management's events and the developer portal, through the built app in the local Functions host, with
// queue, tables, blobs and Key Vault behind it: from the door to the decision.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DelegationWish, delegationLink } from "../../dev/apim/delegation-link.ts";
import { inventRow } from "../../dev/stack/people-file.ts";
import { portalUrl, tenantId } from "../../dev/stack/rules-file.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import { verifyWebhook } from "../../shared/webhook/standard-webhooks.ts";
import { idOf } from "../helpers/core-builders.ts";
import { startTestStack } from "../helpers/test-stack.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";
import { attribute, readPage } from "../ui/page-reader.ts";

const people = Array.from({ length: 3 }, (_, number) => inventRow(number));
const publicBaseUrl = "https://rollcall.contoso.com";
const approvals = `approvals:
  products:
    - product: payments-api
      owners: [api-owners@contoso.com]
      rules:
        - { name: everybody-at-work, approve: 'requester.status == "active"' }
`;
const [row] = people;
const user = idOf(row?.WorkerID ?? "");
const objectId = row?.EntraObjectId ?? "";
const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
let stack: Stack;
let receiver: ScriptedServer;

beforeAll(async () => {
  receiver = await startScriptedServer(() => ({ status: 204 }));
  stack = await startTestStack({
    people,
    approvals,
    settings: {
      WEBSITE_AUTH_ENABLED: "True",
      ROLLCALL_LOCAL_SIGN_IN: "false",
      ROLLCALL_PUBLIC_BASE_URL: publicBaseUrl,
      ROLLCALL_WEBHOOK_URL: `${receiver.address}/hook`,
      ROLLCALL_WEBHOOK_SECRET: "webhook-signing",
    },
  });
  await fetch(`${stack.keyVault}/_sim/secrets`, {
    method: "POST",
    body: JSON.stringify({ name: "webhook-signing", value: webhookSecret }),
  });
  stack.apim.edit.putProduct({ id: "payments-api", displayName: "Payments" });
  stack.apim.edit.linkGroup("payments-api", "developers");
  await sync();
});
afterAll(async () => {
  await stack.close();
  await receiver.close();
});

type Call = {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

function call(path: string, { method = "GET", key, headers = {}, body }: Call = {}): Promise<Response> {
  return fetch(`${stack.host.address}${path}`, {
    method,
    redirect: "manual",
    headers: { ...headers, ...(key !== undefined && { "x-functions-key": key }) },
    ...(body !== undefined && { body }),
  });
}

function eventOf(subscription: string) {
  return {
    id: subscription,
    topic: stack.apim.resourceId,
    subject: `/subscriptions/${subscription}`,
    eventType: "Microsoft.ApiManagement.SubscriptionCreated",
    data: { resourceUri: `${stack.apim.resourceId}/subscriptions/${subscription}` },
    dataVersion: "1",
    metadataVersion: "1",
    eventTime: "2026-03-02T09:00:00Z",
  };
}

/** A request of the first worker for the product, as the portal itself would make it. */
function submit(id: string): void {
  stack.apim.edit.putSubscription({ id, ownerId: user, scope: "/products/payments-api", state: "submitted" });
}

function stateOf(id: string): string | undefined {
  return stack.apim.state().subscriptions.find((each) => each.id === id)?.state;
}

async function sync(): Promise<void> {
  const body = JSON.stringify({ target: "contoso", mode: "apply" });
  expect((await call("/api/sync", { method: "POST", key: stack.keys.default, body })).status).toBe(202);
  await stack.host.idle();
}

describe("POST /api/events/apim", () => {
  const path = "/api/events/apim";

  it("is closed without a function key, for OPTIONS too", async () => {
    const body = JSON.stringify([eventOf("s1")]);

    expect((await call(path, { method: "POST", body })).status).toBe(401);
    expect((await call(path, { method: "POST", body, key: "wrong" })).status).toBe(401);
    const headers = { "WebHook-Request-Origin": "eventgrid.azure.net" };
    expect((await call(path, { method: "OPTIONS", headers })).status).toBe(401);
  });

  it("answers both handshakes", async () => {
    const validation = {
      ...eventOf("x"),
      eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
      data: { validationCode: "512d38b6", validationUrl: "https://rp-westeurope.eventgrid.azure.net:553/never" },
    };
    const posted = await call(path, {
      method: "POST",
      key: stack.keys.default,
      headers: { "aeg-event-type": "SubscriptionValidation" },
      body: JSON.stringify([validation]),
    });
    expect([posted.status, await posted.json()]).toEqual([200, { validationResponse: "512d38b6" }]);

    // As Event Grid calls: the key stands in the address.
    const asked = await call(`${path}?code=${stack.keys.default}`, {
      method: "OPTIONS",
      headers: { "WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "120" },
    });
    expect(asked.status).toBe(200);
    expect(asked.headers.get("webhook-allowed-origin")).toBe("eventgrid.azure.net");
    expect(asked.headers.get("webhook-allowed-rate")).toBe("120");
  });

  it("has what is ours looked at, in either schema, and ignores what is not", async () => {
    for (const id of ["grid-1", "grid-2", "cloud-1", "cloud-2", "elsewhere"]) submit(id);
    const other = eventOf("elsewhere");
    const cloud = {
      specversion: "1.0",
      type: "Microsoft.ApiManagement.SubscriptionUpdated",
      source: stack.apim.resourceId,
      id: "c1",
      data: { resourceUri: `${stack.apim.resourceId.toUpperCase()}/subscriptions/cloud-1` },
    };
    const second = { ...cloud, data: { resourceUri: `${stack.apim.resourceId}/subscriptions/cloud-2` } };
    const deliveries = [
      ["application/json", [eventOf("grid-1"), eventOf("grid-1"), eventOf("grid-2")]],
      ["application/cloudevents+json", cloud],
      ["application/cloudevents-batch+json", [second]],
      ["application/json", [{ ...other, data: { resourceUri: `https://evil.example${other.data.resourceUri}` } }]],
    ] as const;

    const answers = [];
    for (const [type, body] of deliveries) {
      const headers = { "content-type": type };
      answers.push(await call(path, { method: "POST", key: stack.keys.default, headers, body: JSON.stringify(body) }));
    }

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { queued: 2 },
      { queued: 1 },
      { queued: 1 },
      { queued: 0 },
    ]);
    await stack.host.idle();
    const states = ["grid-1", "grid-2", "cloud-1", "cloud-2", "elsewhere"].map(stateOf);
    expect(states).toEqual(["active", "active", "active", "active", "submitted"]);
    const log = await readFile(stack.logFile, "utf8");
    expect([log.includes("events.apim.taken"), log.includes("elsewhere")]).toEqual([true, false]);
  });

  it("tells the webhook of what a rule decided, signed and without a name", async () => {
    submit("told-1");

    await call(path, { method: "POST", key: stack.keys.default, body: JSON.stringify([eventOf("told-1")]) });
    await stack.host.idle();

    const told = receiver.requests.filter(({ body }) => body.includes("told-1"));
    const [one] = told;
    const body = one?.body ?? "{}";
    expect(told).toHaveLength(1);
    expect(JSON.parse(body)).toMatchObject({
      type: "rollcall.notice.decided",
      data: { decision: { subscription: "told-1", answer: "approved", rule: "everybody-at-work", user } },
    });
    for (const fact of [row?.FirstName, row?.LastName, row?.Mail, row?.Department])
      expect(body).not.toContain(fact ?? "missing from the row");
    const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
      String(one?.headers[name]),
    );
    const signed = { id: id ?? "", timestamp: timestamp ?? "", signature: signature ?? "", body };
    expect(verifyWebhook(signed, [webhookSecret], Date.now() / 1000)).toBe(true);
  });

  it("takes a large batch as one message, from which each of its subscriptions gets its decision", async () => {
    const ids = Array.from({ length: 40 }, (_, number) => `many-${number}`);
    for (const id of ids) submit(id);
    const body = JSON.stringify(ids.map(eventOf));

    const answer = await call(path, { method: "POST", key: stack.keys.default, body });

    expect([answer.status, await answer.json()]).toEqual([200, { queued: 40 }]);
    await stack.host.idle();
    expect(new Set(ids.map(stateOf))).toEqual(new Set(["active"]));
    const log = await readFile(stack.logFile, "utf8");
    const spread = log.split("\n").filter((line) => line.includes("requests.spread"));
    // The whole, and the two parts that it was first cut into.
    expect(spread.map((line) => /subscriptions\\*":(\d+)/.exec(line)?.[1]).toSorted()).toEqual(["32", "40", "8"]);
  });

  it("answers a body that is no event with 400", async () => {
    expect((await call(path, { method: "POST", key: stack.keys.default, body: "hello" })).status).toBe(400);
  });
});

describe("GET /api/delegation", () => {
  function pathOf(wish: DelegationWish, validationKey = stack.apim.validationKeys.primary): string {
    const url = new URL(delegationLink(wish, { endpoint: `${publicBaseUrl}/api/delegation`, validationKey }));
    return `${url.pathname}${url.search}`;
  }

  function principal(id: string): Readonly<Record<string, string>> {
    const claims = [
      { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: id },
      { typ: "http://schemas.microsoft.com/identity/claims/tenantid", val: tenantId },
      { typ: "preferred_username", val: "ada@contoso.com" },
    ];
    return { "x-ms-client-principal": Buffer.from(JSON.stringify({ auth_typ: "aad", claims })).toString("base64") };
  }

  const signIn = { operation: "SignIn", returnUrl: "/products" } as const;

  it("is open without a function key, and sends who is not signed in to the sign-in of the public address", async () => {
    const answer = await call(pathOf(signIn), { headers: { "x-forwarded-host": "evil.example" } });

    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toMatch(
      /^https:\/\/rollcall\.contoso\.com\/\.auth\/login\/aad\?post_login_redirect_uri=%2Fapi%2Fdelegation%3Foperation/,
    );
  });

  it("signs the worker in to the account that the sync made, once", async () => {
    const path = pathOf(signIn, stack.apim.validationKeys.secondary);

    const answer = await call(path, { headers: principal(objectId) });

    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.get("location") ?? "");
    expect([location.origin, location.pathname, location.searchParams.get("returnUrl")]).toEqual([
      portalUrl,
      "/signin-sso",
      "/products",
    ]);
    expect(location.searchParams.get("token")?.startsWith(`${user}&`)).toBe(true);
    expect((await call(path, { headers: principal(objectId) })).status).toBe(401);
  });

  it("gives one and the same 401 to links that are not valid", async () => {
    const good = pathOf(signIn);
    const sig = /sig=([^&]+)/.exec(good)?.[1] ?? "";
    const paths = [
      good.replace(sig, "AAAA"),
      `${good}&sig=${sig}`,
      `${good}&salt=x`,
      good.replace(sig, encodeURIComponent(sig)),
      good.replace("%2Fproducts", "%2Fother"),
      "/api/delegation",
    ];

    const answers = await Promise.all(paths.map((path) => call(path, { headers: principal(objectId) })));

    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 401));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  it("shows nobody anything who is not in HR's records", async () => {
    const answer = await call(pathOf(signIn), { headers: principal("ffffffff-0000-0000-0000-000000000009") });

    expect([answer.status, answer.headers.get("location")]).toEqual([403, null]);
  });

  /** Opens the link and sends the form of its question, so many times; gives the statuses of the answers. */
  async function confirm(path: string, times: number): Promise<readonly number[]> {
    const question = await call(path, { headers: principal(objectId) });
    expect(question.status).toBe(200);
    const page = readPage(await question.text());
    const [input] = page.all("input");
    const [form] = page.all("form");
    const fields = new URLSearchParams({ [attribute(input, "name") ?? ""]: attribute(input, "value") ?? "" });
    const headers = {
      ...principal(objectId),
      "content-type": "application/x-www-form-urlencoded",
      "sec-fetch-site": "same-origin",
    };
    const statuses = [];
    for (let sent = 0; sent < times; sent += 1) {
      const body = fields.toString();
      statuses.push((await call(attribute(form, "action") ?? "", { method: "POST", headers, body })).status);
    }
    return statuses;
  }

  it("asks, takes the form once, and makes a request of it", async () => {
    const path = pathOf({ operation: "Subscribe", productId: "payments-api", userId: user });

    expect(await confirm(path, 2)).toEqual([200, 401]);

    await stack.host.idle();
    const made = stack.apim.state().subscriptions.filter(({ id }) => id.startsWith("rcs-"));
    expect(made).toMatchObject([{ scope: "/products/payments-api", ownerId: user, state: "active" }]);
    expect(made[0]?.stateComment).toContain("everybody-at-work");
  });

  it("closes an account that the next run leaves closed", async () => {
    expect(await confirm(pathOf({ operation: "CloseAccount", userId: user }), 1)).toEqual([200]);
    await sync();

    expect(stack.apim.state().users.find(({ id }) => id === user)?.state).toBe("blocked");
    expect((await call(pathOf(signIn), { headers: principal(objectId) })).status).toBe(403);
  });

  it("logs no value of a link and nobody's name", async () => {
    const log = await readFile(stack.logFile, "utf8");

    expect(log).toContain("delegation.signedIn");
    for (const text of ["ada@contoso.com", objectId, "salt=", stack.apim.validationKeys.primary])
      expect(log).not.toContain(text);
  });
});
