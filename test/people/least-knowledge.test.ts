// What HR knows beyond the mapped fields ends at the parser: it is not in memory afterwards, nor in a log, the store, a
// report or API Management. The HR system runs in a thread of its own; its texts are made there.
import { once } from "node:events";
import { getHeapSnapshot, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runView } from "../../shared/api/run-view.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource } from "../../shared/people/kinds.ts";
import { startLocalRun, targetRules } from "../helpers/local-run.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry } from "./source-kit.ts";

const { signal } = new AbortController();
const kept: unknown[] = [];
let worker: Worker;
let address = "";

beforeAll(async () => {
  worker = new Worker(new URL("../helpers/hr-worker.mjs", import.meta.url), { workerData: "quokka" });
  const [port] = await once(worker, "message");
  address = `http://127.0.0.1:${port}`;
});
afterAll(() => worker.terminate());

const columns = { employeeNumber: "number", givenName: "first", familyName: "last", email: "mail", department: "dept" };

const kinds: Readonly<Record<string, () => Parameters<typeof sourceEntry>[0]>> = {
  csv: () => ({ kind: "csv", columns, settings: { location: `${address}/people.csv` } }),
  json: () => ({ kind: "json", columns, settings: { url: `${address}/people` } }),
  scim: () => ({
    kind: "scim",
    columns: {},
    settings: { url: `${address}/scim`, select: "everything", paging: "index" },
  }),
  workday: () => ({
    kind: "workday",
    columns: {},
    settings: { url: `${address}/ccx/service/customreport2/contoso/owner/Workers`, authentication: { kind: "none" } },
  }),
  successfactors: () => ({
    kind: "successfactors",
    columns: {},
    settings: { url: address, authentication: { kind: "none" } },
  }),
  bamboohr: () => ({ kind: "bamboohr", columns: {}, settings: { url: address, secret: "bamboohr-key" } }),
  hibob: () => ({ kind: "hibob", columns: {}, settings: { url: address, user: "SERVICE-1", secret: "hibob-token" } }),
  personio: () => personio("v1"),
  persons: () => personio("v2"),
  graph: () => ({ kind: "graph", columns: {}, settings: { url: address, authentication: { kind: "none" } } }),
};

function personio(version: string): Parameters<typeof sourceEntry>[0] {
  const settings = { url: address, clientId: "rollcall", secret: "personio-secret", version };
  return { kind: "personio", columns: {}, settings };
}

async function readWith(kind: string): Promise<{ read: PeopleRead; lines: unknown }> {
  const log = createRecordingLog();
  const { expressions } = sourceDeps();
  const secrets = { get: async () => "hr-secret" };
  const identity = { getToken: async () => null };
  const deps = createSourceDeps({ clock: createFixedClock(), log, secrets, identity, expressions });
  const read = await createSource(sourceEntry(kinds[kind]?.()), deps).read(signal);
  return { read, lines: log.lines };
}

/** Which of the texts that nobody should keep are somewhere in this thread's memory. */
async function inMemory(): Promise<readonly string[]> {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise(setImmediate);
    if (typeof collect === "function") collect();
  }
  const found = new Set<string>();
  let before = "";
  for await (const chunk of getHeapSnapshot()) {
    const text = before + String(chunk);
    // Written in two parts, so that this file's own text is not found.
    for (const [word] of text.matchAll(/(?:born|paid|lives)-[a-z]+-quo[k]{2}a/g)) found.add(word);
    before = text.slice(-40);
  }
  return [...found].sort();
}

describe("what is not mapped", () => {
  it("is not in memory after a read, whatever the kind", async () => {
    for (const kind of Object.keys(kinds)) kept.push(await readWith(kind));

    const whole = { read: { completeness: "complete", people: [{ familyName: "Ek" }] } };
    expect(kept).toMatchObject(Object.keys(kinds).map(() => whole));
    expect(await inMemory()).toEqual([]);
  }, 60_000);

  it("would be found if a reader kept a row", async () => {
    const answer = await (await fetch(`${address}/people`)).json();
    kept.push(answer);

    expect(await inMemory()).toEqual(["born-json-quokka", "lives-json-quokka", "paid-json-quokka"]);
    kept.pop();
  }, 60_000);

  it("reaches no log, store, report or service", async () => {
    const local = await startLocalRun({
      rules: (simulator) => `owner: contoso-platform
${targetRules("arm", simulator)}sources:
  - name: hr
    kind: json
    url: ${address}/people
    columns: ${JSON.stringify(columns)}
  - { name: others, kind: json, url: "${address}/people", numberSpace: contingent, columns: { employeeNumber: number, givenName: first, familyName: last } }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
groups: [{ id: payments, displayName: Payments, members: person.department == "Payments" }]
`,
    });
    try {
      const { run, plan, outcomes } = await local.run();
      const store = await Promise.all([
        local.store.listRuns({ limit: 10 }, signal),
        local.store.getTargetMemory("contoso", signal),
        local.store.getSourceMemory("hr", signal),
      ]);
      const report = await local.store.getProblems(run.id, signal);
      const known = await local.roster.findWorker("contoso", "employee/1", signal);
      const written = JSON.stringify([
        plan,
        outcomes,
        runView(run, 0),
        store,
        report,
        known,
        local.log.lines,
        local.simulator.state(),
      ]);

      expect(run.outcomes?.applied).toBe(3);
      expect(report?.counts).toEqual({ valueMissing: 1 });
      expect(known?.entry.person.familyName).toBe("Ek");
      expect(written).not.toMatch(/(?:born|paid|lives)-/);
    } finally {
      await local.close();
    }
  });
});
