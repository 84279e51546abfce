// What an event's run reads, through the whole program: the HR systems and API Management are simulated.
import { afterEach, expect, it } from "vitest";
import { createCsvSystem } from "../../dev/hr/csv-system.ts";
import { type HrServer, startHrServer } from "../../dev/hr/hr-server.ts";
import { createScimSystem } from "../../dev/hr/scim-system.ts";
import { inventWorkers } from "../../dev/hr/workers.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import { type LocalRun, startLocalRun, targetRules } from "../helpers/local-run.ts";

const { signal } = new AbortController();
const now = Date.parse("2026-03-02T12:00:00Z");
const staff = inventWorkers(40).map((worker) => ({ ...worker, status: "active" as const }));
const [employees, contractors, agency] = [staff.slice(0, 9), staff.slice(9, 30), staff.slice(30)];

let local: LocalRun | undefined;
const servers: HrServer[] = [];
afterEach(async () => {
  await local?.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

it("an event about one worker has no source read whole, and nothing of the other sources' workers changes", async () => {
  const at = { now: () => now };
  const hr = await startHrServer(createScimSystem(), { workers: employees, ...at });
  const csv = await startHrServer(createCsvSystem(), { workers: contractors, ...at });
  const third = await startHrServer(createScimSystem(), { workers: agency, ...at });
  servers.push(hr, csv, third);
  const scim = (server: HrServer) =>
    `kind: scim, url: "${server.address}/scim/v2", authentication: { kind: bearer, secret: hr }`;
  const columns = ["employeeNumber", "givenName", "familyName", "email", "department"].map(
    (name) => `${name}: ${name}`,
  );
  local = await startLocalRun({
    rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - { name: hr, ${scim(hr)} }
  - { name: csv, kind: csv, location: "${csv.address}/people.csv", numberSpace: contingent, authentication: { kind: bearer, secret: hr }, columns: { ${columns.join(", ")} } }
  - { name: third, ${scim(third)}, numberSpace: agency }
people:
  defaultTimeZone: Europe/Stockholm
  emailDomains: [contoso.com]
  precedence: { default: [hr, csv, third] }
`,
    secrets: { hr: "hr-secret" },
    now: () => now,
  });
  const first = await local.run();
  const [leaver] = employees;
  hr.setWorkers(employees.map((worker) => (worker === leaver ? { ...worker, status: "ended" as const } : worker)));
  const before = servers.map(({ requests }) => requests.length);

  const worker = `employee/${leaver?.employeeNumber}`;
  const request = { target: "contoso", mode: "apply", purpose: "sync", worker } as const;
  const asked = await requestRun(request, { trigger: "event" }, local.world, signal);
  if (asked.status !== "queued") throw new Error(asked.text);
  await runSlice(asked.run.id, local.world, { sliceMs: 600_000, lastAttempt: true }, signal);

  expect(first.run.outcomes).toMatchObject({ applied: staff.length });
  // What the service offers, and the worker.
  expect(servers.map(({ requests }, index) => requests.length - (before[index] ?? 0))).toEqual([2, 0, 0]);
  const plan = await local.store.getPlan(asked.run.id, signal);
  expect(plan?.changes.map(({ kind, reason }) => [kind, reason.worker])).toEqual([["blockUser", worker]]);
});
