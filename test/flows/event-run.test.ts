// Runs about one worker after an event, through the whole program: SCIM and API Management are simulated.
import { afterEach, describe, expect, it } from "vitest";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import { AppError } from "../../shared/core/errors.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
const minute = 60_000;
const start = Date.parse("2026-03-02T12:00:00Z");
const invented = inventWorkers(9).map((worker) => ({ ...worker, status: "active" as const, department: "Payments" }));
const [first, second, third, ...others] = invented as [HrWorker, HrWorker, HrWorker, ...HrWorker[]];
const staff = [first, second, third, ...others];
/** Two workers, one address. */
const sharing = [first, { ...second, email: first.email }, third, ...others];

let local: LocalRun;
let hr: HrServer;
let now = start;
afterEach(async () => {
  await local.close();
  await hr.close();
});

async function begin(workers: readonly HrWorker[] = staff, limits = ""): Promise<void> {
  now = start;
  hr = await startHrServer(createScimSystem(), { workers, now: () => now });
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: hr
    kind: scim
    url: ${hr.address}/scim/v2
    authentication: { kind: bearer, secret: hr }
    expect: { maxShrinkPercent: 100 }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
groups: [{ id: payments, displayName: Payments, members: person.department == "Payments" }]
${limits}`,
    secrets: { hr: "hr-secret" },
    now: () => now,
  });
}

/** A run as an event about that worker asks for it. */
async function event({ employeeNumber }: HrWorker) {
  const before = hr.requests.length;
  const asked = await requestRun(
    { target: "contoso", mode: "apply", purpose: "sync", worker: `employee/${employeeNumber}` },
    { trigger: "event" },
    local.world,
    signal,
  );
  if (asked.status !== "queued") throw new Error(asked.status);
  const { id } = asked.run;
  const result = await runSlice(id, local.world, { sliceMs: 600_000, lastAttempt: true }, signal);
  const plan = await local.store.getPlan(id, signal);
  if (result.status !== "done" || plan === undefined) throw new Error(result.status);
  const urls = hr.requests.slice(before).map(({ url }) => new URL(url, hr.address));
  const users = urls.filter(({ pathname }) => pathname.endsWith("/Users"));
  const asks = users.map(({ searchParams }) => searchParams.get("filter"));
  return { run: result.run, kinds: plan.changes.map(({ kind }) => kind), findings: codesOf(plan), asks };
}

function codesOf({ findings }: { readonly findings: readonly { readonly code: string }[] }): readonly string[] {
  return findings.map(({ code }) => code);
}

function stateOf({ email }: HrWorker) {
  return local.simulator.state().users.find((user) => user.email === email)?.state;
}

describe("a run for an event about one worker", () => {
  it("asks about that worker alone, blocks who has left, and takes nobody else for absent", async () => {
    await begin();
    await local.run();
    hr.setWorkers([{ ...first, status: "ended" }]);
    const { run, kinds, asks } = await event(first);

    expect(asks).toEqual([expect.stringContaining(`eq "${first.employeeNumber}"`)]);
    expect(run.sources).toMatchObject([{ completeness: "incomplete", people: 1 }]);
    expect(kinds).toEqual(["blockUser"]);
    expect([stateOf(first), stateOf(second)]).toEqual(["blocked", "active"]);
  });

  it("blocks nobody by one of several records of whom another one is at work", async () => {
    await begin();
    await local.run();
    const former = { ...first, id: "former", email: "former@contoso.com", status: "ended" } as const;
    hr.setWorkers([former, ...staff]);
    const { run, kinds, findings } = await event(first);

    expect(run.sources).toMatchObject([{ people: 2 }]);
    expect([kinds, findings]).toEqual([[], ["conflictingRows"]]);
    expect(stateOf(first)).toBe("active");
  });

  it("does nothing about a worker who is in no row", async () => {
    await begin();
    await local.run();
    hr.setWorkers([second]);
    const { kinds, findings } = await event(first);

    expect(kinds).toEqual([]);
    expect(findings).toEqual(["absentNotProved"]);
  });

  it("goes through the guard, and counts in the same window as every other run", async () => {
    await begin(staff, "limits: { blockUser: { percent: 50, count: 1 } }\n");
    await local.run();
    hr.setWorkers(staff.map((worker) => (worker === third ? worker : { ...worker, status: "ended" })));
    const [one, two] = [await event(first), await event(second)];

    expect([one.run.status, two.run.status]).toEqual(["finished", "blocked"]);
    expect([stateOf(first), stateOf(second)]).toEqual(["blocked", "active"]);
  });

  it("makes the account of somebody new whose address nobody else has", async () => {
    await begin(staff.slice(1));
    await local.run();
    hr.setWorkers(staff);
    const { kinds, findings } = await event(first);

    expect(kinds).toEqual(["createUser", "addMember"]);
    expect(findings).toEqual([]);
  });

  it("adopts nobody's account by an address that another worker claims", async () => {
    await begin(sharing);
    const identities = [{ provider: "Aad", id: "abc" }];
    const theirs = {
      id: "sso",
      email: first.email,
      firstName: "F",
      lastName: "L",
      state: "active",
      identities,
    } as const;
    local.simulator.edit.putUser(theirs);
    await local.run();
    const { kinds, findings } = await event(second);

    expect(kinds).toEqual([]);
    expect(findings).toEqual(["sharedAddress"]);
    expect(local.simulator.state().users.find(({ id }) => id === "sso")?.note ?? "").toBe("");
  });

  it("gives nobody an address that another worker claims, whoever had it first", async () => {
    await begin();
    await local.run();
    hr.setWorkers([first, { ...second, email: third.email }, third, ...others]);
    const { kinds, findings } = await event(second);

    expect(kinds).toEqual([]);
    expect(findings).toEqual(["sharedAddress"]);
  });

  it("only takes where everybody was never read", async () => {
    await begin();
    const { kinds, findings } = await event(first);

    expect(kinds).toEqual([]);
    expect(findings).toEqual(["addressUnproved"]);
  });

  it("only takes where everybody was read too long ago", async () => {
    await begin(staff.slice(2));
    await local.run();
    hr.setWorkers([first, second, { ...third, status: "ended" }, ...others]);
    // The hour between whole reads, and two of the timer's intervals.
    now += 89 * minute;
    const soon = await event(first);
    now += 2 * minute;
    const late = await event(second);
    const leaver = await event(third);

    expect(soon.kinds).toEqual(["createUser", "addMember"]);
    expect([late.kinds, late.findings]).toEqual([[], ["addressUnproved"]]);
    expect(leaver.kinds).toEqual(["blockUser"]);
  });

  it.each([
    ["a read that was not complete", "lose-row", {}],
    ["a plan for another day", undefined, { mode: "plan", now: start + minute }],
  ] as const)("knows nothing of others after %s", async (_, fault, request) => {
    await begin(staff.slice(1));
    if (fault !== undefined) hr.addFaults([{ times: 1, fault }]);
    await local.run(request);
    hr.setWorkers(staff);

    expect((await event(first)).findings).toEqual(["addressUnproved"]);
  });

  it("only takes where what everybody claims could not be written down, which stops no run", async () => {
    await begin(staff.slice(1));
    const away = new AppError("STORE_UNAVAILABLE", "Cannot write");
    Object.assign(local.store, { putClaims: () => Promise.reject(away) });
    const whole = await local.run();
    hr.setWorkers(staff);
    const { findings } = await event(first);

    expect(whole.run.status).toBe("finished");
    expect(local.log.lines.filter((line) => line.event === "claims.unwritten")).toMatchObject([
      { level: "warn", fields: { code: "STORE_UNAVAILABLE" } },
    ]);
    expect(findings).toEqual(["addressUnproved"]);
  });

  it("keeps of the others' addresses nothing that could be read", async () => {
    await begin();
    await local.run();
    const kept = JSON.stringify(await local.store.getClaims("contoso", signal));

    expect(kept).toMatch(/"claims":\["/);
    for (const { email, employeeNumber } of staff) {
      expect(kept).not.toContain(email);
      expect(kept).not.toContain(`"${employeeNumber}`);
    }
  });
});
