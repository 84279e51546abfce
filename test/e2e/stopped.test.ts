// Runs that are stopped from outside: the lease is lost, the time is over, somebody presses Ctrl+C, the store hiccups.
// Whatever stops a run, its record tells the truth, and somebody goes on with it or it has ended.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
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
  await hr(20);
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

    expect(first).toMatchObject({ status: "continues", run: { status: "running", planned: { createUser: 20 } } });
    expect(local.simulator.requests().counts).not.toHaveProperty("PUT users");
    const second = await runSlice(runId, world, { ...whole, sliceMs: 240_000 }, signal);
    expect(second).toMatchObject({ status: "done", run: { status: "finished", outcomes: { applied: 20 } } });
  });
});
