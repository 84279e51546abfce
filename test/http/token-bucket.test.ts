import { describe, expect, it } from "vitest";
import { createTokenBucket } from "../../shared/http/token-bucket.ts";
import { createFixedClock } from "./fixed-clock.ts";

const { signal } = new AbortController();

function start(capacity = 20, refillPerSecond = 10) {
  const clock = createFixedClock();
  const bucket = createTokenBucket({ capacity, refillPerSecond }, clock);
  const gone: number[] = [];
  return {
    clock,
    bucket,
    gone,
    /** Asks for that many; they are numbered in the order of asking and stand in `gone` once they went. */
    async ask(count: number) {
      for (let number = 0; number < count; number += 1) void bucket.take(signal).then(() => gone.push(gone.length));
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

describe("createTokenBucket", () => {
  it("sends one request ahead, and then as many at once as its answer says are left", async () => {
    const { clock, bucket, gone, ask } = start();
    await ask(12);
    expect(gone).toHaveLength(1);

    bucket.answered(1, { remaining: 4 });
    await settle();

    // Four at once, the others at the refill's speed.
    expect(gone).toHaveLength(12);
    expect(clock.waits).toEqual([100, 100, 100, 100, 100, 100, 100]);
  });

  it("asks anew after a while without an answer: somebody else may have used the service's bucket", async () => {
    const { clock, bucket, gone, ask } = start();
    await ask(1);
    bucket.answered(1, { remaining: 19 });

    clock.advance(2_001);
    await ask(5);
    expect(gone).toHaveLength(2);
    bucket.answered(2, { remaining: 0 });
    await settle();

    expect(clock.waits).toEqual([100, 100, 100, 100]);
  });

  it("follows the service upward as well", async () => {
    const { clock, bucket, ask } = start();
    await ask(1);
    bucket.answered(1, { remaining: 0 });
    await ask(1);
    bucket.answered(2, { remaining: 3 });

    await ask(3);

    expect(clock.waits).toEqual([100]);
  });

  it("takes those off an answer's count that went after its request", async () => {
    const { clock, bucket, ask } = start();
    await ask(1);
    bucket.answered(1, { remaining: 19 });
    await ask(4);

    bucket.answered(2, { remaining: 4 });
    await ask(2);

    expect(clock.waits).toEqual([100]);
  });

  it("is empty after a refusal for too many requests, whatever the count says", async () => {
    const { clock, bucket, ask } = start();
    await ask(1);
    bucket.answered(1, { empty: true, remaining: 11 });

    await ask(1);

    expect(clock.waits).toEqual([100]);
  });

  it("goes on when the request that was sent ahead failed", async () => {
    const { bucket, gone, ask } = start();
    await ask(3);

    bucket.answered(1, {});
    await settle();

    expect(gone).toHaveLength(3);
  });

  it("lets the next one go when one that waits is stopped", async () => {
    const { bucket, gone, ask } = start();
    await ask(1);
    const stop = new AbortController();
    const stopped = bucket.take(stop.signal);
    await ask(1);

    stop.abort();
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
    expect(gone).toHaveLength(1);
    bucket.answered(1, { remaining: 19 });
    await settle();

    expect(gone).toHaveLength(2);
  });
});
