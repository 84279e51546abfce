// What goes wrong at night: the service refuses, breaks off, is away; a run dies; two meet; a plan is too large. Through
// the whole program, against the simulator's scripted faults.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { runView } from "../../shared/api/run-view.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

let folder = "";
let local: LocalRun;
const signal = new AbortController().signal;

function rules(simulator: ApimSimulator): string {
  return `owner: contoso-platform
${targetRules("direct", simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(join(folder, "hr.csv"))}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail, department: Dept }
    status: { column: Status, active: [A], ended: [E] }
people: { defaultTimeZone: Europe/Stockholm }
groups:
  - { id: web, displayName: Web, members: 'person.department == "Web"' }
`;
}

async function hr(count: number, ended = 0): Promise<void> {
  const rows = Array.from(
    { length: count },
    (_, n) => `${n},${n < ended ? "E" : "A"},First,Last,p${n}@contoso.com,Web\n`,
  );
  await writeFile(join(folder, "hr.csv"), `Id,Status,First,Last,Mail,Dept\n${rows.join("")}`);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-faults-"));
  local = await startLocalRun({ rules });
  await hr(20);
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

function idOf(mail: string): string {
  return local.simulator.state().users.find(({ email }) => email === mail)?.id ?? "";
}

describe("one person's problem", () => {
  it.each([
    [400, "APIM_INVALID"],
    [403, "APIM_FORBIDDEN"],
    [405, "APIM_NOT_ALLOWED"],
    [409, "APIM_CONFLICT"],
  ])(
    "does not stop the others: a create answered with %d fails alone, its membership is skipped by name",
    async (status, code) => {
      const { plan } = await local.run({ mode: "plan" });
      const victim = plan.changes.find(({ kind }) => kind === "createUser")?.key ?? "";
      local.simulator.addFaults([
        { match: { method: "PUT", path: `/users/${victim}`, kind: "users" }, fault: { status } },
      ]);

      const { run, outcomes } = await local.run();

      expect(run).toMatchObject({ status: "finished", outcomes: { applied: 39, skipped: 1, held: 0, failed: 1 } });
      expect(
        outcomes
          .filter(({ status: became }) => became !== "applied")
          .map(({ id, code: failed, reason, dependsOn }) => ({ id, failed, reason, dependsOn })),
      ).toEqual([
        { id: `createUser:${victim}`, failed: code, reason: undefined, dependsOn: undefined },
        {
          id: `addMember:web/${victim}`,
          failed: undefined,
          reason: "dependencyFailed",
          dependsOn: `createUser:${victim}`,
        },
      ]);
      local.simulator.clearFaults();
      expect((await local.run()).run.outcomes).toEqual({ applied: 2, skipped: 0, held: 0, failed: 0 });
    },
  );
});

describe("the service", () => {
  it.each([
    ["answers 429 with seconds", { status: 429, headers: { "Retry-After": "1" } }],
    ["answers 429 with a date", { status: 429, headers: { "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT" } }],
    ["answers 500", { status: 500 }],
    ["answers 503", { status: 503 }],
    [
      "answers 422 after a time-out of its own",
      { status: 422, code: "ManagementApiRequestFailed", message: "Management API request timed out." },
    ],
    ["closes the connection", "close" as const],
    ["breaks off half-way", "half-body" as const],
  ])("%s now and then: the run goes on to the end", async (_, fault) => {
    local.simulator.addFaults([{ match: { method: "PUT" }, after: 3, times: 4, fault }]);

    const { run } = await local.run();

    expect(run).toMatchObject({ status: "finished", outcomes: { applied: 41, failed: 0 } });
    expect((await local.run()).plan.changes).toEqual([]);
  });

  it.each([
    ["refuses every token", { status: 401 }, "APIM_UNAUTHORIZED"],
    ["forbids the lists", { status: 403 }, "APIM_FORBIDDEN"],
    ["does not know the lists", { status: 404 }, "APIM_NOT_FOUND"],
    [
      "sends HTML instead of JSON",
      { status: 200, contentType: "text/html", body: "<html><body>Sign in</body></html>" },
      "APIM_UNEXPECTED",
    ],
  ])("%s: the run fails with the reason in its record, and nothing is written", async (_, fault, code) => {
    local.simulator.addFaults([{ match: { method: "GET", kind: "users" }, fault }]);

    await expect(local.run()).rejects.toMatchObject({ code });

    const [run] = await local.store.listRuns({ target: "contoso", limit: 1 }, signal);
    expect(run).toMatchObject({ status: "failed", error: { code } });
    expect(Object.keys(local.simulator.requests().counts).filter((what) => !what.startsWith("GET"))).toEqual([]);
  });

  it("goes away in the middle: the slice ends, and the next one finishes what is left", async () => {
    const asked = await requestRun(
      { target: "contoso", mode: "apply", purpose: "sync" },
      { trigger: "timer", enqueue: "no" },
      local.world,
      signal,
    );
    if (asked.status !== "queued") throw new Error("The run was not queued");
    local.simulator.addFaults([{ match: { method: "PUT" }, after: 10, fault: { status: 503 } }]);

    await expect(
      runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: false }, signal),
    ).rejects.toMatchObject({ code: "APIM_UNAVAILABLE" });
    const between = await local.store.getRun(asked.run.id, signal);
    local.simulator.clearFaults();
    const result = await runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: false }, signal);

    expect(between?.status).toBe("running");
    expect(result).toMatchObject({ status: "done", run: { status: "finished", slices: 2 } });
    const { outcomes } = await local.run();
    expect(outcomes.every(({ status }) => status === "applied")).toBe(true);
    expect((await local.run()).plan.changes).toEqual([]);
  });
});

