import { describe, expect, it } from "vitest";
import { runView } from "../../shared/api/run-view.ts";
import { aRun, runIdAt, startOfTime } from "../helpers/records.ts";

describe("runView()", () => {
  it("works out what is done, what is left, the rate and the end", () => {
    const run = aRun(runIdAt(0), {
      status: "running",
      startedAt: startOfTime,
      planned: { createUser: 80, addMember: 20 },
      outcomes: { applied: 18, skipped: 1, held: 0, failed: 1 },
    });

    expect(runView(run, startOfTime + 10_000)).toMatchObject({
      createdAt: "2026-03-02T08:00:00.000Z",
      progress: { done: 20, left: 80, perSecond: 2, estimatedEnd: "2026-03-02T08:00:50.000Z" },
    });
  });

  it("tells nothing of what only the program needs to go on", () => {
    const changesFrom = { at: startOfTime, token: "t", source: "hr" };
    const takenUp = { times: 1, progress: 0 };
    const run = aRun(runIdAt(0), { status: "running", counted: 3, changesFrom, takenUp, retriesLeft: 12 });

    const shown = Object.keys(runView(run, startOfTime));

    expect(shown.filter((name) => /counted|changesFrom|takenUp|retriesLeft/.test(name))).toEqual([]);
  });

  it("has no end for a run that has ended, no rate before the first change, no progress before the plan", () => {
    const ended = aRun(runIdAt(0), {
      status: "finished",
      startedAt: startOfTime,
      finishedAt: startOfTime + 5_000,
      planned: { createUser: 10 },
      outcomes: { applied: 10, skipped: 0, held: 0, failed: 0 },
    });
    const begun = aRun(runIdAt(0), { status: "running", startedAt: startOfTime, planned: { createUser: 10 } });

    expect(runView(ended, startOfTime + 60_000).progress).toEqual({ done: 10, left: 0, perSecond: 2 });
    expect(runView(begun, startOfTime + 60_000).progress).toEqual({ done: 0, left: 10 });
    expect(runView(aRun(runIdAt(0)), startOfTime).progress).toBeUndefined();
  });
});
