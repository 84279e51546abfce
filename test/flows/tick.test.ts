import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../shared/core/run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import type { RunWorld } from "../../shared/flows/slice.ts";
import { tick } from "../../shared/flows/tick.ts";
import { createMemoryRoster } from "../../shared/requests/memory.ts";
import type { RunMessage } from "../../shared/run-ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { aPlan, aRun, runIdAt, startOfTime } from "../helpers/records.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const minute = 60_000;

function world(time: number | (() => number) = startOfTime) {
  const now = typeof time === "number" ? () => time : time;
  const clock = { now, sleep: async () => undefined };
  const store = createMemoryRunStore({ clock });
  const sent: RunMessage[] = [];
  let random = 0;
  const createId = () => {
    random += 1;
    return createRunId(now(), () => random / 32);
  };
  return {
    clock,
    store,
    log: createRecordingLog(),
    createId,
    queue: { send: async (message: RunMessage) => void sent.push(message) },
    sent,
  };
}

const targets = [
  { name: "contoso", everyMinutes: 15 },
  { name: "fabrikam", everyMinutes: 60 },
];
const options = { keepDetailsDays: 90 };

async function asked(store: {
  listRuns: ReturnType<typeof world>["store"]["listRuns"];
}): Promise<readonly RunRecord[]> {
  return store.listRuns({ limit: 10 }, signal);
}

