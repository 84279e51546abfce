// A run has one budget of retries, however many slices it takes and wherever they run. Each slice here opens a client of
// its own, as another process does; only the run's record is between them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import type { RunWorld, SliceOptions } from "../../shared/flows/slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

/** What a new run has. */
const full = 50;
/** What each request earns. */
const share = 0.2;
const people = 60;

let folder = "";
let local: LocalRun;
const signal = new AbortController().signal;
const whole: SliceOptions = { sliceMs: 86_400_000, lastAttempt: false };
const timedOut = { status: 422, code: "ManagementApiRequestFailed", message: "Management API request timed out." };

function rules(simulator: ApimSimulator): string {
  return `owner: contoso-platform
${targetRules("direct", simulator)}    maxConcurrency: 1
sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(join(folder, "hr.csv"))}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail }
    status: { column: Status, active: [A], ended: [E] }
people: { defaultTimeZone: Europe/Stockholm }
`;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-retries-"));
  const rows = Array.from({ length: people }, (_, n) => `${n},A,First,Last,p${n}@contoso.com\n`);
  await writeFile(join(folder, "hr.csv"), `Id,Status,First,Last,Mail\n${rows.join("")}`);
  local = await startLocalRun({ rules });
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

async function asked(): Promise<string> {
  const request = { target: "contoso", mode: "apply", purpose: "sync" } as const;
  const answer = await requestRun(request, { trigger: "timer", enqueue: "no" }, local.world, signal);
  if (answer.status !== "queued") throw new Error(answer.text);
  return answer.run.id;
}

async function recordOf(runId: string): Promise<RunRecord> {
  const run = await local.store.getRun(runId, signal);
  if (run === undefined) throw new Error("The run has no record");
  return run;
}

/** Retries so far, by whatever client. */
function retried(): number {
  return local.log.lines.filter(({ event }) => event === "http.request.retried").length;
}

/** Does what is given, and tells how many retries that took and how many requests came to the service. */
async function countedIn(work: () => Promise<unknown>) {
  let requests = 0;
  const stop = local.simulator.beforeRequest(() => {
    requests += 1;
  });
  const before = retried();
  await work();
  stop();
  return { retries: retried() - before, requests };
}

/** Every second account cannot be made: the service answers that it timed out. No outage, for the others are made. */
async function everySecondTimesOut(): Promise<readonly string[]> {
  const { plan } = await local.run({ mode: "plan" });
  const victims = plan.changes.map(({ key }) => key).filter((_, index) => index % 2 === 0);
  const pattern = `/users/(${victims.join("|")})\\?`;
  local.simulator.addFaults([{ match: { method: "PUT", pattern }, fault: timedOut }]);
  return victims;
}

/** Does it once, before the first write of the account with that id. */
function whenWritten(id: string | undefined, act: () => void): void {
  let done = false;
  local.simulator.beforeRequest(({ method, url }) => {
    if (done || method !== "PUT" || !url.includes(`/users/${id}`)) return;
    done = true;
    act();
  });
}

describe("the retries of a run", () => {
  it("are not more because its time was up and another process goes on: what fails then fails at once", async () => {
    const victims = await everySecondTimesOut();
    const runId = await asked();
    let passed = 0;
    const clock = { ...local.world.clock, now: () => local.world.clock.now() + passed };
    whenWritten(victims[20], () => {
      passed = 2 * whole.sliceMs;
    });

    const first = await countedIn(() => runSlice(runId, { ...local.world, clock }, whole, signal));
    const between = await recordOf(runId);
    const second = await countedIn(() => runSlice(runId, local.world, whole, signal));

    expect(between).toMatchObject({ status: "running", slices: 1 });
    expect(between.retriesLeft).toBeLessThan(5);
    expect(await recordOf(runId)).toMatchObject({
      status: "finished",
      slices: 2,
      outcomes: { failed: victims.length },
    });
    expect(first.retries).toBeGreaterThanOrEqual(full);
    expect(second.retries).toBeGreaterThan(0);
    expect(first.retries + second.retries).toBeLessThanOrEqual(full + share * (first.requests + second.requests));
  });

  it("are not more because its process was killed", async () => {
    const victims = await everySecondTimesOut();
    const runId = await asked();
    let killed = false;
    const dead = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot write: the process is dead"));
    const { putRun, appendOutcomes } = local.store;
    const world: RunWorld = {
      ...local.world,
      store: {
        ...local.store,
        putRun: (...args) => (killed ? dead() : putRun(...args)),
        appendOutcomes: (...args) => (killed ? dead() : appendOutcomes(...args)),
      },
    };
    whenWritten(victims[20], () => {
      killed = true;
    });

    await expect(runSlice(runId, world, whole, signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const between = await recordOf(runId);
    const second = await countedIn(() => runSlice(runId, local.world, whole, signal));

    expect(between).not.toHaveProperty("error");
    expect(between.retriesLeft).toBeLessThan(10);
    expect(await recordOf(runId)).toMatchObject({ status: "finished", slices: 2 });
    expect(second.retries).toBeLessThanOrEqual(10 + share * second.requests);
  });

  it("are fewer by those that planning took, as soon as there is a plan", async () => {
    local.simulator.addFaults([{ match: { method: "GET", kind: "users" }, times: 3, fault: { status: 503 } }]);

    expect((await local.run({ mode: "plan" })).run).toMatchObject({ status: "planned", retriesLeft: full - 3 });
  });

  it("are not more because it failed while it planned, and was tried again", async () => {
    const runId = await asked();
    local.simulator.addFaults([{ match: { method: "GET", kind: "users" }, fault: { status: 503 } }]);
    const fail = () => expect(runSlice(runId, local.world, whole, signal)).rejects.toThrow();

    const first = await countedIn(fail);
    const between = await recordOf(runId);
    const second = await countedIn(fail);

    expect(between).toMatchObject({ error: { code: "APIM_UNAVAILABLE" }, retriesLeft: full - first.retries });
    expect(first.retries).toBe(5);
    expect(await recordOf(runId)).toMatchObject({ slices: 2, retriesLeft: full - first.retries - second.retries });
  });

  it("are those that the run has when it is the slice's turn, whatever its record said before", async () => {
    local.simulator.addFaults([{ match: { method: "GET", kind: "users" }, fault: { status: 503 } }]);
    const runId = await asked();
    const acquireLease: RunWorld["store"]["acquireLease"] = async (...args) => {
      // Until now another process was at work.
      await local.store.putRun({ ...(await recordOf(runId)), slices: 1, retriesLeft: 2 }, signal);
      return local.store.acquireLease(...args);
    };
    const world: RunWorld = { ...local.world, store: { ...local.store, acquireLease } };

    const { retries } = await countedIn(() => expect(runSlice(runId, world, whole, signal)).rejects.toThrow());

    expect(retries).toBe(2);
  });

  it("stay as they were when its target cannot be opened", async () => {
    const runId = await asked();
    await local.store.putRun({ ...(await recordOf(runId)), retriesLeft: 7 }, signal);
    const openTarget = () => Promise.reject(new AppError("SECRET_UNAVAILABLE", "Cannot read the secret"));

    await expect(runSlice(runId, { ...local.world, openTarget }, whole, signal)).rejects.toThrow();

    expect(await recordOf(runId)).toMatchObject({ status: "running", retriesLeft: 7 });
  });

  it("are all there again for the next run", async () => {
    await everySecondTimesOut();
    const { run } = await local.run();

    // Only those are left to be made for whom the service times out, so it is an outage soon.
    const { retries } = await countedIn(() => expect(local.run()).rejects.toThrow());

    expect(run.retriesLeft).toBeLessThan(5);
    expect(retries).toBeGreaterThan(full / 2);
  });
});
