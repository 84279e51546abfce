// The sample export that Microsoft publishes for HR-driven provisioning, where it is at hand. It is read where it is.
import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import type { MappableField } from "../../shared/core/person.ts";
import { createSource } from "../../shared/people/kinds.ts";
import { sourceDeps, sourceEntry } from "./source-kit.ts";

const sample = process.env.HR_SAMPLE ?? "../shared/data/hr-1000.csv";
const columns: Partial<Record<MappableField, string>> = {
  employeeNumber: "WorkerID",
  givenName: "FirstName",
  familyName: "LastName",
  department: "Department",
  organization: "Company",
  manager: "ManagerID",
  startDate: "HireDate",
};

it("a CSV source reads the sample of 1,000 rows whole", async ({ skip }) => {
  if (!existsSync(sample)) {
    process.stderr.write(`The sample is not read: there is no file "${sample}"; name it in HR_SAMPLE\n`);
    skip(`there is no file "${sample}"`);
  }
  const entry = sourceEntry({
    columns,
    map: { email: 'row.FirstName.lowerAscii() + "." + row.LastName.lowerAscii() + "@contoso.com"' },
    status: { column: "WorkerStatus", active: ["Active"], ended: ["Inactive"] },
    settings: { location: sample },
  });
  const read = await createSource(entry, sourceDeps()).read(new AbortController().signal);

  expect(read.completeness).toBe("complete");
  expect(read.evidence).toMatchObject({ rows: 1000, people: 1000, problems: 0 });
  expect(read.evidence.bytes).toBe(read.evidence.expectedBytes);
  expect(new Set(read.people.map(({ worker }) => worker)).size).toBe(624);
  expect(new Set(read.people.map(({ status }) => status))).toEqual(new Set(["active", "ended"]));
  expect(read.people.filter(({ email, startDate }) => email === undefined || startDate === undefined)).toEqual([]);
});
