// Runs as people meet them: the built command line and the built app in the local Functions host over one storage
// account. A run that cannot go on, one that is asked to stop, one that is interrupted; and targets that share a bucket.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DefaultAzureCredential } from "@azure/identity";
import { QueueClient } from "@azure/storage-queue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { inventRow } from "../../dev/stack/people-file.ts";
import { createApp } from "../../shared/app.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import type { RunStore } from "../../shared/run-ports.ts";
import { createAzureRunStore } from "../../shared/runs/azure-run-store.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { createRunQueue } from "../../shared/runs/run-queue.ts";
import { aRun } from "../helpers/records.ts";
import { startTestStack, type TestStack } from "../helpers/test-stack.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const program = join(fileURLToPath(new URL("../../", import.meta.url)), "dist/cli/main.js");
const signal = new AbortController().signal;
let stack: TestStack;
let store: RunStore;

beforeAll(async () => {
  const people = Array.from({ length: 300 }, (_, index) => inventRow(index));
  stack = await startTestStack({ people, retryAfterMs: 0 });
  store = createAzureRunStore({ ...storage(), clock: { now: Date.now } });
});
afterAll(async () => {
  await stack.close();
});

function storage() {
  return { credential: new DefaultAzureCredential(), endpoints: stack.storage, prefix: "rollcall" };
}

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function rollcall(args: readonly string[], begun?: (kill: () => void) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...stack.env };
    const child = execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
    begun?.(() => child.kill("SIGINT"));
  });
}

/** A record in the account, as an earlier slice has left it. */
async function left(fields: Partial<RunRecord>): Promise<string> {
  const at = Date.now() - 60_000;
  const request = { target: "contoso", mode: "apply", purpose: "sync" } as const;
  const run = aRun(createRunId(at, Math.random), { request, createdAt: at, updatedAt: at, ...fields });
  await store.putRun(run, signal);
  return run.id;
}

async function queued(runId: string): Promise<void> {
  await createRunQueue(storage()).send({ runId }, {}, signal);
  await stack.host.idle();
}

describe("a run that cannot go on", () => {
  it("has failed in its record after the last try, and its message is on the poison queue", async () => {
    const runId = await left({ status: "running", slices: 1, digest: "0".repeat(64) });

    await queued(runId);

    const record = await store.getRun(runId, signal);
    expect(record).toMatchObject({ status: "failed", slices: 6, error: { code: "STORE_UNAVAILABLE" } });
    const poison = new QueueClient(`${stack.storage.queue}/rollcall-runs-poison`, new DefaultAzureCredential());
    const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 });
    expect(peekedMessageItems.map(({ messageText }) => JSON.parse(messageText))).toEqual([{ runId }]);
    expect((await rollcall(["runs", runId])).stdout).toContain("STORE_UNAVAILABLE: Cannot go on with the run");
  });
});

describe("each line of the app in the host's log", () => {
  it("has its own level, so that alerts can go by severity", async () => {
    const lines = (await readFile(stack.logFile, "utf8")).trimEnd().split("\n");
    const logged = lines
      .map((line) => z.object({ level: z.string(), message: z.string().optional() }).parse(JSON.parse(line)))
      .flatMap(({ level, message }) => (message?.startsWith("{") ? [[level, JSON.parse(message).level]] : []));

    expect(logged.filter(([level, own]) => level !== own)).toEqual([]);
    expect(new Set(logged.flat())).toContain("error");
  });
});

