import { describe, expect, it } from "vitest";
import { goBackFarEnough, targetHealth } from "../../shared/core/health.ts";
import type { RunRecord, RunRequest, RunStatus, SourceSummary } from "../../shared/core/run.ts";
import { aRun, runIdAt, startOfTime } from "../helpers/records.ts";

const minute = 60_000;
const request: RunRequest = { target: "contoso", mode: "apply", purpose: "sync" };

function runAt(minutes: number, status: RunStatus, fields: Partial<RunRecord> = {}): RunRecord {
  const at = startOfTime + minutes * minute;
  const end = status === "finished" ? { finishedAt: at } : {};
  return aRun(runIdAt(minutes), { request, status, createdAt: at, updatedAt: at, ...end, ...fields });
}

function healthAt(minutes: number, runs: readonly RunRecord[]) {
  return targetHealth("contoso", runs, 15, startOfTime + minutes * minute);
}

const whole: SourceSummary = { source: "hr", completeness: "complete", people: 3, problems: 0, incompleteBecause: [] };
const unread: SourceSummary = { ...whole, completeness: "incomplete", people: 0, incompleteBecause: ["It is away"] };
const changes: SourceSummary = { ...unread, partial: "changes" };

/** Finished runs every fifteen minutes up to `minutes`; the first at 0 read `first`, the others `later`. */
function reading(minutes: number, first: readonly SourceSummary[], later: readonly SourceSummary[]) {
  const times = Array.from({ length: Math.floor(minutes / 15) + 1 }, (_, index) => index * 15).reverse();
  return times.map((at) => runAt(at, "finished", { sources: at === 0 ? first : later }));
}

describe("the sources in targetHealth()", () => {
  it("make it unread when none of a source's reads was complete for four intervals, though runs end well", () => {
    const runs = reading(60, [whole], [unread]);

    expect(healthAt(60, runs)).toMatchObject({ status: "ok", sources: [{ source: "hr", late: false }] });
    expect(healthAt(61, runs)).toMatchObject({
      status: "unread",
      lastSuccessAt: startOfTime + 60 * minute,
      sources: [{ source: "hr", lastReadAt: startOfTime, late: true }],
    });
  });

  it("count from the first run where a source was never read completely", () => {
    const [empty] = [{ ...unread, completeness: "empty" } as const];
    const runs = reading(60, [whole], [whole, { ...empty, source: "contractors" }]);

    expect(healthAt(75, runs)).toMatchObject({ status: "ok", sources: [{ late: false }, { late: false }] });
    expect(healthAt(76, runs)).toMatchObject({ status: "unread", sources: [{ late: false }, { late: true }] });
    expect(healthAt(76, runs).sources?.[1]).not.toHaveProperty("lastReadAt");
  });

  it("are well while a system is asked for changes: that ends when a whole read is due", () => {
    expect(healthAt(75, reading(75, [whole], [changes]))).toMatchObject({
      status: "ok",
      sources: [{ source: "hr", lastReadAt: startOfTime + 75 * minute, late: false }],
    });
  });

  it("are those of the latest run that came to reading, at the time when it began", () => {
    const begun = { sources: [whole], startedAt: startOfTime + 31 * minute };
    const runs = [runAt(45, "running"), runAt(30, "finished", begun), runAt(0, "finished", { sources: [unread] })];

    expect(healthAt(46, runs).sources).toEqual([{ source: "hr", lastReadAt: startOfTime + 31 * minute, late: false }]);
  });
});

describe("goBackFarEnough()", () => {
  it("is so when there is a run of everybody from before the time that counts", () => {
    const event = runAt(0, "finished", { request: { ...request, worker: "employee/1" } });

    expect(goBackFarEnough([runAt(0, "finished")], 15, startOfTime + 61 * minute)).toBe(true);
    expect(goBackFarEnough([runAt(0, "finished")], 15, startOfTime + 60 * minute)).toBe(false);
    expect(goBackFarEnough([event], 15, startOfTime + 61 * minute)).toBe(false);
  });
});

describe("targetHealth()", () => {
  it("knows nothing of a target that never ran", () => {
    expect(healthAt(0, [])).toEqual({ target: "contoso", status: "new" });
  });

  it("is ok until there was no success for four intervals", () => {
    const runs = [runAt(50, "running"), runAt(0, "finished")];

    expect(healthAt(60, runs)).toEqual({
      target: "contoso",
      status: "ok",
      lastSuccessAt: startOfTime,
      lastRun: { id: runIdAt(50), status: "running" },
    });
    expect(healthAt(61, runs).status).toBe("late");
  });

  it("is late as well when it never succeeded, counted from the first run", () => {
    const runs = [runAt(50, "running"), runAt(0, "cancelled")];

    expect(healthAt(60, runs).status).toBe("ok");
    expect(healthAt(61, runs).status).toBe("late");
    expect(healthAt(61, runs).lastSuccessAt).toBeUndefined();
  });

  it("says that the guard blocks, or that the last run failed and with which code", () => {
    expect(healthAt(20, [runAt(15, "blocked"), runAt(0, "finished")])).toMatchObject({
      status: "blocked",
      lastSuccessAt: startOfTime,
    });
    expect(healthAt(20, [runAt(15, "failed", { error: { code: "NETWORK", message: "" } })])).toEqual({
      target: "contoso",
      status: "failing",
      lastRun: { id: runIdAt(15), status: "failed", code: "NETWORK" },
    });
  });

  it("is not told by dry runs, deletions or runs of one worker", () => {
    const others = [{ mode: "plan" }, { purpose: "delete" }, { worker: "employee/1" }] as const;
    const runs = others.map((fields) => runAt(50, "finished", { request: { ...request, ...fields } }));

    expect(healthAt(61, [...runs, runAt(0, "finished")]).status).toBe("late");
    expect(healthAt(61, runs).status).toBe("new");
  });
});
