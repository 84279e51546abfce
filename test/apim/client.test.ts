// The stack of the client: which limits each door brings, and that nothing is sent before it is asked for.
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createApim } from "../../shared/apim/client.ts";
import type { Transport } from "../../shared/http/transport.ts";
import type { Apim } from "../../shared/ports.ts";
import { page, type ScriptedService, startScriptedService } from "./scripted-service.ts";

const { signal } = new AbortController();
let service: ScriptedService | undefined;

afterEach(async () => {
  await service?.close();
});

describe("createApim", () => {
  it.each([
    ["arm", "2024-05-01", [40]],
    ["direct", "2021-08-01", []],
  ] as const)("keeps the %s door's limits by itself", async (door, apiVersion, waits) => {
    service = await startScriptedService(() => page([]), { door, apiVersion });

    for (let sent = 0; sent < 251; sent += 1) await service.apim.listGroups(signal);

    expect(service.clock.waits).toEqual(waits);
  });

  it("keeps the limits that it is given", async () => {
    const rate = { capacity: 1, refillPerSecond: 1 };
    const rates = { reads: rate, writes: rate, deletes: rate };
    service = await startScriptedService(() => page([]), { door: "direct", apiVersion: "2021-08-01", rates });

    await service.apim.listGroups(signal);
    await service.apim.listGroups(signal);

    expect(service.clock.waits).toEqual([1000]);
  });

  it("has no more requests under way than it is allowed", async () => {
    let underWay = 0;
    let most = 0;
    // Within a turn of the event loop everything is sent that waits for no answer.
    const transport: Transport = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await nextTurn();
      underWay -= 1;
      return { status: 201, headers: new Map(), body: "" };
    };
    service = await startScriptedService(() => page([]), { transport, concurrency: { initial: 2, max: 2 } });
    const { apim } = service;

    await Promise.all(Array.from({ length: 8 }, (_, index) => apim.addMember("g1", `u${index}`, signal)));

    expect(most).toBe(2);
  });

  it("sends nothing more once the service asks to wait, until that is over", async () => {
    let now = 0;
    const asleep: (() => void)[] = [];
    const sleep = () => new Promise<void>((resolve) => asleep.push(resolve));
    service = await startScriptedService(
      (_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "60" } } : { status: 201 }),
      {
        door: "direct",
        apiVersion: "2021-08-01",
        concurrency: { initial: 1, max: 32 },
        clock: { now: () => now, sleep },
      },
    );
    const { apim, server } = service;
    const added = Promise.all(Array.from({ length: 32 }, (_, index) => apim.addMember("g1", `u${index}`, signal)));

    // Who was refused waits, and the first of those who had no place yet; the others are behind that one.
    while (asleep.length < 2 && server.requests.length < 2) await new Promise(setImmediate);
    expect(server.requests).toHaveLength(1);
    now = 60_000;
    for (const wake of asleep) wake();
    await added;

    expect(server.requests).toHaveLength(33);
  });

  it("sends the credential's header and accepts JSON", async () => {
    service = await startScriptedService(() => page([]));

    await service.apim.listGroups(signal);

    expect(service.server.requests[0]?.headers).toMatchObject({
      authorization: "Bearer token",
      accept: "application/json",
    });
  });

  it("leaves each port its own retries, whatever another one has used up", async () => {
    service = await startScriptedService(() => ({ status: 503, body: {} }));
    const { apim, server } = service;
    const sentBy = async (port: Apim): Promise<number> => {
      const before = server.requests.length;
      await expect(port.listGroups(signal)).rejects.toMatchObject({ code: "APIM_UNAVAILABLE" });
      return server.requests.length - before;
    };

    let used = await sentBy(apim);
    while (used > 1) used = await sentBy(apim);

    expect(await sentBy(service.openAnother())).toBe(6);
  });

  it("refuses a door that cannot be", async () => {
    service = await startScriptedService(() => page([]));
    const { clock, log } = service;
    const door = { kind: "direct", baseUrl: "http://contoso.example", apiVersion: "2021-08-01" } as const;
    const credential = { authorization: async () => "Bearer token", advice: "" };
    const transport = () => Promise.reject(new Error("never sent"));

    expect(() => createApim({ door, credential, transport, clock, random: () => 0, log })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
