import { describe, expect, it } from "vitest";
import { type ConcurrencyOptions, createConcurrency } from "../../shared/http/concurrency.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../shared/http/transport.ts";

const get: HttpRequest = { method: "GET", url: "http://127.0.0.1/", headers: {} };
const { signal } = new AbortController();

function withConcurrency(transport: Transport, options: ConcurrencyOptions) {
  const concurrency = createConcurrency(options);
  return (request: HttpRequest, stop: AbortSignal) => concurrency(() => transport(request, stop), stop);
}

/** A transport whose requests stay under way until they are answered here. */
function held() {
  const waiting: ((response: HttpResponse) => void)[] = [];
  const transport: Transport = () => new Promise((resolve) => waiting.push(resolve));
  return {
    transport,
    underWay: () => waiting.length,
    /** Answers the oldest requests and lets everybody go on. */
    async answer(count: number, status = 200) {
      for (const resolve of waiting.splice(0, count)) resolve({ status, headers: new Map(), body: "" });
      await new Promise(setImmediate);
    },
  };
}

async function start(send: ReturnType<typeof withConcurrency>, count: number) {
  const sent = Array.from({ length: count }, () => send(get, signal));
  await new Promise(setImmediate);
  return Promise.all(sent);
}

describe("createConcurrency", () => {
  it("starts with its initial number", async () => {
    const service = held();
    const send = withConcurrency(service.transport, { initial: 3, max: 10, now: () => 0 });

    void start(send, 10);
    await new Promise(setImmediate);

    expect(service.underWay()).toBe(3);
  });

  it("doubles with each round of quick answers, up to the maximum", async () => {
    const service = held();
    const send = withConcurrency(service.transport, { initial: 2, max: 10, now: () => 0 });
    void start(send, 100);
    await new Promise(setImmediate);
    const seen: number[] = [];

    for (let round = 0; round < 4; round += 1) {
      await service.answer(service.underWay());
      seen.push(service.underWay());
    }

    expect(seen).toEqual([4, 8, 10, 10]);
  });

  it.each([
    ["slow answers", 200],
    ["an overload", 429],
  ])("rises by one a round after %s", async (_, status) => {
    const service = held();
    let now = 0;
    const send = withConcurrency(service.transport, { initial: 4, max: 16, now: () => now });
    void start(send, 300);
    await new Promise(setImmediate);
    await service.answer(4);
    now = 10_000;
    await service.answer(8, status);
    const seen: number[] = [service.underWay()];

    for (let round = 0; round < 6; round += 1) {
      await service.answer(service.underWay());
      seen.push(service.underWay());
    }

    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 0);
    for (const [index, each] of seen.slice(1).entries()) expect(each - (seen[index] ?? 0)).toBeLessThanOrEqual(1);
  });

  it("does not rise while the answers are slow", async () => {
    const service = held();
    let now = 0;
    const send = withConcurrency(service.transport, { initial: 2, max: 10, now: () => now });
    void start(send, 100);
    await new Promise(setImmediate);
    await service.answer(1);

    for (let round = 0; round < 10; round += 1) {
      now += 10_000;
      await service.answer(service.underWay());
    }

    expect(service.underWay()).toBe(3);
  });

  it.each([429, 503])("halves once for all the answers %i of one overload", async (status) => {
    const service = held();
    let now = 0;
    const send = withConcurrency(service.transport, { initial: 8, max: 8, now: () => now });
    void start(send, 100);
    await new Promise(setImmediate);

    now = 1000;
    await service.answer(8, status);

    expect(service.underWay()).toBe(4);
  });

  it("never falls below one", async () => {
    const service = held();
    let now = 0;
    const send = withConcurrency(service.transport, { initial: 2, max: 8, now: () => now });
    void start(send, 100);
    await new Promise(setImmediate);

    for (let round = 0; round < 5; round += 1) {
      now += 1000;
      await service.answer(service.underWay(), 429);
    }

    expect(service.underWay()).toBe(1);
  });

  it("gives the place on when a request fails", async () => {
    const failing: Transport = () => Promise.reject(new Error("broken"));
    const send = withConcurrency(failing, { initial: 1, max: 1, now: () => 0 });

    const results = await Promise.allSettled([send(get, signal), send(get, signal), send(get, signal)]);

    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  it("lets a waiting caller stop", async () => {
    const service = held();
    const send = withConcurrency(service.transport, { initial: 1, max: 1, now: () => 0 });
    const stopped = new AbortController();
    const first = send(get, signal);
    const second = send(get, stopped.signal);
    const third = send(get, signal);

    stopped.abort();

    await expect(second).rejects.toMatchObject({ code: "ABORTED" });
    await service.answer(1);
    await first;
    await service.answer(1);
    expect(await third).toMatchObject({ status: 200 });
  });

  it("gives the place on when a request must not go by then", async () => {
    const service = held();
    const concurrency = createConcurrency({ initial: 1, max: 1, now: () => 0 });
    const first = concurrency(() => service.transport(get, signal), signal);
    const second = concurrency(() => undefined, signal);
    const third = concurrency(() => service.transport(get, signal), signal);

    await new Promise(setImmediate);
    await service.answer(1);
    await service.answer(1);

    expect(await Promise.all([first, second, third])).toMatchObject([{ status: 200 }, undefined, { status: 200 }]);
  });
});
