import { describe, expect, it } from "vitest";
import { targetHealth } from "../../shared/core/health.ts";
import type { RunRecord, RunRequest, RunStatus } from "../../shared/core/run.ts";
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