describe("tick()", () => {
  it("asks for one run of each target that is due, all of one tick", async () => {
    const here = world();

    await tick(targets, options, here, signal);

    const runs = await asked(here.store);
    expect(runs.map(({ request, trigger, status }) => [request.target, request.tick, trigger, status]).sort()).toEqual([
      ["contoso", startOfTime, "timer", "waiting"],
      ["fabrikam", startOfTime, "timer", "waiting"],
    ]);
    expect(here.sent.map(({ runId }) => runId).sort()).toEqual(runs.map(({ id }) => id).sort());
  });

  it("deletes the reads of earlier ticks after ten minutes: they hold people", async () => {
    const here = world(startOfTime + 10 * minute);
    const evidence = { rows: 0, people: 0, problems: 0, incompleteBecause: [] };
    const read = { source: "hr", completeness: "empty", evidence, people: [], problems: [] } as const;
    const keys = [startOfTime - 1, startOfTime].map((at) => ({ tick: at, name: "hr" }));
    for (const key of keys) await here.store.putSharedRead(key, { at: key.tick, read }, signal);

    await tick(targets, options, here, signal);

    const left = await Promise.all(keys.map((key) => here.store.getSharedRead(key, 0, signal)));
    expect(left.map((shared) => shared?.at)).toEqual([undefined, startOfTime]);
  });

  it("does not ask again before the target's interval has passed, nor while a run is open", async () => {
    const here = world(startOfTime + 20 * minute);
    await here.store.putRun(aRun(runIdAt(0), { status: "finished" }, "contoso"), signal);
    await here.store.putRun(aRun(runIdAt(1), { status: "finished" }, "fabrikam"), signal);
    await tick(targets, options, here, signal);
    expect(
      (await asked(here.store)).filter(({ status }) => status === "waiting").map(({ request }) => request.target),
    ).toEqual(["contoso"]);

    await tick(targets, options, here, signal);

    expect(here.sent).toHaveLength(1);
  });

  it("takes up a run that nobody has written for a quarter of an hour", async () => {
    const here = world(startOfTime + 16 * minute);
    await here.store.putRun(aRun(runIdAt(0), { status: "running" }), signal);

    await tick(targets.slice(0, 1), options, here, signal);

    expect(here.sent).toEqual([{ runId: runIdAt(0) }]);
  });

  it("takes up the run of an event that was left lying, beside the run that is due", async () => {
    const here = world(startOfTime + 16 * minute);
    const request = { target: "contoso", mode: "apply", purpose: "sync", worker: "employee/1" } as const;
    await here.store.putRun(aRun(runIdAt(0), { request, trigger: "event" }), signal);

    await tick(targets.slice(0, 1), options, here, signal);

    const runs = await asked(here.store);
    const timed = runs.find(({ trigger }) => trigger === "timer");
    expect(here.sent).toEqual([{ runId: timed?.id }, { runId: runIdAt(0) }]);
  });

  it("takes a run up that is left lying again and again, five times, and then ends it: the target is free", async () => {
    let at = startOfTime;
    const here = world(() => at);
    await here.store.putRun(aRun(runIdAt(0), { status: "running", slices: 5 }), signal);

    for (let quarter = 0; quarter < 6; quarter += 1) {
      at += 15 * minute;
      await tick(targets.slice(0, 1), options, here, signal);
      at += 5 * minute;
      // The message was sent just now: the run has its quarter of an hour.
      await tick(targets.slice(0, 1), options, here, signal);
    }

    const ofRun = here.sent.filter(({ runId }) => runId === runIdAt(0));
    expect(ofRun).toHaveLength(5);
    expect(await here.store.getRun(runIdAt(0), signal)).toMatchObject({
      status: "failed",
      error: { code: "ABORTED", message: expect.stringContaining("taken up 5 times") },
    });
    expect((await asked(here.store)).map(({ status }) => status)).toEqual(["waiting", "failed"]);
  });

  it("leaves a run alone that somebody wrote while it looked", async () => {
    const here = world(startOfTime + 16 * minute);
    const run = aRun(runIdAt(0), { status: "running" });
    await here.store.putRun(run, signal);
    const listRuns: typeof here.store.listRuns = async (query, stop) => {
      const found = await here.store.listRuns(query, stop);
      await here.store.putRun({ ...run, status: "finished" }, signal);
      return found;
    };

    await tick(targets.slice(0, 1), options, { ...here, store: { ...here.store, listRuns } }, signal);

    expect(here.sent).toEqual([]);
    expect((await here.store.getRun(run.id, signal))?.status).toBe("finished");
  });

  it("keeps one message of a run that waits for a lease for an hour", async () => {
    let at = startOfTime;
    const here = world(() => at);
    const runWorld: RunWorld = {
      ...here,
      roster: createMemoryRoster(),
      openTarget: () => Promise.reject(new Error("no run may open the target now")),
    };
    await here.store.putRun(aRun(runIdAt(0)), signal);
    await here.queue.send({ runId: runIdAt(0) });
    let most = 0;

    for (let seconds = 0; seconds < 3_600; seconds += 5) {
      at = startOfTime + seconds * 1_000;
      if (seconds % 60 === 0) await here.store.acquireLease("target/contoso", 60, signal);
      if (seconds % 300 === 0) await tick(targets.slice(0, 1), options, here, signal);
      const messages = here.sent.splice(0);
      most = Math.max(most, messages.length);
      for (const { runId } of messages)
        await runSlice(runId, runWorld, { sliceMs: 240_000, lastAttempt: false }, signal);
    }

    expect(most).toBe(1);
    expect(await here.store.getRun(runIdAt(0), signal)).toMatchObject({ status: "waiting", slices: 0 });
  });

  it("asks for a run before its time where a change was marked, once for however many marks", async () => {
    const here = world(startOfTime + 5 * minute);
    await here.store.putRun(aRun(runIdAt(0), { trigger: "timer", status: "finished" }, "contoso"), signal);
    for (const minutes of [1, 2, 4]) await here.store.markDue("contoso", startOfTime + minutes * minute, signal);

    await tick(targets.slice(0, 1), options, here, signal);
    const [first] = here.sent;
    const run = await here.store.getRun(first?.runId ?? "", signal);
    if (run !== undefined) await here.store.putRun({ ...run, status: "finished" }, signal);
    await tick(targets.slice(0, 1), options, here, signal);

    expect(here.sent).toHaveLength(1);
    expect(run?.request).toEqual({ target: "contoso", mode: "apply", purpose: "sync", tick: startOfTime + 5 * minute });
  });

  it("forgets plans that are older than the configured days", async () => {
    const here = world(startOfTime + 90 * 24 * 60 * minute + minute);
    for (const minutes of [0, 2]) await here.store.putPlan(runIdAt(minutes), aPlan(1), signal);

    await tick([], options, here, signal);

    expect([
      await here.store.getPlan(runIdAt(0), signal),
      (await here.store.getPlan(runIdAt(2), signal))?.format,
    ]).toEqual([undefined, "rollcall-plan/1"]);
  });

  it("lets no target keep the others from their runs", async () => {
    const here = world();
    const listRuns: typeof here.store.listRuns = (query, stop) =>
      query.target === "contoso" ? Promise.reject(new Error("away")) : here.store.listRuns(query, stop);

    await expect(tick(targets, options, { ...here, store: { ...here.store, listRuns } }, signal)).rejects.toMatchObject(
      { code: "BUG" },
    );

    expect((await asked(here.store)).map(({ request }) => request.target)).toEqual(["fabrikam"]);
  });
});
