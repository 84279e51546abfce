// A worker in two sources, ended in the one and at work by the other, while one of them falters.
import { afterEach, describe, expect, it } from "vitest";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
const hour = 3_600_000;
const staff = inventWorkers(8).map((worker) => ({ ...worker, status: "active" as const }));
const [ada, ...others] = staff as [HrWorker, ...HrWorker[]];
const ended = { ...ada, status: "ended" as const };

let now = Date.parse("2026-03-02T12:00:00Z");
let local: LocalRun;
let hr: HrServer;
let second: HrServer;
afterEach(async () => {
  await local.close();
  await Promise.all([hr.close(), second.close()]);
});

/** After a whole read in which the first source has everybody and the second has these. */
async function begin(inFirst: readonly HrWorker[], inSecond: readonly HrWorker[], spaces = ""): Promise<void> {
  now = Date.parse("2026-03-02T12:00:00Z");
  hr = await startHrServer(createScimSystem(), { workers: staff, now: () => now });
  second = await startHrServer(createScimSystem(), { workers: inSecond, now: () => now });
  const source = (name: string, { address }: HrServer, more = ""): string =>
    `  - { name: ${name}, kind: scim, url: "${address}/scim/v2", authentication: { kind: bearer, secret: hr }${more} }\n`;
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
${source("hr", hr)}${source("second", second, spaces)}people: { defaultTimeZone: Europe/Stockholm, employments: activeWins }
`,
    secrets: { hr: "hr-secret" },
    now: () => now,
  });
  await local.run();
  hr.setWorkers(inFirst);
  await local.run();
}

async function runOf(request: { worker?: string }) {
  const asked = await requestRun(
    { target: "contoso", mode: "apply", purpose: "sync", ...request },
    { trigger: request.worker === undefined ? "http" : "event" },
    local.world,
    signal,
  );
  if (asked.status !== "queued") throw new Error(asked.text);
  await runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: true }, signal);
  const plan = await local.store.getPlan(asked.run.id, signal);
  return { kinds: plan?.changes.map(({ kind }) => kind), findings: plan?.findings.map(({ code }) => code) };
}

const event = () => runOf({ worker: `employee/${ada.employeeNumber}` });

describe("who is ended in one source, and at work by another that falters", () => {
  it.each([
    ["answers with an error inside", "error-inside" as const],
    ["loses a row", "lose-row" as const],
    ["is down", { status: 500 }],
  ])("keeps the account after an event while that one %s", async (_, fault) => {
    await begin([ended, ...others], [ada]);
    second.addFaults([{ fault }]);

    expect(await event()).toEqual({ kinds: [], findings: ["rowsMissing"] });
  });

  it("keeps the account however long the outage lasts", async () => {
    await begin([ended, ...others], [ada]);
    second.addFaults([{ fault: { status: 500 } }]);
    now += 100 * hour;

    expect((await runOf({})).kinds).toEqual([]);
    expect(await event()).toEqual({ kinds: [], findings: ["rowsMissing"] });
  });

  it("keeps the account where that one has nobody any more", async () => {
    await begin([ended, ...others], [ada]);
    second.setWorkers([]);

    expect((await runOf({})).kinds).toEqual([]);
  });
});

describe("who is ended by all of several rows", () => {
  it("is blocked, though a source that had none of them is down", async () => {
    const again = { id: "second-employment" };
    await begin([ada, { ...ada, ...again }, ...others], [], ", numberSpace: contingent");
    hr.setWorkers([ended, { ...ended, ...again }, ...others]);
    second.addFaults([{ fault: { status: 500 } }]);

    expect((await runOf({})).kinds).toEqual(["blockUser"]);
  });
});