describe("a key", () => {
  it("that is wrong fails the run without a write", async () => {
    await local.close();
    local = await startLocalRun({ rules, secrets: { primary: "d3Jvbmc=", secondary: "d3Jvbmc=" } });

    await expect(local.run()).rejects.toMatchObject({ code: "APIM_UNAUTHORIZED" });
  });

  it("that was rotated is followed by the secondary one", async () => {
    await local.close();
    local = await startLocalRun({ rules, secrets: { primary: "b2xkLWtleQ==" } });

    expect((await local.run()).run.status).toBe("finished");
  });
});

describe("a run in slices", () => {
  it("stops between two changes when its time is up and goes on in the next slice, writing nothing twice", async () => {
    const asked = await requestRun(
      { target: "contoso", mode: "apply", purpose: "sync" },
      { trigger: "timer", enqueue: "no" },
      local.world,
      signal,
    );
    if (asked.status !== "queued") throw new Error("The run was not queued");
    let result = await runSlice(asked.run.id, local.world, { sliceMs: -1, lastAttempt: false }, signal);
    expect(result).toMatchObject({ status: "continues", run: { status: "running" } });
    expect(local.sent).toEqual([{ runId: asked.run.id }]);

    result = await runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: false }, signal);

    expect(result).toMatchObject({ status: "done", run: { status: "finished", slices: 2, outcomes: { applied: 41 } } });
    expect(local.simulator.requests().counts).toMatchObject({
      "PUT users": 20,
      "PUT groups/users": 20,
      "PUT groups": 1,
    });
  });

  it("does not run beside another run of its target: it goes back to the queue", async () => {
    const lease = await local.store.acquireLease("target/contoso", 60, signal);
    const asked = await requestRun(
      { target: "contoso", mode: "apply", purpose: "sync" },
      { trigger: "timer", enqueue: "no" },
      local.world,
      signal,
    );
    if (asked.status !== "queued") throw new Error("The run was not queued");

    const result = await runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: false }, signal);

    expect(result.status).toBe("leaseHeld");
    expect(local.sent).toEqual([{ runId: asked.run.id }]);
    expect(local.simulator.requests().counts).toEqual({});
    await lease?.release(signal);
  });

  it("stops between two changes when somebody asks, and the next run makes the rest", async () => {
    const asked = await requestRun(
      { target: "contoso", mode: "apply", purpose: "sync" },
      { trigger: "timer", enqueue: "no" },
      local.world,
      signal,
    );
    if (asked.status !== "queued") throw new Error("The run was not queued");
    let writes = 0;
    const stop = local.simulator.beforeRequest(({ method }) => {
      if (method === "PUT") writes += 1;
    });
    const runNow = runSlice(
      asked.run.id,
      {
        ...local.world,
        clock: { ...local.world.clock, sleep: async () => new Promise((resolve) => setImmediate(resolve)) },
      },
      { sliceMs: 600_000, lastAttempt: false },
      signal,
    );
    await local.store.requestCancel(asked.run.id, "cli:ada", signal);
    const result = await runNow;
    stop();

    expect(result).toMatchObject({ status: "done", run: { status: "cancelled", cancelledBy: "cli:ada" } });
    expect(writes).toBeLessThan(41);
    expect((await local.run()).run.status).toBe("finished");
    expect((await local.run()).plan.changes).toEqual([]);
  });

  it("leaves the record of a failure, and is over, after the last attempt", async () => {
    local.simulator.addFaults([{ match: { method: "GET", kind: "users" }, fault: { status: 503 } }]);

    await expect(local.run()).rejects.toMatchObject({ code: "APIM_UNAVAILABLE" });

    const [run] = await local.store.listRuns({ target: "contoso", limit: 1 }, signal);
    expect(run).toMatchObject({ status: "failed", error: { code: "APIM_UNAVAILABLE" } });
  });
});

