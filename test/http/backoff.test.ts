import { describe, expect, it } from "vitest";
import { backoffMs } from "../../shared/http/backoff.ts";

describe("backoffMs", () => {
  it.each([
    [1, 500],
    [2, 1000],
    [4, 4000],
    [12, 30_000],
  ])("attempt %i waits up to %i ms", (attempt, ceiling) => {
    const times = { attempt, baseMs: 500, maxMs: 30_000 };

    expect(backoffMs({ ...times, random: 0 })).toBe(0);
    expect(backoffMs({ ...times, random: 0.5 })).toBe(ceiling / 2);
    expect(backoffMs({ ...times, random: 0.999_999_9 })).toBe(ceiling);
  });
});
