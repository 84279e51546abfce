import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { keepLease } from "../../shared/flows/keep-lease.ts";
import { leaseLostError } from "../../shared/runs/lease-blob.ts";
import { untilAborted } from "../helpers/local-run.ts";

type Answer = "kept" | "away" | "lost" | "silent";

/** A lease of 60 seconds whose renewals are answered in this order, kept by a clock that jumps from sleep to sleep. */
function keeping(answers: readonly Answer[]) {
  let now = 0;
  const asked: number[] = [];
  const left = [...answers];
  let settle: () => void = () => undefined;
  /** When all answers were given and the next renewal is asked for. */
  const over = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const clock = {
    now: () => now,
    async sleep(ms: number, stop: AbortSignal) {
      await new Promise(setImmediate);
      if (stop.aborted) throw stop.reason;
      now += ms;
    },
  };
  const lease = {
    async renew(stop: AbortSignal) {
      asked.push(now);
      const answer = left.shift();
      if (answer === "lost") throw leaseLostError();
      if (answer === "away") throw new AppError("STORE_UNAVAILABLE", "Cannot keep the lease: 503");
      if (answer === undefined) settle();
      if (answer !== "kept") await untilAborted(0, stop);
    },
    release: async () => void asked.push(-1),
  };
  const outer = new AbortController();
  const kept = keepLease(lease, { seconds: 60, since: 0 }, clock, outer.signal);
  const lost = new Promise<number>((resolve) => kept.lost.addEventListener("abort", () => resolve(now)));
  return { kept, asked, over, lost, outer, now: () => now };
}

describe("keepLease()", () => {
  it("renews three times within the lease's length", async () => {
    const { kept, asked, over } = keeping(["kept", "kept", "kept"]);

    await over;

    expect(asked).toEqual([20_000, 40_000, 60_000, 80_000]);
    expect(kept.signal.aborted).toBe(false);
  });

  it("tries a renewal that failed again, and goes on when one succeeds", async () => {
    const { kept, asked, over } = keeping(["away", "away", "kept"]);

    await over;

    expect(asked).toEqual([20_000, 22_000, 24_000, 44_000]);
    expect([kept.signal.aborted, kept.lost.aborted]).toEqual([false, false]);
  });

  it("stops the work before the lease ends that could not be renewed", async () => {
    const { kept, asked, lost } = keeping(Array.from({ length: 40 }, () => "away"));

    const lostAt = await lost;

    expect(lostAt).toBeLessThanOrEqual(55_000);
    expect(lostAt).toBeGreaterThan(50_000);
    expect(asked.length).toBeGreaterThan(10);
    expect(kept.signal.reason).toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("does not wait for an answer beyond the lease's end", async () => {
    const { kept, asked, lost } = keeping(["silent"]);

    expect(await lost).toBe(55_000);
    expect(asked).toEqual([20_000]);
    expect(kept.signal.aborted).toBe(true);
  });

  it("stops the work at once when the lease is somebody else's", async () => {
    const { asked, lost } = keeping(["kept", "lost", "kept"]);

    expect(await lost).toBe(40_000);
    expect(asked).toEqual([20_000, 40_000]);
  });

  it("ends with its release: nothing is renewed, nothing is lost", async () => {
    const { kept, asked } = keeping(["kept"]);

    await kept.release();
    await new Promise(setImmediate);

    expect(asked).toEqual([-1]);
    expect([kept.signal.aborted, kept.lost.aborted]).toEqual([false, false]);
  });

  it("has not lost the lease of a caller that stops, also while a renewal is under way", async () => {
    const { kept, over, outer } = keeping([]);
    await over;

    outer.abort();
    await kept.release();

    expect([kept.signal.aborted, kept.lost.aborted]).toEqual([true, false]);
  });
});
