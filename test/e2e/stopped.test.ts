// Runs that are stopped from outside: the lease is lost, the time is over, somebody presses Ctrl+C, the store hiccups.
// Whatever stops a run, its record tells the truth, and somebody goes on with it or it has ended.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runToEnd } from "../../cli/commands/run-to-end.ts";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { RunRecord, RunRequest } from "../../shared/core/run.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import type { RunWorld, SliceOptions } from "../../shared/flows/slice.ts";
import { leaseLostError } from "../../shared/runs/lease-blob.ts";
import { type LocalRun, startLocalRun, targetRules, untilAborted } from "../helpers/local-run.ts";

let folder = "";
let local: LocalRun;
const signal = new AbortController().signal;
const whole: SliceOptions = { sliceMs: 600_000, lastAttempt: false };

function rules(simulator: ApimSimulator): string {
  return `owner: contoso-platform
${targetRules("direct", simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(join(folder, "hr.csv"))}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail }
    status: { column: Status, active: [A], ended: [E] }
people: { defaultTimeZone: Europe/Stockholm }
`;
}

async function hr(count: number, ended = 0): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => `${n},${n < ended ? "E" : "A"},First,Last,p${n}@contoso.com\n`);
  await writeFile(join(folder, "hr.csv"), `Id,Status,First,Last,Mail\n${rows.join("")}`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-stopped-"));
  local = await startLocalRun({ rules });
  await hr(100);
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

async function asked(request: Partial<RunRequest> = {}): Promise<string> {
  const answer = await requestRun(
    { target: "contoso", mode: "apply", purpose: "sync", ...request },
    { trigger: "timer", by: "ada", enqueue: "no" },
    local.world,
    signal,
  );
  if (answer.status !== "queued") throw new Error(answer.text);
  return answer.run.id;
}

async function recordOf(runId: string): Promise<RunRecord | undefined> {
  return local.store.getRun(runId, signal);
}

/** Does it once, when the so-many-th write reaches the service. */
function atWrite(number: number, act: () => void): void {
  let writes = 0;
  local.simulator.beforeRequest(({ method }) => {
    if (method === "GET") return;
    writes += 1;
    if (writes === number) act();
  });
}

describe("a run whose lease is lost", () => {
  it("leaves its record to whoever has the lease, and the queue tries again, however often it was tried", async () => {
    const runId = await asked();
    let lose: () => void = () => undefined;
    const losing = new Promise<void>((resolve) => {
      lose = resolve;
    });
    const world: RunWorld = {
      ...local.world,
      clock: {
        ...local.world.clock,
        // A third of the lease's 60 seconds.
        sleep: (ms, stop) => (ms === 20_000 ? losing : untilAborted(ms, stop)),
      },
      store: {
        ...local.store,
        async acquireLease(...args) {
          const lease = await local.store.acquireLease(...args);
          return lease && { ...lease, renew: () => Promise.reject(leaseLostError()) };
        },
      },
    };
    let theirs: RunRecord | undefined;
    const takeOver = async (): Promise<void> => {
      const record = await recordOf(runId);
      if (record === undefined) throw new Error("The run has no record");
      theirs = { ...record, slices: 7 };
      await local.store.putRun(theirs, signal);
      lose();
    };
    atWrite(5, () => void takeOver());

    await expect(runSlice(runId, world, { ...whole, lastAttempt: true }, signal)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("lease"),
    });

    expect(await recordOf(runId)).toEqual(theirs);
    const result = await runSlice(runId, local.world, whole, signal);
    expect(result).toMatchObject({ status: "done", run: { status: "finished", slices: 8, outcomes: { failed: 0 } } });
    expect((await local.run()).plan.changes).toEqual([]);
  });
});