describe("rollcall runs", () => {
  it("tells how far a run is, how fast, and when it will end", async () => {
    const runId = await left({
      status: "running",
      slices: 1,
      startedAt: Date.now() - 100_000,
      planned: { createUser: 9_000, addMember: 1_000 },
      outcomes: { applied: 1_990, skipped: 9, held: 0, failed: 1 },
    });

    const { stdout, code } = await rollcall(["runs", runId]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/ running; applied 1990, skipped 9, failed 1\n/);
    const said = /^ {2}done 2000, left 8000, (?<rate>[\d.]+) a second, ends about (?<end>\S+Z)$/m.exec(stdout)?.groups;
    expect(Number(said?.rate)).toBeGreaterThan(15);
    expect(Number(said?.rate)).toBeLessThanOrEqual(20);
    expect(Date.parse(said?.end ?? "") - Date.now()).toBeGreaterThan(300_000);
    await store.putRun({ ...aRun(runId), status: "cancelled" }, signal);
  });

  it("ID tells what failed with its code, by which the runbook is ordered", async () => {
    const runId = await left({ status: "finished", finishedAt: Date.now() });
    const change = { id: "updateUser:rc-1", kind: "updateUser", key: "rc-1", at: Date.now() } as const;
    store.openJournal(runId);
    await store.appendOutcomes(
      runId,
      [{ ...change, status: "failed", code: "APIM_INVALID", text: "Cannot change the user" }],
      signal,
    );

    expect((await rollcall(["runs", runId])).stdout).toMatch(
      /^ {2}failed {2}updateUser:rc-1: Cannot change the user \(APIM_INVALID\)$/m,
    );
  });

  it("cancel asks a run to stop, in the caller's name, and the run ends so", async () => {
    const runId = await left({});

    const answer = await rollcall(["runs", "cancel", runId]);
    const by = await store.cancelRequestedBy(runId, signal);
    await queued(runId);

    expect(answer).toMatchObject({ code: 0, stdout: expect.stringContaining(`"rollcall runs ${runId}" shows when`) });
    expect(by).toMatch(/^cli:./);
    expect(await store.getRun(runId, signal)).toMatchObject({ status: "cancelled", cancelledBy: by });
    expect(JSON.parse((await rollcall(["runs", "cancel", runId, "--json"])).stdout)).toEqual({
      id: runId,
      status: "cancelled",
    });
    expect((await rollcall(["runs", "cancel", runId])).stdout).toBe(`The run ${runId} has ended already: cancelled\n`);
  });

  it("cancel says that there is no such run", async () => {
    expect(await rollcall(["runs", "cancel", "nothing"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('Cannot cancel the run "nothing": there is none'),
    });
  });
});

describe("rollcall apply", () => {
  it("that is interrupted leaves a cancelled run with what it did, and nothing in the queue", async () => {
    let writes = 0;
    let stop = (): void => undefined;
    const { code, stderr } = await rollcall(["apply"], (kill) => {
      stop = stack.apim.beforeRequest(({ method }) => {
        if (method === "PUT") writes += 1;
        if (writes === 40) kill();
      });
    });
    stop();

    expect([code, stderr]).toEqual([3, expect.stringContaining("ABORTED")]);
    const [run] = await store.listRuns({ target: "contoso", limit: 1 }, signal);
    expect(run).toMatchObject({
      trigger: "cli",
      status: "cancelled",
      cancelledBy: expect.stringMatching(/^cli.* \(interrupted\)$/),
    });
    expect(run?.outcomes?.applied).toBeGreaterThan(0);
    expect(writes).toBeLessThan(600);
  });
});

describe("targets of one Azure subscription", () => {
  it("are opened with the bucket that they share, and others without one", async () => {
    const service = "resourceGroups/rg/providers/Microsoft.ApiManagement/service";
    const target = (name: string, subscription: string): string =>
      `  - { name: ${name}, door: arm, endpoint: "${stack.apim.address}", resourceId: /subscriptions/${subscription}/${service}/${name} }\n`;
    const [one, other] = ["6f2d6f6e-0c1a-4a51-9e0e-1d7f6d5b8a01", "6f2d6f6e-0c1a-4a51-9e0e-1d7f6d5b8a02"];
    const rulesFile = join(stack.folder, "three.yaml");
    await writeFile(
      rulesFile,
      `owner: contoso-platform
targets:
${target("a", one)}${target("b", one)}${target("c", other)}sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(stack.peopleFile)}
    columns: { employeeNumber: WorkerID, givenName: FirstName, familyName: LastName, email: Mail }
    status: { column: WorkerStatus, active: [Active], ended: [Inactive] }
people: { defaultTimeZone: Europe/Stockholm }
`,
    );
    const app = await createApp({ ...stack.env, ROLLCALL_RULES: rulesFile });
    const { openTarget } = await app.world(createRecordingLog());

    const buckets = await Promise.all(["a", "b", "c"].map((name) => openTarget(name, undefined, signal)));

    expect(buckets.map(({ bucket }) => bucket)).toEqual([one, one, undefined]);
  });
});
