// What runs that are killed stand on: Azurite, Key Vault, identity and API Management in or beside this process, and
// the app in processes of its own (kill-child.mjs), which share nothing with this one but what the services hold.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ContainerClient } from "@azure/storage-blob";
import { type ApimSimulator, createApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { startKeyVaultSimulator } from "../../dev/key-vault/key-vault-simulator.ts";
import { createSystemClock } from "../../shared/clock.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import type { RunStore } from "../../shared/run-ports.ts";
import { createAzureRunStore } from "../../shared/runs/azure-run-store.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { storageKey } from "../../shared/storage/storage-key.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import type { TestStorage } from "./azurite.ts";
import { targetRules } from "./local-run.ts";
import { testCertificate } from "./test-certificate.ts";

const script = fileURLToPath(new URL("kill-child.mjs", import.meta.url));
const signal = new AbortController().signal;
const clock = createSystemClock();

/** A process of the app. */
export type AppProcess = {
  /** Works on a slice of the run; gives how it ended, undefined when the process was killed meanwhile. */
  work(run: StagedRun): Promise<string | undefined>;
  /** Ends the process as the kernel ends one: without a last word. */
  kill(): void;
  /** The signal that ended it, once it has. */
  readonly ended: Promise<NodeJS.Signals | null>;
};

/** A run that waits in a storage account of its own, beside a service that nobody has written to. */
export type StagedRun = {
  readonly id: string;
  readonly store: RunStore;
  readonly settings: Readonly<Record<string, string>>;
  /** Time passes: the lease that a dead process may have left behind runs out. */
  lapseLease(): Promise<void>;
};

export type KillStage = {
  readonly simulator: ApimSimulator;
  startApp(): AppProcess;
  stageRun(): Promise<StagedRun>;
  close(): Promise<void>;
};

/** `count` people; all but the last are in the one group, so there are twice as many changes. */
export async function startKillStage(storage: TestStorage, count: number): Promise<KillStage> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-kill-"));
  const simulator = await createApimSimulator();
  const vault = await startKeyVaultSimulator({
    port: 0,
    tls: await testCertificate(),
    secrets: { primary: simulator.primaryKey, secondary: simulator.secondaryKey },
  });
  await writeFile(join(folder, "hr.csv"), people(count));
  await writeFile(join(folder, "rollcall.yaml"), rules(simulator, join(folder, "hr.csv")));
  const processes = new Set<ChildProcess>();

  return {
    simulator,
    startApp() {
      const child = fork(script);
      processes.add(child);
      return toAppProcess(child);
    },
    async stageRun() {
      simulator.reset();
      const options = storage.options();
      // Azurite closes connections that were idle for a while, also under a request.
      const store = createAzureRunStore({ ...options, tries: 4, retryDelayMs: 20, clock });
      const { run } = await ask(store);
      const { blob, queue, table } = storage.azurite();
      return {
        id: run.id,
        store,
        settings: {
          ROLLCALL_RULES: join(folder, "rollcall.yaml"),
          ROLLCALL_STATE_PREFIX: options.prefix,
          ROLLCALL_KEY_VAULT_URL: vault.address,
          ROLLCALL_KEY_VAULT_VERIFY_CHALLENGE: "false",
          AzureWebJobsStorage__blobServiceUri: blob,
          AzureWebJobsStorage__queueServiceUri: queue,
          AzureWebJobsStorage__tableServiceUri: table,
        },
        async lapseLease() {
          const leases = new ContainerClient(`${blob}/${options.prefix}-leases`, storage.credential());
          const lease = leases.getBlobClient(storageKey("target/contoso")).getBlobLeaseClient();
          await lease.breakLease(0).catch((error: unknown) => {
            // 409: the process gave the lease back before it died.
            if ((error as { statusCode?: number }).statusCode !== 409) throw error;
          });
        },
      };
    },
    async close() {
      for (const child of processes) child.kill("SIGKILL");
      await Promise.all([simulator.close(), vault.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

function toAppProcess(child: ChildProcess): AppProcess {
  const ready = once(child, "message");
  const ended = once(child, "exit").then(([, endedBy]) => endedBy as NodeJS.Signals | null);
  return {
    async work({ id, settings }) {
      const started = await Promise.race([ready, ended.then(() => undefined)]);
      if (started === undefined) throw new Error("The process of the app ended as it started: is the project built?");
      const answer = once(child, "message");
      child.send({ runId: id, settings });
      const [said] = (await Promise.race([answer, ended.then(() => [])])) as [{ status?: string; error?: string }?];
      if (said?.error !== undefined) throw new Error(said.error);
      return said?.status;
    },
    kill: () => child.kill("SIGKILL"),
    ended,
  };
}

async function ask(store: RunStore) {
  const world = {
    clock,
    log: createRecordingLog(),
    store,
    // The test hands the run to a process by itself.
    queue: { send: async () => undefined },
    createId: () => createRunId(clock.now(), Math.random),
  };
  const request = { target: "contoso", mode: "apply", purpose: "sync" } as const;
  const asked = await requestRun(request, { trigger: "cli", enqueue: "no" }, world, signal);
  if (asked.status !== "queued") throw new Error(asked.text);
  return asked;
}

function people(count: number): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const department = n < count - 1 ? "Web" : "Other";
    return `${n},A,First,Last,p${n}@contoso.com,${department}\n`;
  });
  return `Id,Status,First,Last,Mail,Dept\n${rows.join("")}`;
}

function rules(simulator: ApimSimulator, file: string): string {
  return `owner: contoso-platform
${targetRules("direct", simulator)}    maxConcurrency: 8
sources:
  - name: hr
    kind: csv
    location: ${JSON.stringify(file)}
    columns: { employeeNumber: Id, givenName: First, familyName: Last, email: Mail, department: Dept }
    status: { column: Status, active: [A], ended: [E] }
people: { defaultTimeZone: Europe/Stockholm }
groups:
  - { id: web, displayName: Web, members: 'person.department == "Web"' }
`;
}
