import { describe, expect, it } from "vitest";
import { createConcurrency } from "../../shared/http/concurrency.ts";
import type { HttpMethod, HttpRequest, HttpResponse, Transport } from "../../shared/http/transport.ts";
import { armRates, type ThrottleRates, unlimitedRates, withThrottle } from "../../shared/http/with-throttle.ts";
import { createFixedClock, type FixedClock } from "./fixed-clock.ts";

const { signal } = new AbortController();

function request(method: HttpMethod): HttpRequest {
  return { method, url: "http://127.0.0.1/", headers: {} };
}

function answering(status = 200, headers: Record<string, string> = {}): Transport {
  const response: HttpResponse = { status, headers: new Map(Object.entries(headers)), body: "" };
  return async () => response;
}

function rates(capacity: number, refillPerSecond: number) {
  const rate = { capacity, refillPerSecond };
  return { reads: rate, writes: rate, deletes: rate };
}

/** With so many places. */
function throttled(
  transport: Transport,
  options: { rates: ThrottleRates; clock: FixedClock; places?: number },
): Transport {
  const { rates, clock, places = 8 } = options;
  const concurrency = createConcurrency({ initial: places, max: places, now: () => clock.now() });
  return withThrottle(transport, { rates, clock, concurrency });
}

describe("withThrottle", () => {
  it("lets the bucket's content through at once, then the refill's rate", async () => {
    const clock = createFixedClock();
    const send = throttled(answering(), { rates: rates(2, 10), clock });

    for (let sent = 0; sent < 5; sent += 1) await send(request("PUT"), signal);

    expect(clock.waits).toEqual([100, 100, 100]);
  });

  it("refills no higher than the capacity", async () => {
    const clock = createFixedClock();
    const send = throttled(answering(), { rates: rates(1, 10), clock });

    clock.advance(60_000);
    await send(request("PUT"), signal);
    await send(request("PUT"), signal);

    expect(clock.waits).toEqual([100]);
  });

  it("counts reads, writes and deletes apart, and POST as a write", async () => {
    const clock = createFixedClock();
    const send = throttled(answering(), { rates: rates(1, 10), clock });

    for (const method of ["GET", "PATCH", "DELETE"] as const) await send(request(method), signal);
    expect(clock.waits).toEqual([]);
    await send(request("POST"), signal);

    expect(clock.waits).toEqual([100]);
  });

  it("starts the arm door with the published numbers", async () => {
    const clock = createFixedClock();
    const send = throttled(answering(), { rates: armRates, clock });

    for (let sent = 0; sent < 251; sent += 1) await send(request("GET"), signal);
    for (let sent = 0; sent < 201; sent += 1) await send(request("DELETE"), signal);

    expect(clock.waits).toEqual([40, 100]);
  });

  it("believes the service when it has fewer requests left", async () => {
    const clock = createFixedClock();
    const low = { "x-ms-ratelimit-remaining-subscription-writes": "0" };
    const send = throttled(answering(200, low), { rates: rates(200, 10), clock });

    await send(request("PUT"), signal);
    await send(request("PUT"), signal);

    expect(clock.waits).toEqual([100]);
  });

  it.each(["subscription", "subscription-global", "tenant"])(
    "believes the limit that is nearest to its end, be it that of %s",
    async (scope) => {
      const clock = createFixedClock();
      const left = {
        "x-ms-ratelimit-remaining-subscription-writes": "150",
        "x-ms-ratelimit-remaining-subscription-global-writes": "150",
        "x-ms-ratelimit-remaining-tenant-writes": "150",
        [`x-ms-ratelimit-remaining-${scope}-writes`]: "0",
        "x-ms-ratelimit-remaining-tenant-reads": "0",
      };
      const send = throttled(answering(200, left), { rates: rates(200, 10), clock });

      await send(request("PUT"), signal);
      await send(request("PUT"), signal);

      expect(clock.waits).toEqual([100]);
    },
  );

  it("does not believe the service when it has more left than the bucket", async () => {
    const clock = createFixedClock();
    const high = { "x-ms-ratelimit-remaining-subscription-writes": "11999" };
    const send = throttled(answering(200, high), { rates: rates(1, 10), clock });

    await send(request("PUT"), signal);
    await send(request("PUT"), signal);

    expect(clock.waits).toEqual([100]);
  });

  it.each([429, 503])(
    "pauses the bucket after a %i that asks for a wait, also without published limits",
    async (status) => {
      const clock = createFixedClock();
      const send = throttled(answering(status, { "retry-after": "5" }), { rates: unlimitedRates, clock });

      await send(request("PUT"), signal);
      await send(request("GET"), signal);
      expect(clock.waits).toEqual([]);
      await send(request("PUT"), signal);

      expect(clock.waits).toEqual([5000]);
    },
  );

  it("ignores remaining counts at a door without limits", async () => {
    const clock = createFixedClock();
    const low = { "x-ms-ratelimit-remaining-subscription-writes": "0" };
    const send = throttled(answering(200, low), { rates: unlimitedRates, clock });

    for (let sent = 0; sent < 3; sent += 1) await send(request("PUT"), signal);

    expect(clock.waits).toEqual([]);
  });

  it("gives the place back when the caller stops while waiting", async () => {
    const clock = createFixedClock();
    const send = throttled(answering(), { rates: rates(1, 10), clock });
    await send(request("PUT"), signal);

    await expect(send(request("PUT"), AbortSignal.abort())).rejects.toThrow();
    await send(request("PUT"), signal);

    expect(clock.waits).toEqual([100]);
  });

  it("sends nothing more while it pauses, also not what waited for a place when the pause began", async () => {
    const clock = createFixedClock();
    const sent: number[] = [];
    const first = clock.now();
    const busy = answering(429, { "retry-after": "60" });
    const transport: Transport = (...asked) => {
      sent.push(clock.now() - first);
      return sent.length === 1 ? busy(...asked) : answering()(...asked);
    };
    const send = throttled(transport, { rates: unlimitedRates, clock, places: 1 });

    await Promise.all(Array.from({ length: 32 }, () => send(request("PUT"), signal)));

    expect(sent).toEqual([0, ...Array.from({ length: 31 }, () => 60_000)]);
  });

  it("lets other operations have the places of those that wait for the end of a pause", async () => {
    const clock = createFixedClock();
    const sent: string[] = [];
    const transport: Transport = async ({ method }, stop) => {
      sent.push(`${method} ${clock.waits.length}`);
      return answering(sent.length === 1 ? 503 : 200, { "retry-after": "60" })(request(method), stop);
    };
    const send = throttled(transport, { rates: unlimitedRates, clock, places: 1 });

    await Promise.all((["PUT", "PUT", "GET"] as const).map((method) => send(request(method), signal)));

    expect(sent).toEqual(["PUT 0", "GET 0", "PUT 1"]);
  });

  it("does not wait for the end of a pause for a caller that stops", async () => {
    const clock = createFixedClock();
    const stop = new AbortController();
    const sleep = () => Promise.reject(stop.abort());
    const send = throttled(answering(429, { "retry-after": "60" }), {
      rates: unlimitedRates,
      clock: { ...clock, sleep },
      places: 1,
    });

    const [, second] = await Promise.allSettled([send(request("PUT"), signal), send(request("PUT"), stop.signal)]);

    expect(second?.status).toBe("rejected");
    expect(clock.waits).toEqual([]);
  });
});
