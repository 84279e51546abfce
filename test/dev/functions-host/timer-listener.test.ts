import { describe, expect, it } from "vitest";
import { parseSchedule, startTimerListener } from "../../../dev/functions-host/timer-listener.ts";
import { createManualClock } from "./manual-clock.ts";

const start = Date.UTC(2026, 0, 15, 12, 0, 30);
const hour = 3_600_000;

function setUp(schedule: string, options: { runOnStartup?: boolean; run?: () => Promise<void> } = {}) {
  const clock = createManualClock(start);
  const fired: string[] = [];
  const listener = startTimerListener({
    cron: parseSchedule(schedule),
    runOnStartup: options.runOnStartup ?? false,
    clock,
    async run() {
      fired.push(new Date(clock.now()).toISOString());
      await options.run?.();
    },
  });
  return { clock, fired, listener };
}

describe("startTimerListener", () => {
  it.each([
    ["0 */5 * * * *", ["2026-01-15T12:05:00.000Z", "2026-01-15T12:10:00.000Z"], 10 * 60_000],
    ["*/20 * * * * *", ["2026-01-15T12:00:40.000Z", "2026-01-15T12:01:00.000Z"], 30_000],
    ["0 30 9-17 * * Mon-Fri", ["2026-01-15T12:30:00.000Z", "2026-01-15T13:30:00.000Z"], 2 * hour],
    ["30 12 * * *", ["2026-01-15T12:30:00.000Z"], 24 * hour],
    ["0 0 0 1 4 *", ["2026-04-01T00:00:00.000Z"], 90 * 24 * hour],
  ])("fires %s at %j", async (schedule, expected, ms) => {
    const { clock, fired } = setUp(schedule);

    await clock.advance(ms);

    expect(fired).toEqual(expected);
  });

  it("fires only when day and weekday both fit, as NCRONTAB does", async () => {
    const { clock, fired } = setUp("0 0 0 13 * Fri");

    await clock.advance(60 * 24 * hour);

    expect(fired).toEqual(["2026-02-13T00:00:00.000Z", "2026-03-13T00:00:00.000Z"]);
  });

  it("fires at start-up only with runOnStartup", async () => {
    const { clock, fired } = setUp("0 0 * * * *", { runOnStartup: true });

    await clock.advance(0);

    expect(fired).toEqual(["2026-01-15T12:00:30.000Z"]);
  });

  it("leaves out what comes due while the function still runs", async () => {
    const ends: (() => void)[] = [];
    const { clock, fired } = setUp("0 * * * * *", { run: () => new Promise((end) => ends.push(end)) });

    await clock.advance(5 * 60_000);
    const whileRunning = fired.length;
    ends[0]?.();
    await clock.advance(60_000);

    expect(whileRunning).toBe(1);
    expect(fired).toEqual(["2026-01-15T12:01:00.000Z", "2026-01-15T12:06:00.000Z"]);
  });

  it("goes on after a failure, and stops when told", async () => {
    const { clock, fired, listener } = setUp("0 * * * * *", { run: () => Promise.reject(new Error("on purpose")) });

    await clock.advance(60_000);
    await clock.advance(60_000);
    await listener.stop();
    await clock.advance(60_000);

    expect(fired).toHaveLength(2);
  });
});

describe("parseSchedule", () => {
  it.each(["00:05:00", "0 0 0 L * *", "0 0 0 ? * *", "0 0 0 * * 5#2", "@daily", "* * *", ""])(
    "refuses %j",
    (schedule) => {
      expect(() => parseSchedule(schedule)).toThrow();
    },
  );
});
