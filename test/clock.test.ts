import { describe, expect, it } from "vitest";
import { createSystemClock } from "../shared/clock.ts";

describe("createSystemClock", () => {
  it("now is the system's time", () => {
    const before = Date.now();
    const now = createSystemClock().now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it("sleep of no time resolves", async () => {
    await expect(createSystemClock().sleep(0, new AbortController().signal)).resolves.toBeUndefined();
  });

  it("sleep throws ABORTED as soon as the signal fires, and at once when it has fired before", async () => {
    const stop = new AbortController();
    const sleeping = createSystemClock().sleep(86_400_000, stop.signal);
    stop.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "ABORTED" });
    await expect(createSystemClock().sleep(0, stop.signal)).rejects.toMatchObject({ code: "ABORTED" });
  });
});
