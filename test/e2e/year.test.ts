// A year in the life of ten people, through the whole program: from two HR files to what API Management holds. Each story
// takes place among the others; the last runs of the year find nothing to do.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Done, type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const columns = ["Id", "Status", "First", "Last", "Mail", "Dept", "Start", "End", "Zone"] as const;

type Row = Readonly<Partial<Record<(typeof columns)[number], string>>>;

const employees: Record<string, Row> = {
  ada: { Id: "101", First: "Ada", Last: "Ek", Mail: "ada@contoso.com", Dept: "Payments", Start: "2026-03-16" },
  bo: { Id: "102", First: "Bo", Last: "Holm", Mail: "bo@contoso.com", Dept: "Payments" },
  cy: { Id: "103", First: "Cy", Last: "Ito", Mail: "cy@contoso.com", Dept: "Payments" },
  dee: { Id: "104", First: "Dee", Last: "Nyberg", Mail: "dee.nyberg@contoso.com", Dept: "Payments" },
  aroha: { Id: "105", First: "Aroha", Last: "Ngata", Mail: "aroha@contoso.com", Dept: "Web", Zone: "Pacific/Auckland" },
  lou: { Id: "106", First: "Lou", Last: "Diaz", Mail: "lou@contoso.com", Dept: "Web", Zone: "America/Los_Angeles" },
  fay: { Id: "107", First: "Fay", Last: "Okafor", Mail: "fay@contoso.com", Dept: "Payments" },
  hal: { Id: "109", First: "Hal", Last: "Kaya", Mail: "hal@contoso.com", Dept: "Payments" },
};

const contractors: Record<string, Row> = {
  gus: { Id: "101", First: "Gus", Last: "Duarte", Mail: "gus@contoso.com", Dept: "Payments" },
};

let folder = "";
let now = 0;
let local: LocalRun;

async function write(file: string, people: Readonly<Record<string, Row>>): Promise<void> {
  const rows = Object.values(people).map((row) =>
    columns.map((column) => row[column] ?? (column === "Status" ? "Active" : "")),
  );
  await writeFile(join(folder, file), [columns, ...rows].map((cells) => `${cells.join(",")}\n`).join(""));
}

/** What one run does at that instant. */
async function runAt(instant: string): Promise<Done> {
  now = Date.parse(instant);
  await write("employees.csv", employees);
  await write("contractors.csv", contractors);
  const done = await local.run();
  expect(done.run).toMatchObject({ status: "finished", outcomes: { failed: 0 } });
  return done;
}

/** The changes, each with its worker. */
function changesOf({ plan }: Done): readonly string[] {
  return plan.changes.map(({ kind, reason }) => [kind, reason.worker ?? "-"].join(" ")).sort();
}

function findingsOf({ plan }: Done, worker: string): readonly string[] {
  return plan.findings.filter((finding) => finding.worker === worker).map(({ code }) => code);
}

function user(mail: string) {
  return local.simulator.state().users.find(({ email }) => email === mail);
}

function members(group: string): readonly string[] {
  const { users, members: all } = local.simulator.state();
  return (all[group] ?? []).map((id) => users.find((each) => each.id === id)?.firstName ?? id).sort();
}

