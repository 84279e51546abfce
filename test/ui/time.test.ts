import { describe, expect, it } from "vitest";
import { distance, duration, time } from "../../shared/ui/time.ts";

const now = Date.parse("2026-05-14T09:00:00Z");
const minute = 60_000;
const day = 24 * 60 * minute;

describe("distance()", () => {
  it.each([
    [0, "just now"],
    [-59_999, "just now"],
    [-minute, "1 minute ago"],
    [119 * minute, "in 1 hour"],
    [-day, "yesterday"],
    [day, "tomorrow"],
    [-12 * day, "12 days ago"],
    [45 * day, "next month"],
    [-400 * day, "last year"],
  ])("of %i ms is %s", (ms, text) => {
    expect(distance(now + ms, now)).toBe(text);
  });
});

describe("time()", () => {
  it("says when exactly as well, for people and for programs", () => {
    expect(time(now - 2 * day, now).toString()).toBe(
      '<time datetime="2026-05-12T09:00:00.000Z">2 days ago</time> <span class="soft small">12 May 2026, 09:00 UTC</span>',
    );
  });
});

describe("duration()", () => {
  it.each([
    [45, "45 s"],
    [600, "10 min"],
    [12_600, "3.5 h"],
  ])("of %i seconds is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
