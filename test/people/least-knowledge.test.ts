// What HR knows beyond the mapped fields ends at the parser: it is not in memory afterwards, nor in a log, the store, a
// report or API Management. The HR system runs in a thread of its own; its texts are made there.
import { once } from "node:events";
import { getHeapSnapshot, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { runView } from "../../shared/api/run-view.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource, sourceSchemas } from "../../shared/people/kinds.ts";
import type { RunStore } from "../../shared/run-ports.ts";
import { writePeopleLines } from "../../shared/runs/people-lines.ts";
import { createTickReads } from "../../shared/wiring/tick-reads.ts";
import { type LocalRunOptions, startLocalRun, targetRules } from "../helpers/local-run.ts";
import { createFixedClock } from "../http/fixed-clock.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import { sourceDeps, sourceEntry } from "./source-kit.ts";

const { signal } = new AbortController();
const kept: unknown[] = [];
let thread: Worker;
let address = "";

beforeAll(async () => {
  thread = new Worker(new URL("../helpers/hr-worker.mjs", import.meta.url), { workerData: "quokka" });
  const [port] = await once(thread, "message");
  address = `http://127.0.0.1:${port}`;
});
afterAll(() => thread.terminate());

const columns = { employeeNumber: "number", givenName: "first", familyName: "last", email: "mail", department: "dept" };

const worker = "/people?number={employeeNumber}";

const kinds: Readonly<Record<string, () => Parameters<typeof sourceEntry>[0]>> = {
  csv: () => ({ kind: "csv", columns, settings: { location: `${address}/people.csv` } }),
  json: () => ({ kind: "json", columns, settings: { url: `${address}/people`, worker } }),
  scim: () => ({
    kind: "scim",
    columns: { manager: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value" },
    settings: { url: `${address}/scim`, select: "everything", paging: "index" },
  }),
  workday: () => ({
    kind: "workday",
    columns: {},
    settings: {
      url: `${address}/ccx/service/customreport2/contoso/owner/Workers`,
      authentication: { kind: "none" },
      workerPrompt: "Employee_ID",
    },
  }),
  successfactors: () => ({
    kind: "successfactors",
    columns: {},
    settings: { url: address, authentication: { kind: "none" } },
  }),
  bamboohr: () => ({ kind: "bamboohr", columns: {}, settings: { url: address, secret: "bamboohr-key" } }),
  dataset: () => ({
    kind: "bamboohr",
    columns: { employeeNumber: "employeeNumber" },
    settings: { url: address, secret: "bamboohr-key", read: "dataset" },
  }),
  hibob: () => ({ kind: "hibob", columns: {}, settings: { url: address, user: "SERVICE-1", secret: "hibob-token" } }),
  personio: () => personio("v1"),
  persons: () => personio("v2"),
  graph: () => ({ kind: "graph", columns: {}, settings: { url: address, authentication: { kind: "none" } } }),
};

function personio(version: string): Parameters<typeof sourceEntry>[0] {
  const settings = { url: address, clientId: "rollcall", secret: "personio-secret", version };
  return { kind: "personio", columns: {}, settings };
}

/** Everything that can be read of a source, and the source itself: it may keep something too. */
async function readWith(kind: string) {
  const log = createRecordingLog();
  const { expressions } = sourceDeps();
  const secrets = { get: async () => "hr-secret" };
  const identity = { getToken: async () => null };
  const transport = createNodeFetchTransport();
  const deps = createSourceDeps({ clock: createFixedClock(), log, secrets, identity, expressions, transport });
  const source = createSource(sourceEntry(kinds[kind]?.()), deps);
  const whole = await source.read(signal);
  const one = await source.readWorker?.("1", signal);
  const changes = await source.readChanges?.(whole.changesFrom ?? { token: "nothing was marked", at: 0 }, signal);
  const numbers = await source.numbersOf?.(["7"], signal);
  return { source, lines: log.lines, whole, one, changes, numbers };
}

/** What each kind has beside a read of everybody. */
const parts: Readonly<Record<string, readonly string[]>> = {
  csv: [],
  json: ["one"],
  scim: ["one", "changes"],
  workday: ["one"],
  successfactors: ["one"],
  bamboohr: ["one", "changes", "numbers"],
  dataset: ["one", "numbers"],
  hibob: ["one"],
  personio: ["one"],
  persons: ["one"],
  graph: ["one", "changes"],
};

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
  it("is not in memory after a read of everybody, of one worker or of who changed, whatever the kind", async () => {
    const reads = [];
    for (const kind of Object.keys(kinds)) reads.push({ kind, ...(await readWith(kind)) });
    kept.push(reads);

    expect(new Set(reads.map(({ kind }) => kinds[kind]?.()?.kind))).toEqual(new Set(Object.keys(sourceSchemas())));
    for (const { kind, whole, one, changes, numbers } of reads) {
      expect(whole).toMatchObject({ completeness: "complete", people: [{ familyName: "Ek" }] });
      const found = { one, changes, numbers };
      const names = Object.entries(found).flatMap(([name, read]) => (read === undefined ? [] : [name]));
      expect([kind, ...names]).toEqual([kind, ...(parts[kind] ?? [])]);
      for (const read of [one, changes])
        expect(read?.people.map(({ familyName }) => familyName) ?? ["Ek"]).toEqual(["Ek"]);
    }
    expect(reads.find(({ kind }) => kind === "dataset")?.numbers).toEqual(["1"]);
    expect(await inMemory()).toEqual([]);
  }, 60_000);

  it("would be found if a reader kept a row", async () => {
    const answer = await (await fetch(`${address}/people`)).json();
    kept.push(answer);

    expect(await inMemory()).toEqual(["born-json-quokka", "lives-json-quokka", "paid-json-quokka"]);
    kept.pop();
  }, 60_000);

  it("reaches no log, store, report or service, nor what the runs of one tick share", async () => {
    const rules = (simulator: ApimSimulator): string => {
      const [one = ""] = targetRules("arm", simulator).split("targets:\n").slice(1);
      return `owner: contoso-platform
targets:
${one}${one.replace("name: contoso", "name: second").replace(/service\/[^/\n]+$/m, "service/second")}sources:
  - name: hr
    kind: json
    url: ${address}/people
    worker: ${worker}
    columns: ${JSON.stringify(columns)}
  - { name: others, kind: json, url: "${address}/people", numberSpace: contingent, columns: { employeeNumber: number, givenName: first, familyName: last } }
people: { defaultTimeZone: Europe/Stockholm, emailDomains: [contoso.com] }
groups: [{ id: payments, displayName: Payments, members: person.department == "Payments" }]
`;
    };
    const shared: string[] = [];
    const share: LocalRunOptions["share"] = (sources, { tick, rules: read, store, clock }) => {
      const noting: RunStore = {
        ...store,
        putSharedRead: (key, one, stop) => {
          shared.push([...writePeopleLines(one)].join("\n"));
          return store.putSharedRead(key, one, stop);
        },
      };
      const tickReads = createTickReads(clock, async () => noting);
      return tickReads(sources, {
        target: "contoso",
        tick,
        rules: { rules: read, digest: "one" },
        log: createRecordingLog(),
      });
    };
    const local = await startLocalRun({ rules, share });
    try {
      const { run, plan, outcomes } = await local.run({ tick: Date.now() });
      const store = await Promise.all([
        local.store.listRuns({ limit: 10 }, signal),
        local.store.getTargetMemory("contoso", signal),
        local.store.getSourceMemory("hr", signal),
      ]);
      const claims = await local.store.getClaims("contoso", signal);
      const report = await local.store.getProblems(run.id, signal);
      const known = await local.roster.findWorker("contoso", "employee/1", signal);
      const written = JSON.stringify([
        plan,
        outcomes,
        runView(run, 0),
        store,
        claims,
        report,
        known,
        local.log.lines,
        local.simulator.state(),
      ]);

      expect(run.outcomes?.applied).toBe(3);
      expect(report?.counts).toEqual({ valueMissing: 1 });
      expect(known?.entry.person.familyName).toBe("Ek");
      expect(claims?.claims).toHaveLength(1);
      expect(JSON.stringify(claims)).not.toContain("contoso");
      expect(shared).toHaveLength(2);
      expect(shared.map((lines) => lines.includes("Ek"))).toEqual([true, true]);
      expect(`${written}${shared.join()}`).not.toMatch(/(?:born|paid|lives)-/);
    } finally {
      await local.close();
    }
  });
});
