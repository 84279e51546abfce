import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TargetRules } from "../../shared/config/rules.ts";
import { readSettings } from "../../shared/config/settings.ts";
import type { Apim } from "../../shared/ports.ts";
import { createApimClients } from "../../shared/wiring/apim-clients.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { type ScriptedServer, startScriptedServer } from "../http/scripted-server.ts";

const { signal } = new AbortController();
let server: ScriptedServer;
beforeEach(async () => {
  server = await startScriptedServer(() => ({ status: 503, body: {} }));
});
afterEach(() => server.close());

function target(): TargetRules {
  const resourceId = "/subscriptions/s0/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso";
  return {
    name: "contoso",
    door: "arm",
    endpoint: server.address,
    resourceId,
    apiVersion: "2024-05-01",
    everyMinutes: 30,
    maxConcurrency: 16,
    groups: [],
    limits: {},
    protect: [],
  };
}

function clients() {
  const clock = createFixedClock();
  const settings = readSettings({ ROLLCALL_RULES: "rollcall.yaml", AzureWebJobsStorage__accountName: "contosostate" });
  const identity = { getToken: async () => ({ token: "token", expiresOnTimestamp: clock.now() + 3_600_000 }) };
  return createApimClients({ settings, clock, identity }, () => Promise.reject(new Error("No secret is needed")));
}

/** How often one request is sent, to a service that is away. */
async function sentBy(apim: Apim): Promise<number> {
  const before = server.requests.length;
  await expect(apim.listGroups(signal)).rejects.toMatchObject({ code: "APIM_UNAVAILABLE" });
  return server.requests.length - before;
}

describe("the client of a target", () => {
  it("tells what its run has left, and goes on with what another process left", async () => {
    const { apim, retries } = await clients().ofRun(target(), createRecordingLog());
    expect([await sentBy(apim), retries.left()]).toEqual([6, 45]);

    retries.resume(1);

    expect([await sentBy(apim), retries.left()]).toEqual([2, 0]);
    expect(await sentBy(apim)).toBe(1);
  });

  it("leaves everything else its own retries, whatever a run has used up, and other runs theirs", async () => {
    const { ofRun, shared } = clients();
    const log = createRecordingLog();
    const [one, other] = [await ofRun(target(), log), await ofRun(target(), log)];

    one.retries.resume(0);

    expect(await sentBy(one.apim)).toBe(1);
    expect(await sentBy(await shared(target(), log))).toBe(6);
    expect(await sentBy(other.apim)).toBe(6);
  });

  it("is the same until the rules change, and then no longer kept", async () => {
    const { shared } = clients();
    const log = createRecordingLog();
    const first = await shared(target(), log);
    const other = await shared({ ...target(), name: "fabrikam" }, log);
    expect(await shared(target(), log)).toBe(first);

    const changed = await shared({ ...target(), maxConcurrency: 2 }, log);
    expect(changed).not.toBe(first);
    expect(await shared({ ...target(), maxConcurrency: 2 }, log)).toBe(changed);
    expect(await shared({ ...target(), name: "fabrikam" }, log)).toBe(other);

    expect(await shared(target(), log)).not.toBe(first);
    expect(await sentBy(first)).toBe(6);
  });
});
