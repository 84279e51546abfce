import { describe, expect, it } from "vitest";
import { due } from "../../shared/core/due.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { aRun, runIdAt, startOfTime } from "../helpers/records.ts";

const minute = 60_000;

function runAt(minutes: number, fields: Partial<RunRecord> = {}): RunRecord {
  const at = startOfTime + minutes * minute;
  return aRun(runIdAt(minutes), { status: "finished", createdAt: at, updatedAt: at, ...fields });
}

function dueAt(minutes: number, runs: readonly RunRecord[]): unknown {
  return due(runs, 15, startOfTime + minutes * minute);
}

describe("due()", () => {
  it("says that a target without a run is due", () => {
    expect(dueAt(0, [])).toEqual({ status: "due" });
  });

  it("counts from when the last timed run was asked for, with half a minute to spare for an early timer", () => {
    const runs = [runAt(0)];

    expect(dueAt(14, runs)).toEqual({ status: "notYet", nextAt: startOfTime + 15 * minute });
    expect(dueAt(14.5, runs)).toEqual({ status: "due" });
    expect(dueAt(20, runs)).toEqual({ status: "due" });
  });

  it("does not count runs that somebody asked for, nor those that delete", () => {
    const byHand = runAt(10, { trigger: "http" });
    const deleting = runAt(10, { request: { target: "contoso", mode: "apply", purpose: "delete" } });

    expect(dueAt(16, [byHand, deleting, runAt(0)])).toEqual({ status: "due" });
    expect(dueAt(10, [byHand, runAt(0)])).toMatchObject({ status: "notYet" });
  });

  it.each(["waiting", "running"] as const)("starts none beside a run that is %s", (status) => {
    const open = runAt(0, { status, trigger: "http" });

    expect(dueAt(14, [open])).toEqual({ status: "busy", runId: runIdAt(0) });
  });

  it("takes up a run whose record nobody has written for a quarter of an hour", () => {
    const lost = runAt(0, { status: "running", updatedAt: startOfTime + 5 * minute });

    expect(dueAt(19, [lost])).toMatchObject({ status: "busy" });
    expect(dueAt(20, [lost])).toEqual({ status: "abandoned", runId: runIdAt(0) });
  });

  it("is due at once after something changed, until a run has begun that saw it", () => {
    const marked = (minutes: number) => startOfTime + minutes * minute;
    const alone = runAt(6, { trigger: "event", request: { ...runAt(6).request, worker: "employee/1" } });

    expect(due([runAt(0)], 15, marked(5), marked(4))).toEqual({ status: "due" });
    expect(due([], 15, marked(5), marked(4))).toEqual({ status: "due" });
    expect(due([runAt(5), runAt(0)], 15, marked(10), marked(4))).toMatchObject({ status: "notYet" });
    expect(due([alone, runAt(0)], 15, marked(10), marked(4))).toEqual({ status: "due" });
    expect(due([runAt(3, { status: "running", updatedAt: marked(4) })], 15, marked(5), marked(4))).toMatchObject({
      status: "busy",
    });
  });
});
