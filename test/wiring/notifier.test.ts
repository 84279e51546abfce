import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readSettings } from "../../shared/config/settings.ts";
import type { Notice } from "../../shared/request-ports.ts";
import { requestParts } from "../../shared/wiring/request-parts.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";

const { signal } = new AbortController();
const ask: Notice = { kind: "ask", id: "1", to: ["a@contoso.com", "b@contoso.com"], subject: "Access", lines: [] };

function start(environment: Readonly<Record<string, string>>) {
  const clock = createFixedClock();
  const settings = readSettings({
    ROLLCALL_RULES: "rollcall.yaml",
    AzureWebJobsStorage__accountName: "contosostate",
    ROLLCALL_KEY_VAULT_URL: "https://vault.contoso.com",
    ...environment,
  });
  const identity = { getToken: async () => null };
  const vault = { get: async () => `whsec_${Buffer.alloc(32, 1).toString("base64")}` };
  const parts = requestParts({ settings, clock, identity, secrets: async () => vault });
  // As in the app, where each message opens a notifier.
  const send = async (notice: Notice) => (await parts.notifier(createRecordingLog())).send(notice, signal);
  return { clock, send };
}

describe("mail, where the server takes the connection and never greets", () => {
  let server: Server;
  let connections: number;
  beforeEach(async () => {
    // Only the waits of the mail client are ours: they are over as soon as the server has the connection.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    connections = 0;
    server = createServer((socket) => {
      connections += 1;
      socket.on("error", () => undefined);
      setImmediate(() => vi.advanceTimersByTime(15_000));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    vi.useRealTimers();
    server.close();
  });

  function startMail() {
    const { port } = server.address() as AddressInfo;
    return start({ ROLLCALL_SMTP_URL: `smtp://127.0.0.1:${port}`, ROLLCALL_MAIL_FROM: "rollcall@contoso.com" });
  }

  it("waits for it once, not for each addressee and each notice, and again after a minute", async () => {
    const { clock, send } = startMail();

    expect(await send(ask)).toMatchObject({ sentBy: [], failed: [{ way: "mail", error: { code: "TIMEOUT" } }] });
    const once = connections;
    expect(await send({ ...ask, id: "2" })).toMatchObject({ failed: [{ way: "mail", error: { code: "NETWORK" } }] });
    expect(connections).toBe(once);
    clock.advance(60_000);
    expect(await send({ ...ask, id: "3" })).toMatchObject({ failed: [{ way: "mail", error: { code: "TIMEOUT" } }] });
    expect([once, connections]).toEqual([1, 2]);
  });

  it("still tries what is told only once", async () => {
    const { send } = startMail();
    const toldOnce: readonly Partial<Notice>[] = [{ kind: "decided" }, { kind: "accessEnded" }, { kind: "review" }];
    await send(ask);

    for (const [index, notice] of toldOnce.entries())
      expect(await send({ ...ask, id: `once ${index}`, ...notice })).toMatchObject({
        failed: [{ error: { code: "TIMEOUT" } }],
      });
    expect(connections).toBe(4);
    const link = { text: "Answer the request", url: "https://rollcall.contoso.com/x" };
    expect(await send({ ...ask, id: "asked", kind: "review", link })).toMatchObject({
      failed: [{ error: { code: "NETWORK" } }],
    });
  });
});

describe("the webhook", () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  it("has one budget of retries for all messages", async () => {
    server = await startScriptedServer(() => ({ status: 503 }));
    const { clock, send } = start({ ROLLCALL_WEBHOOK_URL: server.address, ROLLCALL_WEBHOOK_SECRET: "webhook" });
    for (let message = 0; message < 60; message += 1) {
      await send({ ...ask, id: String(message) });
      clock.advance(60_000);
    }

    // 50 retries at the start, and a fifth for each message; each of them alone would be sent three times.
    expect(server.requests.length).toBeLessThanOrEqual(60 + 50 + 60 / 5);
  });
});