function source(name: string, space: string): string {
  return `  - name: ${name}
    kind: csv
    location: ${JSON.stringify(join(folder, `${name}.csv`))}
    numberSpace: ${space}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail, department: Dept, startDate: Start, endDate: End, timeZone: Zone }
    status: { column: Status, active: [Active], onLeave: [Leave], ended: [Inactive] }
`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-year-"));
  local = await startLocalRun({
    now: () => now,
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
${source("employees", "employee")}${source("contractors", "contingent")}people:
  defaultTimeZone: Europe/Stockholm
  emailDomains: [contoso.com]
  scope: person.department != "Cleaning"
groups:
  - { id: payments, displayName: Payments, members: 'person.department == "Payments"' }
  - { id: web, displayName: Web, members: 'person.department == "Web"' }
`,
  });
});

afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a year in the life of ten people", () => {
  it("begins with accounts for all but Ada, who is hired ahead", async () => {
    const done = await runAt("2026-03-02T09:00:00Z");

    expect(members("payments")).toEqual(["Bo", "Cy", "Dee", "Fay", "Gus", "Hal"]);
    expect(members("web")).toEqual(["Aroha", "Lou"]);
    expect(user("ada@contoso.com")).toBeUndefined();
    expect(findingsOf(done, "employee/101")).toEqual(["preHire"]);
  });

  it("gives Ada an account with the first instant of the first day, not before, and not that of contractor 101", async () => {
    expect(changesOf(await runAt("2026-03-15T22:59:59Z"))).toEqual([]);
    expect(changesOf(await runAt("2026-03-15T23:00:00Z"))).toEqual([
      "addMember employee/101",
      "createUser employee/101",
    ]);
    expect(user("ada@contoso.com")?.id).not.toBe(user("gus@contoso.com")?.id);
  });

  it("leaves Bo's account and groups alone while Bo is on leave", async () => {
    employees.bo = { ...employees.bo, Status: "Leave" };

    expect(changesOf(await runAt("2026-04-01T09:00:00Z"))).toEqual([]);
  });

  it("moves Cy from one group to the other, at once", async () => {
    employees.cy = { ...employees.cy, Dept: "Web" };

    expect(changesOf(await runAt("2026-04-20T09:00:00Z"))).toEqual([
      "addMember employee/103",
      "removeMember employee/103",
    ]);
    expect(members("web")).toContain("Cy");
  });

  it("gives Dee the new name and address in the same account, whatever the capitals", async () => {
    const before = user("dee.nyberg@contoso.com")?.id;
    employees.dee = { ...employees.dee, Last: "Grünwald-Nyberg", Mail: "Dee.Grunwald@Contoso.com" };
    expect(changesOf(await runAt("2026-05-11T09:00:00Z"))).toEqual(["updateUser employee/104"]);
    employees.dee = { ...employees.dee, Mail: "dee.grunwald@contoso.com" };

    expect(changesOf(await runAt("2026-05-12T09:00:00Z"))).toEqual([]);
    expect(user("Dee.Grunwald@Contoso.com")).toMatchObject({
      id: before,
      lastName: "Grünwald-Nyberg",
      state: "active",
    });
  });

  it("does not open again what security closes on Hal, though HR says that Hal is at work", async () => {
    const hal = user("hal@contoso.com");
    local.simulator.edit.putUser({ id: hal?.id ?? "", state: "blocked" });
    const done = await runAt("2026-06-01T09:00:00Z");

    expect(changesOf(done)).toEqual([]);
    expect(findingsOf(done, "employee/109")).toEqual(["heldByOthers"]);
    expect(user("hal@contoso.com")?.state).toBe("blocked");
  });

  it("ends the same last day in Auckland nineteen hours before it ends in Los Angeles", async () => {
    employees.aroha = { ...employees.aroha, End: "2026-06-30" };
    employees.lou = { ...employees.lou, End: "2026-06-30" };

    expect(changesOf(await runAt("2026-06-30T11:59:59Z"))).toEqual([]);
    expect(changesOf(await runAt("2026-06-30T12:00:00Z"))).toEqual(["blockUser employee/105"]);
    expect(changesOf(await runAt("2026-07-01T06:59:59Z"))).toEqual([]);
    expect(changesOf(await runAt("2026-07-01T07:00:00Z"))).toEqual(["blockUser employee/106"]);
  });

  it("gives Ida, who has no last name, Lou's address again but not Lou's account", async () => {
    employees.ida = { Id: "110", First: "Ida", Mail: "LOU@contoso.com", Dept: "Web", Start: "2026-07-06" };
    const done = await runAt("2026-07-06T09:00:00Z");

    expect(changesOf(done)).toEqual([]);
    expect(findingsOf(done, "employee/110")).toEqual(["addressInUse"]);
    expect(user("lou@contoso.com")).toMatchObject({ firstName: "Lou", state: "blocked" });
    employees.ida = { ...employees.ida, Mail: "ida@contoso.com" };
    await runAt("2026-07-07T09:00:00Z");
    expect(user("ida@contoso.com")).toMatchObject({ firstName: "Ida", lastName: "-", state: "active" });
  });

  it("blocks Fay who leaves, and gives the same account back to Fay who returns", async () => {
    const before = user("fay@contoso.com")?.id;
    employees.fay = { ...employees.fay, Status: "Inactive" };
    expect(changesOf(await runAt("2026-08-03T09:00:00Z"))).toEqual(["blockUser employee/107"]);
    employees.fay = { ...employees.fay, Status: "Active", Start: "2026-10-01" };

    expect(changesOf(await runAt("2026-09-30T21:59:59Z"))).toEqual([]);
    expect(changesOf(await runAt("2026-09-30T22:00:00Z"))).toEqual(["unblockUser employee/107"]);
    expect(user("fay@contoso.com")).toMatchObject({ id: before, state: "active" });
    expect(members("payments")).toContain("Fay");
  });

  it("ends Gus the contractor, and holds Gus the employee until the address is free", async () => {
    contractors.gus = { ...contractors.gus, End: "2026-10-31" };
    employees.gus = {
      Id: "108",
      First: "Gus",
      Last: "Duarte",
      Mail: "gus@contoso.com",
      Dept: "Payments",
      Start: "2026-11-01",
    };
    const before = user("gus@contoso.com")?.id ?? "";
    const done = await runAt("2026-11-01T09:00:00Z");

    expect(changesOf(done)).toEqual(["blockUser contingent/101"]);
    expect(findingsOf(done, "employee/108")).toEqual(["addressInUse"]);
    // What the runbook says to do: somebody gives the old account another address.
    const email = "gus.old@contoso.com";
    local.simulator.edit.putUser({ id: before, email, identities: [{ provider: "Basic", id: email }] });
    expect(changesOf(await runAt("2026-11-02T09:00:00Z"))).toEqual([
      "addMember employee/108",
      "createUser employee/108",
    ]);
    expect(user("gus.old@contoso.com")?.state).toBe("blocked");
    expect(user("gus@contoso.com")?.id).not.toBe(before);
  });

  it("does not open Hal's account either when Hal leaves and returns", async () => {
    employees.hal = { ...employees.hal, Status: "Inactive" };
    expect(changesOf(await runAt("2026-11-16T09:00:00Z"))).toEqual([]);
    employees.hal = { ...employees.hal, Status: "Active" };
    expect(changesOf(await runAt("2026-11-30T09:00:00Z"))).toEqual([]);

    expect(user("hal@contoso.com")?.state).toBe("blocked");
  });

  it("ends with nothing to do", async () => {
    const done = await runAt("2027-03-01T09:00:00Z");

    expect(changesOf(done)).toEqual([]);
    expect(await local.store.getProblems(done.run.id, new AbortController().signal)).toMatchObject({ counts: {} });
    expect(members("payments")).toEqual(["Ada", "Bo", "Dee", "Fay", "Gus", "Gus", "Hal"]);
  });
});
