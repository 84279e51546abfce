// Changes between whole reads, through the whole program: Microsoft Graph and API Management are simulated.
import { afterEach, describe, expect, it } from "vitest";
import { createGraphSystem } from "../../dev/hr/graph-system.ts";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { type HrWorker, inventWorkers } from "../../dev/hr/workers.ts";
import { runView } from "../../shared/api/run-view.ts";
import type { RunRequest } from "../../shared/core/run.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
const hour = 3_600_000;
const start = Date.parse("2026-03-02T12:00:00Z");
const staff = inventWorkers(9).map((worker) => ({ ...worker, status: "active" as const, department: "Payments" }));

let local: LocalRun;
let hr: HrServer;
let now = start;
let groups = "";
afterEach(async () => {
  await local.close();
  await hr.close();
});

async function begin(workers: readonly HrWorker[] = staff, more = "", people = ""): Promise<void> {
  now = start;
  groups = '{ id: payments, displayName: Payments, members: person.department == "Payments" }';
  hr = await startHrServer(createGraphSystem(), { workers, now: () => now });
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: entra
    kind: graph
    url: ${hr.address}
    authentication: { kind: bearer, secret: hr }
    expect: { maxShrinkPercent: 100 }
${more}people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com]${people} }
groups: [${groups}]
`,
    secrets: { hr: "hr-secret" },
    now: () => now,
  });
}

/** A run as the timer asks for it; says how much of the source was read. */
async function tick(request: Partial<RunRequest> = {}) {
  const before = hr.requests.length;
  const done = await local.run({ tick: now, ...request });
  const asked = hr.requests.slice(before).map(({ url }) => new URL(url, hr.address));
  const list = asked.filter(({ pathname }) => pathname === "/v1.0/users");
  const whole = list.some(({ searchParams }) => searchParams.get("$filter") === "employeeId ne null");
  return { ...done, whole };
}

function moved(number: string, change: Partial<HrWorker>): readonly HrWorker[] {
  return staff.map((worker) => (worker.employeeNumber === number ? { ...worker, ...change } : worker));
}

function stateOf(number: string) {
  const { email } = staff.find(({ employeeNumber }) => employeeNumber === number) as HrWorker;
  return local.simulator.state().users.find((user) => user.email === email)?.state;
}

describe("between whole reads", () => {
  it("only the changed are read, and what is said of them is done", async () => {
    await begin();
    const first = await tick();
    now += hour;
    hr.setWorkers(moved("10003", { status: "ended" }));
    const second = await tick();

    expect([first.whole, second.whole]).toEqual([true, false]);
    expect(second.run.sources).toMatchObject([{ completeness: "incomplete", people: 1 }]);
    expect(second.run.outcomes).toEqual({ applied: 1, skipped: 0, held: 0, failed: 0 });
    expect([stateOf("10003"), stateOf("10004")]).toEqual(["blocked", "active"]);
  });

  it("no report for HR is stored of the changed alone", async () => {
    const shared = staff.map((worker, index) => (index === 1 ? { ...worker, email: staff[0]?.email ?? "" } : worker));
    await begin(shared);
    const first = await tick();
    now += hour;
    hr.setWorkers(shared.map((worker, index) => (index === 2 ? { ...worker, title: "Lead" } : worker)));
    const second = await tick();

    expect([first.whole, second.whole]).toEqual([true, false]);
    const reports = await Promise.all([first, second].map(({ run }) => local.store.getProblems(run.id, signal)));
    expect(reports.map((report) => report?.counts)).toEqual([{ sharedAddress: 2 }, undefined]);
  });

  it.each(["conflict", "activeWins"])(
    "nobody leaves by one of several accounts, the others of which did not change (%s)",
    async (employments) => {
      const [first] = staff as [HrWorker];
      const former: HrWorker = {
        ...first,
        entraObjectId: "99999999-0000-4000-8000-000000000001",
        email: "former@contoso.com",
        status: "ended",
      };
      await begin(staff, "", `, employments: ${employments}`);
      await tick();
      now += hour;
      hr.setWorkers([...staff, former]);
      const second = await tick();

      expect(second.whole).toBe(false);
      expect(second.run.sources).toMatchObject([{ people: 2 }]);
      expect(second.plan.changes).toEqual([]);
      expect(stateOf(first.employeeNumber)).toBe("active");
    },
  );

  it("an address of two workers gives nothing to the one who changed", async () => {
    const [first, second] = staff as [HrWorker, HrWorker];
    const sharing = [first, { ...second, email: first.email }, ...staff.slice(2)];
    await begin(sharing);
    const whole = await tick();
    now += hour;
    hr.setWorkers(sharing.map((worker) => (worker.employeeNumber === "10002" ? { ...worker, title: "New" } : worker)));
    const changed = await tick();

    expect([whole.whole, changed.whole]).toEqual([true, false]);
    expect(changed.run.sources).toMatchObject([{ people: 1 }]);
    expect(changed.plan.changes).toEqual([]);
    expect(changed.plan.findings.filter(({ worker }) => worker === "employee/10002")).toMatchObject([
      { code: "sharedAddress" },
    ]);
  });

  it("somebody new gets an account as long as nobody else has the address, up to a day after the whole read", async () => {
    await begin(staff.slice(1));
    await tick();
    now += 23 * hour;
    hr.setWorkers(staff);
    const second = await tick();

    expect(second.whole).toBe(false);
    expect(second.plan.changes.map(({ kind }) => kind)).toEqual(["createUser", "addMember"]);
  });

  it("nobody leaves who is only not among the changed, or was removed", async () => {
    await begin();
    await tick();
    now += hour;
    hr.setWorkers(staff.slice(0, 6));
    const second = await tick();

    expect(second.whole).toBe(false);
    expect(second.plan.changes).toEqual([]);
  });

  it("everybody is read once a day, and who was removed leaves then", async () => {
    await begin();
    await tick();
    now += 24 * hour;
    hr.setWorkers(staff.slice(0, 8));
    const second = await tick();

    expect(second.whole).toBe(true);
    expect(second.plan.changes.map(({ kind }) => kind)).toEqual(["blockUser"]);
  });

  it("everybody is read in the same run where the system refuses to tell who changed", async () => {
    await begin();
    await tick();
    now += hour;
    hr.setWorkers(moved("10003", { status: "ended" }));
    hr.addFaults([{ times: 1, fault: { status: 403 } }]);
    const second = await tick();

    expect(second.whole).toBe(true);
    expect(second.run.sources).toMatchObject([{ completeness: "complete", people: staff.length }]);
    expect(stateOf("10003")).toBe("blocked");
  });

  it("a change that could not be applied comes again", async () => {
    await begin();
    await tick();
    now += hour;
    hr.setWorkers(moved("10003", { status: "ended" }));
    local.simulator.addFaults([{ match: { method: "PATCH" }, times: 1, fault: { status: 400 } }]);
    const second = await tick();
    now += hour;
    const third = await tick();

    expect([second.run.outcomes?.failed, third.run.outcomes?.applied]).toEqual([1, 1]);
    expect(third.whole).toBe(false);
  });

  it("a first run that left something undone is followed by a whole read", async () => {
    await begin();
    local.simulator.addFaults([{ match: { method: "PUT", kind: "users" }, times: 1, fault: { status: 400 } }]);
    const first = await tick();
    now += hour;
    const second = await tick();

    expect(first.run.outcomes?.failed).toBeGreaterThan(0);
    expect(second.whole).toBe(true);
  });

  it("a run that the guard blocks uses nothing up", async () => {
    await begin(inventWorkers(40).map((worker) => ({ ...worker, status: "active" })));
    await tick();
    now += hour;
    hr.setWorkers(inventWorkers(40).map((worker) => ({ ...worker, status: "ended" })));
    const second = await tick();
    now += hour;
    const third = await tick();

    expect([second.run.status, third.run.status]).toEqual(["blocked", "blocked"]);
    expect(third.run.digest).toBe(second.run.digest);
    expect(third.whole).toBe(false);
  });

  it.each<[string, Partial<RunRequest>]>([
    ["a dry run", { mode: "plan" }],
    ["a run for another day", { now: start + 2 * hour }],
  ])("%s sees everybody", async (_, request) => {
    await begin();
    await tick();
    now += hour;
    const second = await tick(request);

    expect(second.whole).toBe(true);
  });

  it("under other rules everybody is read", async () => {
    await begin();
    await tick();
    now += hour;
    groups = '{ id: payments, displayName: Payments, members: person.department == "Orders" }';
    const second = await tick();

    expect(second.whole).toBe(true);
    expect(second.plan.changes.filter(({ kind }) => kind === "removeMember")).toHaveLength(9);
  });

  it("with a second source everybody is read", async () => {
    const second = `  - name: others
    kind: graph
    url: ADDRESS
    numberSpace: contingent
    authentication: { kind: bearer, secret: hr }
    filter: "employeeId eq '10001'"
`;
    await begin(staff, second.replace("ADDRESS", "http://127.0.0.1:1"));
    await tick().catch(() => undefined);
    now += hour;

    expect((await tick()).whole).toBe(true);
  });

  it("shows nobody the token", async () => {
    await begin();
    const { run } = await tick();

    expect(run.changesFrom?.token).toContain("deltatoken");
    expect(JSON.stringify(runView(run, now))).not.toContain("deltatoken");
  });
});
