// Rollcall as it runs: rules, source, client and flows, with state in memory instead of a storage account.
import { openDoor } from "../shared/apim/open-door.ts";
import { sharedBucket } from "../shared/apim/shared-bucket.ts";
import { createSystemClock } from "../shared/clock.ts";
import { createExpressions, type Expressions } from "../shared/config/expressions.ts";
import { policyFor } from "../shared/config/policy.ts";
import { parseRules, type Rules, rulesError } from "../shared/config/rules.ts";
import type { Target } from "../shared/flows/make-plan.ts";
import { requestRun } from "../shared/flows/request-run.ts";
import { runSlice } from "../shared/flows/run-slice.ts";
import type { RunWorld } from "../shared/flows/slice.ts";
import { createNodeFetchTransport } from "../shared/http/node-fetch-transport.ts";
import { createRetryBudget } from "../shared/http/retry-budget.ts";
import { createJsonLog } from "../shared/log/json-log.ts";
import { createSourceDeps } from "../shared/people/create-source-deps.ts";
import { createSource, sourceSchemas } from "../shared/people/kinds.ts";
import type { Clock } from "../shared/ports.ts";
import { createReleaseMemory } from "../shared/release-memory.ts";
import { createMemoryRunStore } from "../shared/runs/memory.ts";
import { createRunId } from "../shared/runs/run-id.ts";
import { identity } from "./arm-token.ts";
import { createCompany } from "./company.ts";
import { rulesText } from "./company-files.ts";
import { openWithLimits } from "./open-with-limits.ts";
import type { Endpoint } from "./simulator-job.ts";
import type { Facts, OursTask, QueueWorkerTask, StorageEndpoints } from "./task.ts";

type Setup = Omit<OursTask, "kind" | "endpoint"> & Pick<QueueWorkerTask, "sharedLimits">;

/** Never fires: a benchmark ends by itself. */
export const signal = new AbortController().signal;

function targetYaml(name: string, endpoint: Endpoint, { door, concurrency }: Setup): string {
  const limit = concurrency === undefined ? "" : `, maxConcurrency: ${concurrency}`;
  const at =
    door === "arm"
      ? `endpoint: "${endpoint.address}", resourceId: "${endpoint.resourceId}"`
      : `baseUrl: "${endpoint.address}", sas: { primaryKeySecret: primary }`;
  return `  - { name: ${name}, door: ${door}, ${at}${limit} }\n`;
}

/** Where runs keep their state. */
type State = Pick<RunWorld, "store" | "queue" | "roster">;

/** In this process and nowhere else. */
function stateInMemory(clock: Clock): State {
  return {
    store: createMemoryRunStore({ clock }),
    queue: { send: async () => undefined },
    roster: { put: async () => undefined },
  };
}

/** In a storage account, as the app keeps it. */
export async function stateInStorage(endpoints: StorageEndpoints, prefix: string, clock: Clock): Promise<State> {
  const [{ ManagedIdentityCredential }, { createAzureRunStore }, { createRunQueue }, { createAzureRoster }] =
    await Promise.all([
      import("@azure/identity"),
      import("../shared/runs/azure-run-store.ts"),
      import("../shared/runs/run-queue.ts"),
      import("../shared/requests/azure-roster.ts"),
    ]);
  const options = { credential: new ManagedIdentityCredential(), endpoints, prefix, clock };
  return {
    store: createAzureRunStore(options),
    queue: createRunQueue(options),
    roster: createAzureRoster(options),
  };
}

/** Everything that runs against these services need; targets are called `target-0` and so on. */
export async function createWorld(
  endpoints: readonly Endpoint[],
  setup: Setup,
  open: (clock: Clock) => State | Promise<State> = stateInMemory,
): Promise<RunWorld> {
  const clock = createSystemClock();
  const log = createJsonLog({ level: "error", write: (line) => process.stderr.write(line), clock });
  const expressions = await createExpressions();
  const targets = endpoints.map((endpoint, index) => targetYaml(`target-${index}`, endpoint, setup));
  const rules = readRules(rulesText(createCompany(setup.company), setup.hrFile, targets), expressions);
  const secrets = { get: async () => endpoints[0]?.primaryKey ?? "" };
  const transport = createNodeFetchTransport();
  const deps = createSourceDeps({ clock, log, secrets, identity, expressions, transport });
  const world = { clock, log, random: Math.random, secrets, identity, transport };

  const openTarget = async (name: string): Promise<Target> => {
    const target = rules.targets.find((each) => each.name === name);
    if (target === undefined) throw new Error(`Cannot open the target "${name}": the rules do not have it`);
    const sources = rules.sources.map((entry) => ({
      source: createSource(entry, { ...deps, memory: undefined }),
      spaces: [entry.numberSpace],
    }));
    const { armLimits } = setup;
    const client =
      armLimits === undefined || target.door === "direct"
        ? openDoor(target, world)
        : openWithLimits(target, armLimits, world);
    const retries = createRetryBudget();
    const apim = client.open(retries);
    const bucket = setup.sharedLimits === true ? sharedBucket(target, rules.targets) : undefined;
    const policy = policyFor(rules, name, expressions);
    const { everyMinutes, maxConcurrency } = target;
    return { policy, apim, retries, sources, everyMinutes, maxConcurrency, ...(bucket !== undefined && { bucket }) };
  };
  return {
    clock,
    log,
    ...(await open(clock)),
    releaseMemory: createReleaseMemory(),
    createId: () => createRunId(clock.now(), Math.random),
    openTarget,
  };
}

export function readRules(text: string, expressions: Expressions): Rules {
  const parsed = parseRules(text, "rollcall.yaml", { expressions, sourceSchemas: sourceSchemas() });
  if (!parsed.ok) throw rulesError(parsed.problems);
  return parsed.rules;
}

/** One whole run, unless another run of the target is at work. @throws when anything of it failed */
async function runTarget(target: string, world: RunWorld, mode: "plan" | "apply"): Promise<Facts> {
  const asked = await requestRun(
    { target, mode, purpose: "sync" },
    { trigger: "cli", by: "bench", enqueue: "no" },
    world,
    signal,
  );
  if (asked.status !== "queued") throw new Error(asked.text);
  const result = await runSlice(asked.run.id, world, { sliceMs: 3_600_000, lastAttempt: true }, signal);
  if (result.status === "unknown") throw new Error("Cannot measure the run: its record is missing");
  if (result.status === "leaseHeld") return { leaseHeld: 1 };
  const { status, planned, outcomes } = result.run;
  const expected = mode === "plan" ? "planned" : "finished";
  if (status !== expected || (outcomes?.failed ?? 0) > 0) {
    throw new Error(`Cannot measure the run: it ended as ${status} with ${outcomes?.failed ?? 0} failed changes`);
  }
  const changes = Object.values(planned ?? {}).reduce((sum, count) => sum + (count ?? 0), 0);
  return { changes, applied: outcomes?.applied ?? 0 };
}

/** The task: one run against one service. */
export async function runOurs(task: OursTask): Promise<Facts> {
  const { endpoint, mode, storage } = task;
  const open = storage && ((clock: Clock) => stateInStorage(storage, "bench", clock));
  return runTarget("target-0", await createWorld([endpoint], task, open), mode);
}
