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
