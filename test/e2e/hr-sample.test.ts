// The main job on real HR data through both doors: 1,000 rows of a published sample that contradict each other in
// every way. The file is not part of the project; without it this says so and nothing else.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const sample = resolve(process.env.HR_SAMPLE ?? "../shared/data/hr-1000.csv");

if (!existsSync(sample))
  process.stdout.write(`Tests on the HR sample are left out: there is no file "${sample}" (name it in HR_SAMPLE)\n`);

function rules(door: "direct" | "arm") {
  return (simulator: ApimSimulator): string => `owner: contoso-platform
${targetRules(door, simulator)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(sample)}
    columns: { employeeNumber: WorkerID, givenName: FirstName, familyName: LastName, department: Department, organization: Company, manager: ManagerID, startDate: HireDate }
    map: { email: 'row.FirstName + "." + row.LastName + "@contoso.com"' }
    status: { column: WorkerStatus, active: [Active], ended: [Inactive] }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
groups:
  - { id: sales, displayName: Sales, members: 'person.department == "Sales"', products: [starter] }
  - { id: finance, displayName: Finance, members: 'person.department == "Finance"' }
  - { id: engineering, displayName: Engineering, members: 'person.department.contains("Engineering")' }
`;
}

describe.runIf(existsSync(sample)).each(["direct", "arm"] as const)("the HR sample through the %s door", (door) => {
  let local: LocalRun | undefined;
  afterEach(async () => {
    await local?.close();
  });

  it("is read, planned and applied; conflicts are given nothing; a second run changes and asks nothing more", async () => {
    local = await startLocalRun({ rules: rules(door), now: () => Date.parse("2026-11-23T12:00:00Z") });

    const first = await local.run();

    expect(first.run.sources?.map(({ completeness, people }) => ({ completeness, people }))).toEqual([
      { completeness: "complete", people: 1000 },
    ]);
    expect(first.run.status).toBe("finished");
    expect(first.run.outcomes).toEqual({ applied: first.plan.changes.length, skipped: 0, held: 0, failed: 0 });
    const given = new Set(
      first.plan.changes.flatMap((change) => (change.kind === "createUser" ? [change.after.worker] : [])),
    );
    const conflicting = first.plan.findings.flatMap(({ code, worker }) =>
      code === "conflictingRows" || code === "sharedAddress" ? [worker] : [],
    );
    expect(conflicting.length).toBeGreaterThan(200);
    expect(conflicting.filter((worker) => worker !== undefined && given.has(worker))).toEqual([]);
    expect(local.simulator.state().users).toHaveLength(given.size + 1);

    local.simulator.resetRequests();
    const second = await local.run();

    expect(second.plan.changes).toEqual([]);
    const pages = Math.ceil((given.size + 1) / 100);
    expect(local.simulator.requests().counts).toEqual({ "GET users": pages, "GET groups": 1, "GET products": 1 });
  });
});
