// The door for HR's events through the built app in the local Functions host: headers and the raw body as the host hands
// them over, no function key, and queue, tables and Key Vault behind it.
import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { inventWorkers } from "../../dev/hr/workers.ts";
import { inventRow } from "../../dev/stack/people-file.ts";
import type { Stack } from "../../dev/stack/stack.ts";
import { signWebhook } from "../../shared/webhook/standard-webhooks.ts";
import { startTestStack } from "../helpers/test-stack.ts";

const standardKey = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const bamboohrKey = "a private key of BambooHR";
const contractors = inventWorkers(6).map((worker) => ({ ...worker, status: "active" as const }));
const [leaver] = contractors;
let stack: Stack;
let scim: HrServer;

beforeAll(async () => {
  scim = await startHrServer(createScimSystem(), { workers: contractors, secret: "scim-secret" });
  stack = await startTestStack({ people: [inventRow(0)], settings: {} });
  for (const [name, value] of [
    ["hook-standard", standardKey],
    ["hook-bamboohr", bamboohrKey],
    ["scim-secret", "scim-secret"],
  ])
    await fetch(`${stack.keyVault}/_sim/secrets`, { method: "POST", body: JSON.stringify({ name, value }) });
  const rules = await readFile(stack.rulesFile, "utf8");
  const sources = `sources:
  - name: contractors
    kind: scim
    url: ${scim.address}/scim/v2
    authentication: { kind: bearer, secret: scim-secret }
    numberSpace: contingent
    webhook: { form: standard, secrets: [hook-standard] }
  - name: hr
    webhook: { form: bamboohr, secrets: [hook-bamboohr] }
`;
  await writeFile(stack.rulesFile, rules.replace("sources:\n  - name: hr\n", sources));
  await stack.host.fireTimer("sync-timer");
  await stack.host.idle();
});
afterAll(async () => {
  await stack.close();
  await scim.close();
});

function post(source: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Response> {
  return fetch(`${stack.host.address}/api/events/hr/${source}`, { method: "POST", headers, body: Buffer.from(body) });
}

function standard(body: Uint8Array, secret = standardKey): Readonly<Record<string, string>> {
  const message = { id: "msg_1", timestamp: Math.floor(Date.now() / 1000), body };
  return {
    "content-type": "application/json",
    "Webhook-Id": message.id,
    "Webhook-Timestamp": String(message.timestamp),
    "Webhook-Signature": signWebhook(message, secret),
  };
}

function bamboohr(body: Uint8Array, key = bamboohrKey): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", key).update(body).update(timestamp).digest("hex");
  return { "X-BambooHR-Timestamp": timestamp, "X-BambooHR-Signature": signature };
}

async function runs(): Promise<readonly { readonly trigger: string; readonly status: string }[]> {
  const answer = await fetch(`${stack.host.address}/api/runs`, { headers: { "x-functions-key": stack.keys.default } });
  return ((await answer.json()) as { runs: { trigger: string; status: string }[] }).runs;
}

describe("POST /api/events/hr/{source}", () => {
  // Spaces, a line break and letters beyond ASCII: a body that was parsed or decoded on the way would not verify.
  const text = `{ "type": "worker.changed",\r\n  "note": "Åsa",  "data": { "employeeNumber": "${leaver?.employeeNumber}" } }\n`;
  const body = Buffer.from(text);
  const inLatin1 = Buffer.from(text, "latin1");

  it("refuses what is not signed, or by another key, without a function key or with one", async () => {
    const answers = [
      await post("contractors", {}, body),
      await post("contractors", { "x-functions-key": stack.keys.master }, body),
      await post("contractors", standard(body, `whsec_${Buffer.alloc(32, 8).toString("base64")}`), body),
      await post("contractors", standard(body), Buffer.from(JSON.stringify(JSON.parse(text)))),
      await post("contractors", bamboohr(body), body),
      await post("hr", bamboohr(body, "another private key"), body),
      await post("nobody", standard(body), body),
    ];

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["timer"]);
  });

  it("takes the standard form over the raw body, and has the worker looked at within seconds", async () => {
    scim.setWorkers(contractors.map((worker) => (worker === leaver ? { ...worker, status: "ended" } : worker)));
    const answer = await post("contractors", standard(body), body);
    expect([answer.status, await answer.json()]).toEqual([202, { taken: true }]);
    await stack.host.idle();

    const states = stack.apim.state().users.map(({ email, state }) => [email, state]);
    expect(Object.fromEntries(states)).toMatchObject({
      [leaver?.email ?? ""]: "blocked",
      [contractors[1]?.email ?? ""]: "active",
    });
    expect((await runs()).map(({ trigger, status }) => [trigger, status])).toEqual([
      ["event", "finished"],
      ["timer", "finished"],
    ]);
  });

  it("takes BambooHR's form over bytes that are no UTF-8, and makes the next tick due where a file has to be read", async () => {
    await stack.host.fireTimer("sync-timer");
    await stack.host.idle();
    const before = (await runs()).length;
    for (let time = 0; time < 3; time += 1) expect((await post("hr", bamboohr(inLatin1), inLatin1)).status).toBe(202);
    await stack.host.idle();
    expect(await runs()).toHaveLength(before);
    await stack.host.fireTimer("sync-timer");
    await stack.host.idle();

    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["timer", "event", "timer"]);
  });
});