describe("a run that waits for its turn", () => {
  it("is in the queue once, also when the sign that it waits cannot be written", async () => {
    const runId = await asked();
    await local.store.acquireLease("target/contoso", 60, signal);
    const world: RunWorld = {
      ...local.world,
      clock: { ...local.world.clock, now: () => Date.now() + 60_001 },
      store: {
        ...local.store,
        replaceRun: () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot write the record: 503")),
      },
    };

    // The host gives the message back that it took.
    await expect(runSlice(runId, world, whole, signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(local.sent).toEqual([]);

    expect(await runSlice(runId, local.world, whole, signal)).toMatchObject({ status: "leaseHeld" });
    expect(local.sent).toEqual([{ runId }]);
  });
});

describe("a run whose planning takes most of its slice's time", () => {
  it("stops when the time since it began is up, and the next slice applies the stored plan", async () => {
    const runId = await asked();
    let passed = 0;
    const world: RunWorld = { ...local.world, clock: { ...local.world.clock, now: () => Date.now() + passed } };
    const stop = local.simulator.beforeRequest(({ url }) => {
      if (url.includes("/users")) passed = 241_000;
    });

    const first = await runSlice(runId, world, { ...whole, sliceMs: 240_000 }, signal);
    stop();

    expect(first).toMatchObject({ status: "continues", run: { status: "running", planned: { createUser: 100 } } });
    expect(local.simulator.requests().counts).not.toHaveProperty("PUT users");
    const second = await runSlice(runId, world, { ...whole, sliceMs: 240_000 }, signal);
    expect(second).toMatchObject({ status: "done", run: { status: "finished", outcomes: { applied: 100 } } });
  });
});

describe("a run whose time is over in the middle", () => {
  const timeOut = (arrange: (act: () => void) => void): AbortSignal => {
    const stop = new AbortController();
    arrange(() => stop.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")));
    return stop.signal;
  };
  const inTheMiddle = () => timeOut((act) => atWrite(60, act));
  const beforeTheFirst = () => timeOut((act) => atWrite(1, act));
  /** Of a slice that has its plan: at its first look. */
  const atOnce = () => timeOut((act) => local.simulator.beforeRequest(act));

  it("goes on under a fresh message where it came further, however often it was tried, and loses no change", async () => {
    const runId = await asked();
    local.simulator.addFaults([{ match: { method: "PUT" }, after: 59, times: 1, apply: true, fault: "hang" }]);

    const first = await runSlice(runId, local.world, { ...whole, lastAttempt: true }, inTheMiddle());

    expect(first).toMatchObject({ status: "continues", run: { status: "running" } });
    expect(local.sent).toEqual([{ runId }]);
    const record = await recordOf(runId);
    expect(record).not.toHaveProperty("error");
    expect(record?.outcomes).toMatchObject({ applied: expect.any(Number), failed: 0 });
    expect(record?.counted).toBe((await local.store.getOutcomes(runId, signal)).length);
    const second = await runSlice(runId, local.world, whole, signal);
    expect(second).toMatchObject({
      status: "done",
      run: { status: "finished", slices: 2, outcomes: { applied: 100, skipped: 0, failed: 0 } },
    });
  });

  it("has come further when it was planned, though no change was made", async () => {
    const runId = await asked();

    const first = await runSlice(runId, local.world, { ...whole, lastAttempt: true }, beforeTheFirst());

    expect(first).toMatchObject({ status: "continues", run: { planned: { createUser: 100 } } });
  });

  it("says so in its record where it came no further, and the next try goes on", async () => {
    const runId = await asked();
    await runSlice(runId, local.world, whole, beforeTheFirst());
    const before = await recordOf(runId);

    await expect(runSlice(runId, local.world, whole, atOnce())).rejects.toMatchObject({ code: "TIMEOUT" });

    const record = await recordOf(runId);
    expect(record).toMatchObject({ status: "running", error: { code: "TIMEOUT" }, slices: 2 });
    expect(record?.counted).toBe(before?.counted);
    const result = await runSlice(runId, local.world, whole, signal);
    expect(result).toMatchObject({ status: "done", run: { status: "finished", outcomes: { failed: 0 } } });
    expect(result).not.toHaveProperty("run.error");
  });

  it("has failed with a sentence after the last try in which it came no further", async () => {
    const runId = await asked();
    await runSlice(runId, local.world, whole, beforeTheFirst());

    await expect(runSlice(runId, local.world, { ...whole, lastAttempt: true }, atOnce())).rejects.toMatchObject({
      code: "TIMEOUT",
    });

    expect(await recordOf(runId)).toMatchObject({
      status: "failed",
      error: { code: "TIMEOUT", message: expect.stringContaining("ROLLCALL_SLICE_SECONDS") },
    });
  });
});

describe("a run on the command line", () => {
  const firstRecord = async (): Promise<RunRecord> => {
    const record = await recordOf(await asked());
    if (record === undefined) throw new Error("The run has no record");
    return record;
  };

  it("that is interrupted ends as cancelled, by whom, with what was done: nobody goes on with it", async () => {
    const run = await firstRecord();
    const stop = new AbortController();
    atWrite(60, () => stop.abort(new AppError("ABORTED", "Cannot go on: the command was interrupted")));

    await expect(runToEnd(run, "cli:ada", local.world, { sliceMs: 600_000 }, stop.signal)).rejects.toMatchObject({
      code: "ABORTED",
    });

    const record = await recordOf(run.id);
    expect(record).toMatchObject({ status: "cancelled", cancelledBy: "cli:ada (interrupted)" });
    expect(record).not.toHaveProperty("error");
    expect(record?.digest).toHaveLength(64);
    expect(record?.outcomes?.applied).toBeGreaterThan(0);
    expect(record?.counted).toBe((await local.store.getOutcomes(run.id, signal)).length);
    expect((await local.run()).run.status).toBe("finished");
  });

  it("that is interrupted before it began has ended as well", async () => {
    const run = await firstRecord();
    const stop = AbortSignal.abort(new AppError("ABORTED", "Cannot go on: the command was interrupted"));

    await expect(runToEnd(run, "cli:ada", local.world, { sliceMs: 600_000 }, stop)).rejects.toMatchObject({
      code: "ABORTED",
    });

    expect(await recordOf(run.id)).toMatchObject({ status: "cancelled", slices: 0 });
  });

  it("that finds another one at work after its first slice keeps what it planned and did", async () => {
    const run = await firstRecord();
    let taken = 0;
    const acquireLease: RunWorld["store"]["acquireLease"] = async (...args) => {
      taken += 1;
      return taken === 1 ? local.store.acquireLease(...args) : undefined;
    };
    let now = Date.now();
    const clock = { ...local.world.clock, now: () => now };
    atWrite(60, () => {
      now += 700_000;
    });

    const result = await runToEnd(
      run,
      "cli:ada",
      { ...local.world, clock, store: { ...local.store, acquireLease } },
      { sliceMs: 600_000 },
      signal,
    );

    expect(result).toEqual({ status: "leaseHeld" });
    const record = await recordOf(run.id);
    expect(record).toMatchObject({ status: "cancelled", cancelledBy: "cli:ada (another run was at work)", slices: 1 });
    expect(record?.digest).toHaveLength(64);
    expect(record?.outcomes?.applied).toBeGreaterThan(0);
  });
});

describe("a run of an accepted plan", () => {
  it("that is stopped between taking the acceptance and storing the plan takes it again, and no other run does", async () => {
    await local.run();
    await hr(100, 60);
    const { plan } = await local.run();
    const runId = await asked({ accept: plan.digest });
    const putPlan = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot store the plan: 503"));
    const away: RunWorld = { ...local.world, store: { ...local.store, putPlan } };

    await expect(runSlice(runId, away, whole, signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const taken = { target: "contoso", digest: plan.digest, runId: local.world.createId() };
    expect(await local.store.takeAcceptance(taken, Date.now(), signal)).toBeUndefined();
    const result = await runSlice(runId, local.world, whole, signal);

    expect(result).toMatchObject({
      status: "done",
      run: { status: "finished", acceptedBy: "ada", outcomes: { applied: 60 } },
    });
  });
});
