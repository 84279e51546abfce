// People over time, through the whole program: from the HR file to what API Management holds afterwards.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const header = "Id,Status,First,Last,Mail,Dept,Manager,Last day\n";
const startedAt = Date.parse("2026-03-02T12:00:00Z");
const day = 86_400_000;

let folder = "";
let now = startedAt;
const { signal } = new AbortController();
let local: LocalRun;

function rules(simulator: ApimSimulator, more = ""): string {
  return `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(join(folder, "hr.csv"))}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail, department: Dept, manager: Manager, endDate: Last day }
    status: { column: Status, active: [A], ended: [E] }
    expect: { maxShrinkPercent: 100 }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
groups:
  - { id: payments, displayName: Payments, members: 'person.department == "Payments"', products: [starter] }
protect: ["*@admins.contoso.com"]
${more}`;
}

async function hr(...rows: readonly string[]): Promise<void> {
  await writeFile(join(folder, "hr.csv"), header + rows.map((row) => `${row}\n`).join(""));
}

const ada = "1,A,Ada,Ek,ada@contoso.com,Payments,2,";
const bo = "2,A,Bo,Ek,bo@contoso.com,Web,,";
const cy = "3,A,Cy,Ek,cy@contoso.com,Payments,2,";

function userByMail(mail: string) {
  return local.simulator.state().users.find(({ email }) => email === mail);
}

async function start(more = ""): Promise<void> {
  local = await startLocalRun({ rules: (simulator) => rules(simulator, more), now: () => now });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-lifecycle-"));
  now = startedAt;
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a joiner", () => {
  it("gets an account without a mail, the group of the rule, and the group its product", async () => {
    await start();
    await hr(ada, bo);

    const { run } = await local.run();

    const { members, links, mails } = local.simulator.state();
    const id = userByMail("ada@contoso.com")?.id ?? "";
    expect(run.outcomes).toEqual({ applied: 5, skipped: 0, held: 0, failed: 0 });
    expect(id).toMatch(/^rc-[a-z2-7]{26}$/);
    expect(members.payments).toEqual([id]);
    expect(links.starter).toContain("payments");
    expect(mails).toEqual([]);
  });
});

