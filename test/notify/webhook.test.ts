import { afterEach, describe, expect, it } from "vitest";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createRetryBudget } from "../../shared/http/retry-budget.ts";
import { httpRetryStrategy } from "../../shared/http/retry-strategy.ts";
import { withRetry } from "../../shared/http/with-retry.ts";
import { createWebhookWay } from "../../shared/notify/webhook.ts";
import type { Notice } from "../../shared/request-ports.ts";
import { verifyWebhook } from "../../shared/webhook/standard-webhooks.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { type Reply, type ScriptedServer, type SeenRequest, startScriptedServer } from "../http/scripted-server.ts";

const signal = new AbortController().signal;
const secrets: Readonly<Record<string, string>> = {
  first: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
  second: `${Buffer.alloc(32, 2).toString("base64")}\n`,
  weak: "hunter2",
};
const notice: Notice = {
  kind: "remind",
  id: "contoso/s1/1/remind",
  to: ["boss@contoso.com"],
  subject: 'Ada asks for "Payments"',
  lines: ["<b>first</b>", "second"],
  link: { text: "Look", url: "https://rollcall.contoso.com/x" },
};

let server: ScriptedServer;
afterEach(() => server.close());

async function start(script: (request: SeenRequest, index: number) => Reply, names = ["first"]) {
  server = await startScriptedServer(script);
  const clock = createFixedClock();
  const transport = withRetry(createNodeFetchTransport(), {
    strategy: httpRetryStrategy,
    clock,
    random: () => 0.5,
    budget: createRetryBudget(),
    log: createRecordingLog(),
    maxAttempts: 4,
  });
  const vault = { get: async (name: string) => secrets[name] ?? "" };
  const way = createWebhookWay({ url: `${server.address}/hook`, secrets: names, vault, clock, transport });
  return { way, clock };
}

function messageOf({ headers, body }: SeenRequest) {
  return {
    id: String(headers["webhook-id"]),
    timestamp: String(headers["webhook-timestamp"]),
    signature: String(headers["webhook-signature"]),
    body,
  };
}

describe("the webhook", () => {
  it("carries a decision as fields, under the id of the decision", async () => {
    const { way } = await start(() => ({ status: 204 }));
    const event = { id: "contoso/s1/1/decided/0", answer: "approved", rule: "payments-team", round: 1, at: 0 } as const;
    const decision = { ...event, target: "contoso", subscription: "s1" };
    const decided: Notice = { kind: "decided", id: event.id, to: [], subject: "Decided", lines: ["Decided"], decision };

    await way.send(decided, signal);
    await way.send(decided, signal);

    const [first, second] = server.requests;
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      type: "rollcall.notice.decided",
      data: { id: event.id, to: [], decision: { ...decision, at: "1970-01-01T00:00:00.000Z" } },
    });
    expect(first?.headers["webhook-id"]).toBe(second?.headers["webhook-id"]);
  });

  it("carries the notice as JSON, signed with each secret", async () => {
    const { way, clock } = await start(() => ({ status: 204 }), ["first", "second"]);
    expect(await way.send(notice, signal)).toEqual([]);

    const [request] = server.requests;
    if (request === undefined) throw new Error("A request was expected");
    const { kind, ...data } = notice;
    expect(request).toMatchObject({ method: "POST", path: "/hook" });
    expect(request.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(request.body)).toEqual({
      type: `rollcall.notice.${kind}`,
      timestamp: new Date(clock.now()).toISOString(),
      data,
    });
    const now = clock.now() / 1000;
    for (const secret of ["first", "second"]) {
      expect(verifyWebhook(messageOf(request), [String(secrets[secret]).trim()], now)).toBe(true);
    }
    expect(verifyWebhook({ ...messageOf(request), body: `${request.body} ` }, [String(secrets.first)], now)).toBe(
      false,
    );
  });

  it("is sent again after a passing failure, as the same message", async () => {
    const { way, clock } = await start((_, index) =>
      index === 0 ? { status: 503 } : index === 1 ? (response) => response.destroy() : { status: 200 },
    );
    await way.send(notice, signal);

    expect(server.requests).toHaveLength(3);
    expect(new Set(server.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(clock.waits).toHaveLength(2);
  });

  it("has the same id for the same notice, and another for another", async () => {
    const { way } = await start(() => ({ status: 200 }));
    for (const id of ["a", "a", "b"]) await way.send({ ...notice, id }, signal);

    const [first, second, third] = server.requests.map(({ headers }) => headers["webhook-id"]);
    expect(first).toMatch(/^msg_[0-9a-f]{40}$/);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it.each([
    [500, "NETWORK"],
    [429, "NETWORK"],
    [400, "CONFIG_INVALID"],
    [410, "CONFIG_INVALID"],
  ])("an answer %i that stays is %s", async (status, code) => {
    const { way } = await start(() => ({ status }));
    await expect(way.send(notice, signal)).rejects.toMatchObject({ code });
  });

  it("does not follow a redirect, and says so", async () => {
    const { way } = await start(() => ({ status: 307, headers: { location: "/elsewhere" } }));
    await expect(way.send(notice, signal)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("redirects are not followed"),
    });
    expect(server.requests.map(({ path }) => path)).toEqual(["/hook"]);
  });

  it("sends nothing with a secret that cannot sign, and does not tell it", async () => {
    const { way } = await start(() => ({ status: 200 }), ["weak"]);
    const failure = await way.send(notice, signal).catch((error) => error);

    expect(failure).toMatchObject({ code: "CONFIG_INVALID", message: expect.stringContaining('the secret "weak"') });
    expect(failure.message).not.toContain("hunter2");
    expect(server.requests).toEqual([]);
  });
});
