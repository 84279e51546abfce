import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { createRetryBudget, type RetryBudget } from "../../shared/http/retry-budget.ts";
import { httpRetryStrategy } from "../../shared/http/retry-strategy.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../shared/http/transport.ts";
import { withRetry } from "../../shared/http/with-retry.ts";
import { createFixedClock } from "./fixed-clock.ts";
import { createRecordingLog } from "./recording-log.ts";

const get: HttpRequest = { method: "GET", url: "http://127.0.0.1/", headers: {} };
const { signal } = new AbortController();

function response(status: number, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers: new Map(Object.entries(headers)), body: "" };
}

/** A transport that gives these results one after the other, the last one for ever. */
function scripted(...results: readonly (HttpResponse | Error)[]): Transport & { sent(): number } {
  let sent = 0;
  const transport: Transport = async () => {
    const result = results[Math.min(sent, results.length - 1)];
    sent += 1;
    if (result === undefined || result instanceof Error) throw result ?? new Error("no script");
    return result;
  };
  return Object.assign(transport, { sent: () => sent });
}

function retrying(transport: Transport, budget: RetryBudget = createRetryBudget()) {
  const clock = createFixedClock();
  const log = createRecordingLog();
  const strategy = httpRetryStrategy;
  const send = withRetry(transport, { strategy, clock, random: () => 0.5, budget, log, maxAttempts: 4 });
  return { send, clock, log };
}

describe("withRetry", () => {
  it("sends again after the waits of the strategy and tells how often it sent", async () => {
    const transport = scripted(response(503), response(429, { "retry-after": "7" }), response(200));
    const { send, clock, log } = retrying(transport);

    const result = await send(get, signal);

    expect(result).toMatchObject({ status: 200, attempts: 3 });
    expect(clock.waits).toEqual([250, 7000]);
    expect(log.lines.map(({ event, fields }) => [event, fields.because])).toEqual([
      ["http.request.retried", "503"],
      ["http.request.retried", "429"],
    ]);
  });

  it.each([
    ["a server's error", response(503), true],
    ["no answer", new AppError("TIMEOUT", "late"), true],
    ["a refusal for too many requests", response(429, { "retry-after": "1" }), undefined],
  ])("tells whether an earlier attempt may have been carried out: after %s", async (_, result, mayBeDone) => {
    const { send } = retrying(scripted(result, response(200)));

    expect((await send(get, signal)).mayBeDone).toBe(mayBeDone);
  });

  it("gives the last response when the attempts are used up", async () => {
    const transport = scripted(response(503));
    const { send, clock } = retrying(transport);

    expect(await send(get, signal)).toMatchObject({ status: 503, attempts: 4 });
    expect(clock.waits).toEqual([250, 500, 1000]);
  });

  it("throws the last error when the attempts are used up", async () => {
    const transport = scripted(new AppError("NETWORK", "broken"));
    const { send } = retrying(transport);

    await expect(send(get, signal)).rejects.toMatchObject({ code: "NETWORK" });
    expect(transport.sent()).toBe(4);
  });

  it("takes an error that is no AppError for a defect and does not send again", async () => {
    const transport = scripted(new TypeError("defect"));
    const { send } = retrying(transport);

    await expect(send(get, signal)).rejects.toThrow("defect");
    expect(transport.sent()).toBe(1);
  });

  it("stops when the caller stops", async () => {
    const controller = new AbortController();
    const transport: Transport = async () => {
      controller.abort();
      return response(503);
    };
    const { send, clock } = retrying(transport);

    expect(await send(get, controller.signal)).toMatchObject({ status: 503, attempts: 1 });
    expect(clock.waits).toEqual([]);
  });

  it("gives up early when the budget of all requests together is used up", async () => {
    const transport = scripted(response(503));
    const { send } = retrying(transport, createRetryBudget({ reserve: 2, ratio: 0 }));

    expect(await send(get, signal)).toMatchObject({ attempts: 3 });
    expect(await send(get, signal)).toMatchObject({ attempts: 1 });
  });

  it("takes nothing from the budget for a wait that the service asked for", async () => {
    const transport = scripted(response(429, { "retry-after": "1" }));
    const { send } = retrying(transport, createRetryBudget({ reserve: 0, ratio: 0 }));

    expect(await send(get, signal)).toMatchObject({ status: 429, attempts: 4 });
  });
});

describe("createRetryBudget", () => {
  it("earns a share of a retry with each request", () => {
    const budget = createRetryBudget({ reserve: 1, ratio: 0.5 });
    expect(budget.withdraw()).toBe(true);
    expect(budget.withdraw()).toBe(false);

    budget.deposit();
    expect(budget.withdraw()).toBe(false);
    budget.deposit();

    expect(budget.withdraw()).toBe(true);
  });

  it("tells whole retries only", () => {
    const budget = createRetryBudget({ reserve: 3, ratio: 0.5 });
    expect(budget.left()).toBe(3);

    budget.withdraw();
    budget.withdraw();
    budget.deposit();

    expect(budget.left()).toBe(1);
  });

  it("goes on with what was left elsewhere, and earns from there up to what a new one has", () => {
    const budget = createRetryBudget({ reserve: 2, ratio: 0.5 });
    budget.resume(0);
    expect(budget.withdraw()).toBe(false);

    for (let request = 0; request < 10; request += 1) budget.deposit();

    expect(budget.left()).toBe(2);
  });

  it("never goes on with more than a new one has", () => {
    const budget = createRetryBudget({ reserve: 2 });

    budget.resume(50);

    expect(budget.left()).toBe(2);
  });
});
