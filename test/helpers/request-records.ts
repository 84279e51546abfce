// Records of requests, of the roster and of the audit for tests: whole, with what a test is about given by the test.
import type { AuditEntry } from "../../shared/core/audit-chain.ts";
import type { Person } from "../../shared/core/person.ts";
import type { RequestRecord } from "../../shared/core/request.ts";
import type { RosterEntry } from "../../shared/request-ports.ts";
import { startOfTime } from "./records.ts";

export function aRequest(subscription: string, fields: Partial<RequestRecord> = {}): RequestRecord {
  return {
    target: "contoso",
    subscription,
    round: 1,
    status: "new",
    via: "event",
    firstSeenAt: startOfTime,
    updatedAt: startOfTime,
    ...fields,
  };
}

export function aPerson(number: number, fields: Partial<Person> = {}): Person {
  const employeeNumber = String(number);
  return {
    worker: `employee/${employeeNumber}`,
    numberSpace: "employee",
    employeeNumber,
    status: "active",
    source: "hr",
    line: number + 1,
    unreadable: [],
    givenName: "Ada",
    email: `ada.${number}@contoso.com`,
    department: "Payments",
    ...fields,
  };
}

export function aRosterEntry(number: number, person: Partial<Person> = {}): RosterEntry {
  return { person: aPerson(number, person), userId: `rc-${number}`, standing: "present" };
}

export function anAuditEntry(number: number, fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    at: startOfTime + number,
    target: "contoso",
    action: "approved",
    subscription: `subscription-${number}`,
    by: "rule payments-team",
    text: `Approved, time ${number}.`,
    ...fields,
  };
}