describe("a leaver and a rehire", () => {
  it("is blocked after its subscriptions are suspended, and gets the same account, groups and keys back", async () => {
    await start();
    await hr(ada, bo);
    await local.run();
    const id = userByMail("ada@contoso.com")?.id ?? "";
    local.simulator.edit.putSubscription({
      id: "key-of-ada",
      ownerId: id,
      scope: "/products/starter",
      state: "active",
    });
    local.simulator.edit.putSubscription({
      id: "stopped-by-security",
      ownerId: id,
      scope: "/products/unlimited",
      state: "suspended",
    });

    await hr(ada.replace(",A,", ",E,"), bo);
    const left = await local.run();

    expect(left.plan.changes.map(({ kind }) => kind)).toEqual(["suspendSubscription", "blockUser"]);
    expect(userByMail("ada@contoso.com")?.state).toBe("blocked");
    const states = () =>
      Object.fromEntries(local.simulator.state().subscriptions.map(({ id: sid, state }) => [sid, state]));
    expect(states()).toMatchObject({ "key-of-ada": "suspended", "stopped-by-security": "suspended" });

    await hr(ada, bo);
    const back = await local.run();

    expect(back.plan.changes.map(({ kind }) => kind)).toEqual(["unblockUser", "resumeSubscription"]);
    expect(userByMail("ada@contoso.com")).toMatchObject({ id, state: "active" });
    expect(states()).toMatchObject({ "key-of-ada": "active", "stopped-by-security": "suspended" });
    expect(local.simulator.state().members.payments).toEqual([id]);
  });

  it("gets its keys back in the next run when resuming them failed after the account was unblocked", async () => {
    await start();
    await hr(ada, bo);
    await local.run();
    const id = userByMail("ada@contoso.com")?.id ?? "";
    const putKey = (sid: string, scope: string) =>
      local.simulator.edit.putSubscription({ id: sid, ownerId: id, scope, state: "active" });
    putKey("key-of-ada", "/products/starter");
    putKey("old-key", "/products/unlimited");
    await hr(ada.replace(",A,", ",E,"), bo);
    await local.run();
    const state = (sid: string) => local.simulator.state().subscriptions.find((each) => each.id === sid)?.state;
    const remembered = async () => [...(await local.store.getTargetMemory("contoso", signal)).suspended];
    expect(await remembered()).toMatchObject([
      ["key-of-ada", { ownerId: id }],
      ["old-key", { ownerId: id }],
    ]);
    await hr(ada, bo);
    local.simulator.addFaults([{ match: { method: "PATCH", kind: "subscriptions" }, fault: { status: 400 } }]);
    const failed = await local.run();
    expect(failed.run.outcomes).toMatchObject({ applied: 1, failed: 2 });
    local.simulator.clearFaults();
    local.simulator.edit.putSubscription({
      id: "old-key",
      ownerId: id,
      scope: "/products/unlimited",
      state: "cancelled",
    });

    const next = await local.run();

    expect(next.plan.changes.map(({ kind, key }) => `${kind} ${key}`)).toEqual(["resumeSubscription key-of-ada"]);
    expect([state("key-of-ada"), state("old-key")]).toEqual(["active", "cancelled"]);
    expect(await remembered()).toEqual([]);
    local.simulator.resetRequests();
    await local.run();
    expect(Object.keys(local.simulator.requests().counts)).not.toContain("GET users/subscriptions");
  });

  it("hands subscriptions to the manager where the rules say so, and lists the keys that the leaver knows", async () => {
    await start("lifecycle: { leaver: { subscriptions: { transfer: manager } } }\n");
    await hr(ada, bo);
    await local.run();
    const id = userByMail("ada@contoso.com")?.id ?? "";
    local.simulator.edit.putSubscription({
      id: "key-of-ada",
      ownerId: id,
      scope: "/products/starter",
      state: "active",
    });

    await hr(ada.replace(",A,", ",E,"), bo);
    const { plan } = await local.run();

    expect(plan.changes.map(({ kind }) => kind)).toEqual(["transferSubscription", "blockUser"]);
    expect(plan.findings.map(({ code }) => code)).toContain("keysKnownToLeaver");
    expect(local.simulator.state().subscriptions.find(({ id: sid }) => sid === "key-of-ada")?.ownerId).toBe(
      userByMail("bo@contoso.com")?.id,
    );
  });

  it("stands in the roster with account and standing, as of the last whole read", async () => {
    await start("");
    await hr(ada, bo);
    await local.run();
    await local.run();
    const find = () => local.roster.findWorker("contoso", "employee/1", new AbortController().signal);
    const first = await find();
    expect(first?.entry).toMatchObject({ standing: "present", userId: userByMail("ada@contoso.com")?.id });

    now += day;
    await hr(ada.replace(",A,", ",E,"), bo, '"cut off');
    await local.run();
    expect(await find()).toEqual(first);

    await hr(ada.replace(",A,", ",E,"), bo);
    await local.run();
    expect(await find()).toMatchObject({ entry: { standing: "leaver" }, readAt: now });
  });

  it("is deleted after the configured days, in a run of its own", async () => {
    await start("lifecycle: { leaver: { deleteAfterDays: 30 } }\n");
    await hr(ada, bo);
    await local.run();
    await hr(ada.replace(",A,", ",E,"), bo);
    await local.run();
    now += 29 * day;
    expect((await local.run({ purpose: "delete" })).plan.changes).toEqual([]);
    now += day;

    const sync = await local.run();
    expect(sync.plan.changes).toEqual([]);
    expect(sync.plan.findings.map(({ code }) => code)).toContain("deleteDue");
    await local.run({ purpose: "delete" });

    expect(userByMail("ada@contoso.com")).toBeUndefined();
    expect(userByMail("bo@contoso.com")?.state).toBe("active");
  });

  it("leaves at the end of the last day in the worker's zone", async () => {
    await start();
    await hr(`${ada}2026-03-02`, bo);
    await local.run();
    now = Date.parse("2026-03-02T22:59:00Z");
    expect((await local.run()).plan.changes).toEqual([]);

    now = Date.parse("2026-03-02T23:00:00Z");

    expect((await local.run()).plan.changes.map(({ kind, reason }) => [kind, reason.text])).toEqual([
      ["blockUser", "The last day, 2026-03-02, has passed"],
    ]);
  });
});

