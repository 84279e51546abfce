import { describe, expect, it } from "vitest";
import { due, lostEventRun, servesHr } from "../../shared/core/due.ts";
import type { RunRecord, SourceSummary } from "../../shared/core/run.ts";
import { aRun, runIdAt, startOfTime } from "../helpers/records.ts";

const minute = 60_000;

function runAt(minutes: number, fields: Partial<RunRecord> = {}): RunRecord {
  const at = startOfTime + minutes * minute;
  return aRun(runIdAt(minutes), { status: "finished", request: whole, createdAt: at, updatedAt: at, ...fields });
}

const whole = { target: "contoso", mode: "apply", purpose: "sync" } as const;

function marked(minutes: number): number {
  return startOfTime + minutes * minute;
}

function aSource(fields: Partial<SourceSummary>): SourceSummary {
  return { source: "hr", completeness: "complete", people: 0, problems: 0, incompleteBecause: [], ...fields };
}

function ofEvent(minutes: number, fields: Partial<RunRecord> = {}): RunRecord {
  return runAt(minutes, {
    status: "waiting",
    trigger: "event",
    request: { ...whole, worker: "employee/1" },
    ...fields,
  });
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

  it("does not wait for runs that events asked for, however many there are", () => {
    const events = [ofEvent(13, { status: "running" }), ofEvent(12), ofEvent(11)];

    expect(dueAt(14, [...events, runAt(0)])).toEqual({ status: "notYet", nextAt: startOfTime + 15 * minute });
    expect(dueAt(15, [...events, runAt(0)])).toEqual({ status: "due" });
    expect(due([...events, runAt(0)], 15, marked(14), marked(13))).toEqual({ status: "due" });
    expect(dueAt(15, [...events, runAt(1, { status: "running" })])).toEqual({ status: "busy", runId: runIdAt(1) });
  });

  it("is due at once after something changed, until a run has begun that saw it", () => {
    const alone = runAt(6, { trigger: "event", request: { ...whole, worker: "employee/1" } });

    expect(due([runAt(0)], 15, marked(5), marked(4))).toEqual({ status: "due" });
    expect(due([], 15, marked(5), marked(4))).toEqual({ status: "due" });
    expect(due([runAt(5), runAt(0)], 15, marked(10), marked(4))).toMatchObject({ status: "notYet" });
    expect(due([alone, runAt(0)], 15, marked(10), marked(4))).toEqual({ status: "due" });
    expect(due([runAt(3, { status: "running", updatedAt: marked(4) })], 15, marked(5), marked(4))).toMatchObject({
      status: "busy",
    });
  });

  it.each<[string, Partial<RunRecord>]>([
    ["a dry run", { status: "planned", trigger: "http", request: { ...whole, mode: "plan" } }],
    ["a plan for another day", { status: "planned", trigger: "cli", request: { ...whole, mode: "plan", now: 5 } }],
    ["a run that deletes", { trigger: "http", request: { ...whole, purpose: "delete" } }],
    ["an accepted plan", { trigger: "http", request: { ...whole, accept: "0".repeat(64) } }],
    ["a run that failed", { status: "failed" }],
    ["a run that was cancelled", { status: "cancelled" }],
    [
      "a run that could not read a source",
      { sources: [aSource({ people: 9 }), aSource({ completeness: "incomplete" })] },
    ],
  ])("is still due after %s, which did not do what was marked", (_, fields) => {
    expect(due([runAt(5, fields), runAt(0)], 60, marked(10), marked(4))).toEqual({ status: "due" });
  });

  it.each<[string, Partial<RunRecord>]>([
    ["by a run that somebody asked for", { trigger: "http" }],
    ["by a run that the guard blocked", { status: "blocked" }],
    [
      "by a read of who changed, though it was nobody",
      { sources: [aSource({ completeness: "incomplete", partial: "changes" })] },
    ],
    ["by a read that broke off", { sources: [aSource({ completeness: "incomplete", people: 3 })] }],
  ])("has a mark served %s", (_, fields) => {
    expect(due([runAt(5, fields), runAt(0)], 60, marked(10), marked(4))).toMatchObject({ status: "notYet" });
  });

  it("tries a mark three times, then at the target's own pace", () => {
    const failed = [8, 7, 6].map((minutes) => runAt(minutes, { status: "failed" }));

    expect(due([...failed.slice(1), runAt(0)], 60, marked(9), marked(4))).toEqual({ status: "due" });
    expect(due([...failed, runAt(0)], 60, marked(9), marked(4))).toEqual({ status: "notYet", nextAt: marked(68) });
  });
});

describe("lostEventRun()", () => {
  it("is the oldest run of an event that nobody has written for a quarter of an hour", () => {
    const runs = [ofEvent(9), ofEvent(2, { status: "running" }), ofEvent(1), ofEvent(0, { status: "finished" })];

    expect(lostEventRun(runs, marked(15))).toBeUndefined();
    expect(lostEventRun(runs, marked(16))).toBe(runIdAt(1));
    expect(lostEventRun([runAt(0, { status: "running" })], marked(60))).toBeUndefined();
  });
});

describe("servesHr()", () => {
  it("takes runs that write what HR says today, for everybody or one worker", () => {
    expect([whole, { ...whole, worker: "employee/1" }].map(servesHr)).toEqual([true, true]);
    expect(
      [
        { ...whole, mode: "plan" as const },
        { ...whole, purpose: "delete" as const },
        { ...whole, accept: "0".repeat(64) },
        { ...whole, now: 5 },
      ].map(servesHr),
    ).toEqual([false, false, false, false]);
  });
});
