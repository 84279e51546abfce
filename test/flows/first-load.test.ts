// Accounts that are made: whether somebody has the id already is asked of the service, but where Rollcall has done nothing
// in it yet, as lists say that were read just now.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
let folder: string;
let file: string;
let local: LocalRun;
let looks: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-first-load-"));
  file = join(folder, "hr.csv");
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(file)}
    columns: { employeeNumber: Number, givenName: First, familyName: Last, email: Mail }
people: { defaultTimeZone: Europe/Stockholm }
`,
  });
  looks = [];
  local.simulator.beforeRequest(({ method, url }) => {
    if (method === "GET" && /\/users\/rc-/.test(url)) looks.push(url);
  });
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

async function hire(count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => `${index},Ada,Ek,p${index}@contoso.com`);
  await writeFile(file, `Number,First,Last,Mail\n${rows.join("\n")}\n`);
}

/** A run whose first slice has made everything, and died before its journal had any of it. */
async function dyingRun(): Promise<string> {
  const request = { target: "contoso", mode: "apply", purpose: "sync" } as const;
  const asked = await requestRun(request, { trigger: "timer", enqueue: "no" }, local.world, signal);
  if (asked.status !== "queued") throw new Error(asked.status);
  const { appendOutcomes } = local.store;
  const dead = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot append: gone"));
  Object.assign(local.store, { appendOutcomes: dead });
  await expect(
    runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: false }, signal),
  ).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  Object.assign(local.store, { appendOutcomes });
  return asked.run.id;
}

describe("accounts that are made", () => {
  it("are not looked at one by one in a first load", async () => {
    await hire(5);

    const { run } = await local.run();

    expect(run.outcomes).toMatchObject({ applied: 5 });
    expect(looks).toEqual([]);
  });

  it("are looked at where Rollcall has made some before", async () => {
    await hire(2);
    await local.run();
    await hire(4);

    const { run } = await local.run();

    expect(run.outcomes).toMatchObject({ applied: 2 });
    expect(looks).toHaveLength(2);
  });

  it("are looked at by a slice that goes on with a plan: whom somebody blocked since stays blocked", async () => {
    await hire(3);
    const runId = await dyingRun();
    const [victim] = local.simulator.state().users.filter(({ id }) => id.startsWith("rc-"));
    local.simulator.edit.putUser({ ...victim, id: victim?.id ?? "", state: "blocked" });

    const result = await runSlice(runId, local.world, { sliceMs: 600_000, lastAttempt: true }, signal);

    expect(result).toMatchObject({ status: "done", run: { outcomes: { applied: 2, skipped: 1 } } });
    expect(local.simulator.state().users.find(({ id }) => id === victim?.id)?.state).toBe("blocked");
  });
});