describe("an HR row that claims what is not its own", () => {
  it("is given nothing for a protected address, and the account stays as it is", async () => {
    await start();
    local.simulator.edit.putUser({
      id: "root",
      email: "root@admins.contoso.com",
      firstName: "R",
      lastName: "R",
      state: "active",
    });
    await hr("9,A,Eve,Ek,root@admins.contoso.com,Payments,,", bo);

    const { plan } = await local.run();

    expect(plan.problems.map(({ code, line }) => [code, line])).toEqual([["addressOutsideDomains", 2]]);
    expect(userByMail("root@admins.contoso.com")).toMatchObject({ id: "root", state: "active", note: null });
    expect(plan.changes.filter(({ reason }) => reason.worker === "employee/9")).toEqual([]);
  });

  it("is given nothing for a colleague's address, whoever comes first in the file", async () => {
    await start();
    await hr("9,A,Eve,Ek,ADA@contoso.com,Payments,,", bo, ada);

    const { plan } = await local.run();

    expect(plan.findings.filter(({ code }) => code === "sharedAddress").map(({ worker }) => worker)).toEqual([
      "employee/1",
      "employee/9",
    ]);
    expect(plan.changes.flatMap(({ reason }) => reason.worker ?? [])).toEqual(["employee/2"]);
  });

  it("does not get the address of an account that another worker has", async () => {
    await start();
    await hr(ada, bo);
    await local.run();
    await hr(ada.replace(",A,", ",E,"), bo);
    await local.run();

    await hr(ada.replace(",A,", ",E,"), bo, "9,A,Adam,Ek,ada@contoso.com,Payments,,");
    const { plan } = await local.run();

    expect(plan.changes).toEqual([]);
    const finding = plan.findings.find(({ code }) => code === "addressInUse");
    expect(finding).toMatchObject({ worker: "employee/9", user: userByMail("ada@contoso.com")?.id });
    expect(finding?.text).toContain("worker employee/1");
  });

  it("does not get another worker's account by that worker's number", async () => {
    await start();
    await hr(ada, bo);
    await local.run();
    await hr(ada, bo, "1,A,Eve,Ek,eve@contoso.com,Web,,");

    const { plan } = await local.run();

    expect(plan.changes).toEqual([]);
    expect(plan.findings.map(({ code, worker }) => [code, worker])).toEqual([["conflictingRows", "employee/1"]]);
  });
});

describe("a bad read", () => {
  it("makes nobody a leaver: a file that broke off, an empty one, none at all", async () => {
    await start();
    await hr(ada, bo, cy);
    await local.run();
    const file = join(folder, "hr.csv");

    await writeFile(file, `${header}${ada}\n2,A,"Bo`);
    expect((await local.run()).plan.changes).toEqual([]);
    await writeFile(file, header);
    expect((await local.run()).plan.changes).toEqual([]);
    await rm(file);
    const { run, plan } = await local.run();

    expect(plan.changes).toEqual([]);
    expect(run.sources?.[0]?.completeness).toBe("incomplete");
    await hr(ada, bo);
    expect((await local.run()).plan.changes.map(({ kind, reason }) => [kind, reason.code])).toEqual([
      ["blockUser", "leaverAbsent"],
    ]);
  });

  it("still lets a stated end count when another row is cut off", async () => {
    await start();
    await hr(ada, bo, cy);
    await local.run();
    await writeFile(join(folder, "hr.csv"), `${header}${ada.replace(",A,", ",E,")}\n2,A,"Bo`);

    expect((await local.run()).plan.changes.map(({ kind, reason }) => [kind, reason.code])).toEqual([
      ["blockUser", "leaverStated"],
    ]);
  });
});
