import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import type { FunctionsHost, FunctionsHostOptions } from "../../../dev/functions-host/functions-host.ts";
import { startFunctionsHost } from "../../../dev/functions-host/functions-host.ts";
import { createManualClock } from "./manual-clock.ts";
import { createMemoryQueues } from "./memory-queues.ts";

const root = fileURLToPath(new URL("app", import.meta.url));
const start = Date.UTC(2026, 0, 15, 12, 1);
const keys = {
  master: "master-key",
  host: { default: "host-key" },
  functions: { guarded: { partner: "guarded-key" }, echo: { other: "echo-key" } },
};
const opened: FunctionsHost[] = [];

afterEach(async () => {
  for (const host of opened.splice(0)) await host.close();
});

async function setUp(options: Partial<FunctionsHostOptions> = {}) {
  const clock = createManualClock(start);
  const queues = createMemoryQueues(clock.now);
  const lines: { readonly level: string; readonly event: string; readonly fields: unknown }[] = [];
  const write = (level: string) => (event: string, fields?: unknown) => void lines.push({ level, event, fields });
  const log = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const env = { FIXTURE_QUEUE: "work" };
  const host = await startFunctionsHost({ root, port: 0, keys, queues, env, log, clock, ...options });
  opened.push(host);
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host.address}${path}`, init);
  return { host, clock, queues, lines, call };
}

describe("startFunctionsHost with HTTP functions", () => {
  it("gives the function the library's own request: method, url, params, query, headers, body as bytes", async () => {
    const { call } = await setUp();

    const response = await call("/api/Echo/J%C3%B6rg%2Fx?a=1&a=2&b=", {
      method: "POST",
      headers: { "x-given": "yes" },
      body: new Uint8Array([0, 255, 10]),
    });

    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      type: "HttpRequest",
      url: expect.stringMatching(/\/api\/Echo\/J%C3%B6rg%2Fx\?a=1&a=2&b=$/),
      params: { name: "Jörg%2Fx" },
      query: { a: "1,2", b: "" },
      header: "yes",
      body: "00ff0a",
    });
  });

  it("sends status, headers and cookies of the answer", async () => {
    const { call } = await setUp();

    const response = await call("/api/echo/x/y");

    expect(response.headers.get("x-function")).toBe("echo");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.getSetCookie()).toEqual([
      "first=a%20b; max-age=60; path=/; secure; samesite=strict; httponly",
      "second=2; path=/api",
    ]);
  });

  it.each([
    ["an unknown path", "/api/nothing", "GET", 404],
    ["a method that the function does not take", "/api/echo/x", "DELETE", 404],
    ["a path without the prefix", "/echo/x", "GET", 404],
    ["a missing parameter", "/api/echo", "GET", 404],
    ["a function that throws", "/api/broken", "GET", 500],
    ["a function that answers nothing", "/api/silent", "GET", 204],
  ])("answers %s with a status and no body", async (_what, path, method, status) => {
    const { call } = await setUp();

    const response = await call(path, { method });

    expect([response.status, await response.text()]).toEqual([status, ""]);
  });

  it.each([
    ["no key", "guarded", {}, 401],
    ["a wrong key", "guarded", { "x-functions-key": "wrong" }, 401],
    ["another function's key", "guarded", { "x-functions-key": "echo-key" }, 401],
    ["its own key", "guarded", { "x-functions-key": "guarded-key" }, 200],
    ["a host key", "guarded", { "x-functions-key": "host-key" }, 200],
    ["the master key", "guarded", { "x-functions-key": "master-key" }, 200],
    ["a host key where admin is asked", "owner", { "x-functions-key": "host-key" }, 401],
    ["the master key where admin is asked", "owner", { "x-functions-key": "master-key" }, 200],
  ])("with %s answers %s %o with %i", async (_what, name, headers, status) => {
    const { call } = await setUp();

    expect((await call(`/api/${name}`, { headers })).status).toBe(status);
  });

  it("takes the key from the query, but not when there is a header", async () => {
    const { call } = await setUp();

    const byQuery = await call("/api/guarded?code=guarded-key");
    const byHeader = await call("/api/guarded?code=guarded-key", { headers: { "x-functions-key": "wrong" } });

    expect([byQuery.status, byHeader.status]).toEqual([200, 401]);
  });

  it("ends an invocation that outlasts functionTimeout, with 500 and a line in the log", async () => {
    const { call, clock, lines, host } = await setUp();
    const answered = call("/api/stuck");
    let pending = true;
    void answered.then(() => (pending = false));
    while (!lines.some(({ event }) => event === "function.started")) await new Promise(setImmediate);

    await clock.advance(299_999);
    expect(pending).toBe(true);
    await clock.advance(1);

    expect((await answered).status).toBe(500);
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", event: "function.failed" }));
    await host.idle();
  });

  it("logs what the function logs, with its name, and runs the app's hooks", async () => {
    const { call, lines } = await setUp();

    await call("/api/logged");
    await call("/api/silent");

    const said = lines.filter(({ event }) => event === "function.log");
    expect(said).toContainEqual({
      level: "warn",
      event: "function.log",
      fields: expect.objectContaining({ function: "logged", message: "said by the function" }),
    });
    expect(said).toContainEqual({
      level: "info",
      event: "function.log",
      fields: expect.objectContaining({ function: "silent", message: "after silent" }),
    });
  });

  // The short limit: a kept-alive connection must not hold the closing server for seconds.
  it("lets a request that runs end when it is closed, and takes no other", { timeout: 2_000 }, async () => {
    const { call, host, lines } = await setUp();
    const answered = call("/api/waiting");
    while (!lines.some(({ event }) => event === "function.started")) await new Promise(setImmediate);

    const closed = host.close();
    await expect(call("/api/echo/x")).rejects.toThrow();
    process.emit("SIGUSR2");

    expect(await (await answered).text()).toBe("released");
    await closed;
  });

  it("puts app settings into the environment until it is closed", async () => {
    const { call, host } = await setUp({ env: { FIXTURE_QUEUE: "work", FIXTURE_SETTING: "given" } });

    expect(await (await call("/api/setting")).text()).toBe("given");
    await host.close();
    expect(process.env.FIXTURE_SETTING).toBeUndefined();
  });
});

describe("startFunctionsHost with timers and queues", () => {
  it("fires a timer on its schedule and not at start-up, and sends what it returns", async () => {
    const { clock, queues } = await setUp();

    await clock.advance(239_999);
    expect(queues.texts("ticks")).toEqual([]);
    await clock.advance(1);
    expect(queues.texts("ticks")).toEqual([JSON.stringify({ isPastDue: false, next: "2026-01-15T12:10:00.000Z" })]);
    await clock.advance(600_000);
    expect(queues.texts("ticks")).toHaveLength(3);
  });

  it("fires a timer by hand", async () => {
    const { host, queues } = await setUp();

    await host.fireTimer("tick");

    expect(queues.texts("ticks")).toHaveLength(1);
    await expect(host.fireTimer("work")).rejects.toThrow(/no such timer function, expected tick/);
  });

  it("starts a timer or a queue function by the admin route, with the master key only", async () => {
    const { call, queues, host } = await setUp();
    const post = (name: string, key: string | undefined, body?: unknown): Promise<Response> =>
      call(`/admin/functions/${name}`, {
        method: "POST",
        headers: key === undefined ? {} : { "x-functions-key": key },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });

    const statuses = [
      await post("tick", undefined),
      await post("tick", "host-key"),
      await post("none", "master-key"),
      await post("echo", "master-key"),
    ];
    const timer = await post("tick", "master-key", {});
    const queue = await post("work", "master-key", { input: '{"n":1}' });
    await host.idle();

    expect(statuses.map(({ status }) => status)).toEqual([401, 403, 404, 404]);
    expect([timer.status, queue.status]).toEqual([202, 202]);
    expect(queues.texts("ticks")).toHaveLength(1);
    expect(queues.texts("done")).toHaveLength(2);
  });

  it("runs a queue message, tells its metadata, sends the outputs one message per element, and removes it", async () => {
    const { clock, queues, host } = await setUp();
    await queues.send("work", '{"n":1}');

    await clock.advance(100);
    await host.idle();

    const [first, second] = queues.texts("done");
    expect(JSON.parse(first ?? "")).toEqual({
      message: { n: 1 },
      dequeueCount: 1,
      id: expect.any(String),
      insertionTime: new Date(start).toISOString(),
    });
    expect(second).toBe("as text");
    expect(queues.texts("work")).toEqual([]);
  });

  it("tries a failed message again after visibilityTimeout, and moves it to the poison queue at last", async () => {
    const { clock, queues, lines } = await setUp();
    await queues.send("work", '{"fail":true}');
    const failures = (): number => lines.filter(({ event }) => event === "function.failed").length;

    await clock.advance(29_000);
    const first = failures();
    await clock.advance(5_000);
    const second = failures();
    await clock.advance(35_000);

    expect([first, second, failures()]).toEqual([1, 2, 3]);
    expect(queues.texts("work")).toEqual([]);
    expect(queues.texts("work-poison")).toEqual(['{"fail":true}']);
  });

  it("is idle only when the queue is empty, also of messages that are invisible", async () => {
    const { clock, queues, host } = await setUp();
    await queues.send("work", '{"fail":true}');
    await clock.advance(1_000);
    let idle = false;
    const waiting = host.idle().then(() => (idle = true));

    await clock.advance(10_000);
    const whileInvisible = idle;
    await clock.advance(120_000);
    await waiting;

    expect([whileInvisible, idle]).toEqual([false, true]);
  });

  it("lists the functions of the app", async () => {
    const { host } = await setUp();

    expect(host.functions).toEqual([
      "broken",
      "echo",
      "guarded",
      "logged",
      "owner",
      "setting",
      "silent",
      "stuck",
      "tick",
      "waiting",
      "work",
    ]);
  });

  it("refuses to start without a queue service or a setting that a binding names", async () => {
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const queues = createMemoryQueues(() => 0);

    await expect(startFunctionsHost({ root, port: 0, keys, log, env: { FIXTURE_QUEUE: "work" } })).rejects.toThrow(
      /no queue service/,
    );
    await expect(startFunctionsHost({ root, port: 0, keys, log, queues })).rejects.toThrow(/%FIXTURE_QUEUE%/);
  });
});
