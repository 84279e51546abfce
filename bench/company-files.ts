// What the invented company gives to Rollcall and to the scripts: its HR file and its rules.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type Company, employees } from "./company.ts";
import type { Employee } from "./employee.ts";

export const owner = "contoso-platform";

/** The columns of the HR file, in order. Half of those that HR systems export are of no use to anybody here. */
const columns = [
  "number",
  "status",
  "firstName",
  "lastName",
  "email",
  "department",
  "costCenter",
  "division",
  "organization",
  "title",
  "startDate",
  "timeZone",
] as const satisfies readonly (keyof Employee)[];

/** Writes the HR file; `edit` says what else HR knows of each person, by its place in the file. */
export async function writeHrFile(
  file: string,
  company: Company,
  edit: (employee: Employee, index: number) => Employee = (employee) => employee,
): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(`${columns.join(",")}\n`);
  let index = 0;
  for (const known of employees(company)) {
    const employee = edit(known, index);
    index += 1;
    const row = columns.map((column) => employee[column]).join(",");
    if (!stream.write(`${row}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}

/** A limit that no benchmark reaches: what is measured is the run, not the guard. */
const open = "{ count: 1000000 }";

const limits = ["blockUser", "createUser", "firstLoad", "updateUser", "addMember", "removeMember", "createGroup"];

/** The rules of the company. `targets` are the YAML of entries of `targets`, `scope` is a rule. */
export function rulesText(company: Company, hrFile: string, targets: readonly string[], scope?: string): string {
  const groups = company.groups.map(
    ({ id, displayName, rule }) => `  - { id: ${id}, displayName: ${displayName}, members: ${JSON.stringify(rule)} }\n`,
  );
  return `owner: ${owner}
targets:
${targets.join("")}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(hrFile)}
    columns:
      employeeNumber: number
      givenName: firstName
      familyName: lastName
      email: email
      department: department
      costCenter: costCenter
      division: division
      organization: organization
      title: title
      startDate: startDate
      timeZone: timeZone
    status: { column: status, active: [Active], ended: [Ended] }
people:
  defaultTimeZone: Europe/Stockholm
  emailDomains: [contoso.com, partners.contoso.com]
${scope === undefined ? "" : `  scope: ${JSON.stringify(scope)}\n`}lifecycle: { leaver: { subscriptions: suspend } }
${groups.length === 0 ? "" : `groups:\n${groups.join("")}`}limits:
${limits.map((kind) => `  ${kind}: ${open}\n`).join("")}`;
}