describe("a plan that is too large", () => {
  it("is blocked, writes nothing, and runs once after its digest was accepted, without what no longer holds", async () => {
    await local.run();
    await hr(20, 10);
    const blocked = await local.run();
    expect(blocked.run.status).toBe("blocked");
    expect(local.simulator.state().users.filter(({ state }) => state === "blocked")).toEqual([]);
    await hr(20, 9);
    const half = { applied: 2, skipped: 1, held: 0, failed: 0 };

    const accepted = await local.run({ accept: blocked.plan.digest }, "accept");

    expect(accepted.run).toMatchObject({
      status: "finished",
      acceptedBy: "accept",
      outcomes: { applied: 9, skipped: 1, failed: 0 },
    });
    // Its progress is of what was accepted, also while it is at work.
    expect(accepted.run.planned).toEqual(blocked.run.planned);
    expect(runView(accepted.run, Date.now()).progress).toMatchObject({ done: 10, left: 0 });
    expect(runView({ ...accepted.run, outcomes: half }, Date.now()).progress).toMatchObject({ done: 3, left: 7 });
    expect(accepted.outcomes.find(({ status }) => status === "skipped")).toMatchObject({
      id: `blockUser:${idOf("p9@contoso.com")}`,
      reason: "changedMeanwhile",
    });
    expect(local.simulator.state().users.filter(({ state }) => state === "blocked")).toHaveLength(9);
  });

  it("cannot be accepted twice with one acceptance, nor with a digest that no stored plan has", async () => {
    await local.run();
    await hr(20, 10);
    const { plan } = await local.run();
    await local.run({ accept: plan.digest });

    expect(
      await local.store.takeAcceptance(
        { target: "contoso", digest: plan.digest, runId: "another" },
        Date.now(),
        signal,
      ),
    ).toBeUndefined();
    await expect(local.run({ accept: "0".repeat(64) })).rejects.toThrow("No stored plan");
  });

  it("still counts what smaller plans did within the last 24 hours", async () => {
    await local.run();
    await hr(20, 4);
    expect((await local.run()).run.status).toBe("finished");
    await hr(20, 8);

    const { run } = await local.run();

    expect(run).toMatchObject({
      status: "blocked",
      verdict: { breaches: [{ limit: "blockUser", planned: 4, applied: 4, allowed: 5 }] },
    });
  });
});

describe("an account that the list did not show, because it shifted under its reader", () => {
  it("is not written over: whom security blocked stays blocked, and the next run sees it", async () => {
    await local.run();
    const id = idOf("p0@contoso.com");
    const { simulator } = local;
    const hidden = simulator.state().users.find((user) => user.id === id);
    // Total and rows of the list agree: another account takes the place of the one that moved off the page.
    simulator.edit.deleteUser(id);
    simulator.edit.putUser({ id: "newcomer", email: "newcomer@contoso.com" });
    const stop = simulator.beforeRequest(({ method, url }) => {
      if (method === "GET" && url.includes(`/users/${id}`))
        simulator.edit.putUser({ id, ...hidden, state: "blocked", note: hidden?.note ?? "" });
    });

    const { outcomes } = await local.run();

    stop();
    expect(outcomes).toMatchObject([
      { id: `createUser:${id}`, status: "skipped", reason: "changedMeanwhile" },
      { id: `addMember:web/${id}`, status: "skipped", reason: "dependencyFailed" },
    ]);
    expect(simulator.state().users.find((user) => user.id === id)?.state).toBe("blocked");
  });
});

describe("a write that meets another one of the same user", () => {
  it("looks again and is made, and is left where the user is no longer as it was planned", async () => {
    await local.run();
    const [once, always] = [idOf("p0@contoso.com"), idOf("p1@contoso.com")];
    await hr(20, 2);
    let edits = 0;
    const stop = local.simulator.beforeRequest(({ method, url }) => {
      if (method !== "PATCH") return;
      // Whoever else writes leaves the first as it was, and blocks the second.
      if (url.includes(`/users/${once}`) && edits === 0) {
        edits += 1;
        local.simulator.edit.putUser({ id: once, firstName: "First" });
      }
      if (url.includes(`/users/${always}`)) local.simulator.edit.putUser({ id: always, state: "blocked" });
    });

    const { outcomes } = await local.run();

    stop();
    expect(outcomes.find(({ id }) => id === `blockUser:${once}`)).toMatchObject({ status: "applied" });
    expect(outcomes.find(({ id }) => id === `blockUser:${always}`)).toMatchObject({
      status: "skipped",
      reason: "alreadySo",
    });
  });
});

describe("somebody else's edit between the plan and the write", () => {
  it("is not overwritten: the change is skipped and named", async () => {
    await local.run();
    const id = idOf("p0@contoso.com");
    await hr(20, 1);
    const stop = local.simulator.beforeRequest(({ method, url }) => {
      if (method === "GET" && url.includes(`/users/${id}`))
        local.simulator.edit.putUser({ id, note: "taken over by hand" });
    });

    const { run, outcomes } = await local.run();

    stop();
    expect(run.outcomes).toEqual({ applied: 0, skipped: 1, held: 0, failed: 0 });
    expect(outcomes).toMatchObject([{ id: `blockUser:${id}`, status: "skipped", reason: "changedMeanwhile" }]);
    expect(local.simulator.state().users.find((user) => user.id === id)).toMatchObject({
      state: "active",
      note: "taken over by hand",
    });
  });
});
