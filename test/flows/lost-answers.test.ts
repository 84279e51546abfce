// Writes that the service makes and whose answers get lost: they are the run's own, in its record and in the window of the
// guard, however the client found out.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
let folder: string;
let local: LocalRun;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollcall-lost-"));
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("direct", simulator)}    limits: { blockUser: { count: 6 } }
sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(join(folder, "hr.csv"))}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail, department: Dept }
    status: { column: Status, active: [A], ended: [E] }
people: { defaultTimeZone: Europe/Stockholm }
groups:
  - { id: web, displayName: Web, members: 'person.department == "Web"' }
`,
  });
});
afterEach(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

async function hr({ ended = 0, web = 0 }): Promise<void> {
  const rows = Array.from(
    { length: 40 },
    (_, n) => `${n},${n < ended ? "E" : "A"},First,Last,p${n}@contoso.com,${n < web ? "Web" : "Sales"}\n`,
  );
  await writeFile(join(folder, "hr.csv"), `Id,Status,First,Last,Mail,Dept\n${rows.join("")}`);
}

function lose(method: string, times: number, kind = "users"): void {
  local.simulator.addFaults([{ match: { method, kind }, times, apply: true, fault: { status: 503 } }]);
}

function blocked(): number {
  return local.simulator.state().users.filter(({ state }) => state === "blocked").length;
}

async function windowOf(kind: string): Promise<number> {
  return (await local.store.appliedSince("contoso", 0, signal)).filter((applied) => applied.kind === kind).length;
}

describe("writes whose answers are lost", () => {
  it("count for the guard: no more are blocked within a day than its limit, in however many runs", async () => {
    await hr({});
    await local.run();
    await hr({ ended: 6 });
    lose("PATCH", 6);

    const first = await local.run();
    await hr({ ended: 12 });
    const second = await local.run();

    expect(first.run).toMatchObject({ status: "finished", outcomes: { applied: 6, skipped: 0, failed: 0 } });
    expect(await windowOf("blockUser")).toBe(6);
    expect(second.run).toMatchObject({ status: "blocked" });
    expect(blocked()).toBe(6);
  });

  it("count as made where a membership was added or removed", async () => {
    await hr({ web: 6 });
    await local.run();
    await hr({ web: 4 });
    lose("DELETE", 2, "groups/users");
    const removed = await local.run();
    await hr({ web: 7 });
    lose("PUT", 3, "groups/users");
    const added = await local.run();

    expect(removed.run.outcomes).toMatchObject({ applied: 2, skipped: 0 });
    expect(await windowOf("removeMember")).toBe(2);
    expect(added.run.outcomes).toMatchObject({ applied: 3, skipped: 0 });
    expect(await windowOf("addMember")).toBe(9);
  });
});
