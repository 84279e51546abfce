// The main job in one process: rules, sources, client, flows and an in-memory store against the API Management
// simulator. Everything is real but the store, the vault and the identity.
import { type ApimSimulator, type ApimSimulatorOptions, createApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { openDoor } from "../../shared/apim/open-door.ts";
import { createExpressions } from "../../shared/config/expressions.ts";
import { policyFor } from "../../shared/config/policy.ts";
import { numberSpacesOf, parseRules, type Rules, rulesError } from "../../shared/config/rules.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { Plan } from "../../shared/core/plan.ts";
import type { RunRecord, RunRequest } from "../../shared/core/run.ts";
import type { Target } from "../../shared/flows/make-plan.ts";
import { requestRun } from "../../shared/flows/request-run.ts";
import { runSlice } from "../../shared/flows/run-slice.ts";
import type { RunWorld } from "../../shared/flows/slice.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import { createRetryBudget } from "../../shared/http/retry-budget.ts";
import { createSourceDeps } from "../../shared/people/create-source-deps.ts";
import { createSource, sourceSchemas } from "../../shared/people/kinds.ts";
import type { Clock } from "../../shared/ports.ts";
import type { Roster } from "../../shared/request-ports.ts";
import { createMemoryRoster } from "../../shared/requests/memory.ts";
import type { RunMessage, RunStore } from "../../shared/run-ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { createRunId } from "../../shared/runs/run-id.ts";
import { createRecordingLog } from "../http/recording-log.ts";

export type Done = { readonly run: RunRecord; readonly plan: Plan; readonly outcomes: readonly Outcome[] };

export type LocalRun = {
  readonly simulator: ApimSimulator;
  readonly store: RunStore;
  readonly roster: Roster;
  readonly world: RunWorld;
  readonly log: ReturnType<typeof createRecordingLog>;
  /** Messages that the flows sent. */
  readonly sent: readonly RunMessage[];
  /** Asks for a run and works on it to its end. */
  run(request?: Partial<RunRequest>, by?: string): Promise<Done>;
  close(): Promise<void>;
};

export type LocalRunOptions = {
  readonly rules: (simulator: ApimSimulator) => string;
  readonly simulator?: Partial<ApimSimulatorOptions>;
  /** Secret texts by name; the simulator's keys are `primary` and `secondary`. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  /** The sources as runs read them, instead of each by itself. */
  readonly share?: (
    sources: Target["sources"],
    of: { readonly tick: number | undefined; readonly rules: Rules; readonly store: RunStore; readonly clock: Clock },
  ) => Promise<Target["sources"]>;
};

const signal = new AbortController().signal;

/** Sleeps until it is stopped. */
export function untilAborted(_ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    stop.addEventListener("abort", () => reject(stop.reason), { once: true });
  });
}

/** An unsigned token for Resource Manager: the simulator looks at audience and expiry only. */
function armToken(now: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ aud: "https://management.azure.com", exp: Math.floor(now / 1000) + 3600 })}.`;
}

/** Starts a simulator and everything in front of it. */
export async function startLocalRun(options: LocalRunOptions): Promise<LocalRun> {
  // Waiting takes no time, but time passes: otherwise a token bucket would never fill again.
  let waited = 0;
  const now = (): number => (options.now ?? Date.now)() + waited;
  const simulator = await createApimSimulator({ now, ...options.simulator });
  const clock: Clock = {
    now,
    sleep: async (ms, stop) => {
      stop.throwIfAborted();
      waited += ms;
    },
  };
  // The lease is renewed by time; here time stands still between two calls, so a renewal would never end.
  const flowClock: Clock = { now, sleep: untilAborted };
  const log = createRecordingLog();
  const store = createMemoryRunStore({ clock });
  const roster = createMemoryRoster();
  const sent: RunMessage[] = [];
  const keys: Readonly<Record<string, () => string | undefined>> = {
    primary: () => simulator.primaryKey,
    secondary: () => simulator.secondaryKey,
  };
  const secrets = { get: async (name: string) => options.secrets?.[name] ?? keys[name]?.() ?? "unknown" };
  const identity = { getToken: async () => ({ token: armToken(now()), expiresOnTimestamp: now() + 3_600_000 }) };
  const expressions = await createExpressions();
  const transport = createNodeFetchTransport();

  const openTarget = async (name: string, tick: number | undefined): Promise<Target> => {
    const parsed = parseRules(options.rules(simulator), "rollcall.yaml", {
      expressions,
      sourceSchemas: sourceSchemas(),
    });
    if (!parsed.ok) throw rulesError(parsed.problems);
    const { rules } = parsed;
    const target = rules.targets.find((each) => each.name === name);
    if (target === undefined) throw new Error(`The rules of the test have no target ${name}`);
    const policy = policyFor(rules, name, expressions);
    const deps = createSourceDeps({ clock, log, secrets, identity, expressions, transport });
    const sources = await Promise.all(
      rules.sources.map(async (entry) => {
        const memory = await store.getSourceMemory(entry.name, signal);
        return {
          source: createSource(entry, { ...deps, memory, people: policy.people }),
          spaces: numberSpacesOf(entry),
        };
      }),
    );
    const retries = createRetryBudget();
    const apim = openDoor(target, {
      clock,
      log,
      random: Math.random,
      secrets,
      identity,
      transport,
    }).open(retries);
    return {
      policy,
      apim,
      retries,
      sources: (await options.share?.(sources, { tick, rules, store, clock: flowClock })) ?? sources,
      rulesDigest: JSON.stringify(rules),
      everyMinutes: target.everyMinutes,
      maxConcurrency: target.maxConcurrency,
    };
  };

  let numbers = 0;
  const world: RunWorld = {
    clock: flowClock,
    log,
    store,
    roster,
    queue: { send: async (message) => void sent.push(message) },
    // Ids sort by time; runs of one test may fall into one millisecond.
    createId: () => {
      numbers += 1;
      return createRunId(now() + numbers, Math.random);
    },
    openTarget,
  };

  return {
    simulator,
    store,
    roster,
    world,
    log,
    sent,
    async run(request = {}, by = "test") {
      const asked = await requestRun(
        { target: "contoso", mode: "apply", purpose: "sync", ...request },
        { trigger: "cli", by, enqueue: "no" },
        world,
        signal,
      );
      if (asked.status === "unknownDigest") throw new Error(asked.text);
      const result = await runSlice(asked.run.id, world, { sliceMs: 600_000, lastAttempt: true }, signal);
      const plan = await store.getPlan(asked.run.id, signal);
      if (result.status !== "done" || plan === undefined) throw new Error(`The run ended as ${result.status}`);
      return { run: result.run, plan, outcomes: await store.getOutcomes(asked.run.id, signal) };
    },
    close: () => simulator.close(),
  };
}

/** The `targets` part of a rules file for either door of the simulator. */
export function targetRules(door: "direct" | "arm", simulator: ApimSimulator): string {
  const at =
    door === "direct"
      ? `baseUrl: ${simulator.address}`
      : `endpoint: ${simulator.address}\n    resourceId: ${simulator.resourceId}`;
  const sas =
    door === "direct"
      ? "\n    sas: { identifier: integration, primaryKeySecret: primary, secondaryKeySecret: secondary }"
      : "";
  return `targets:\n  - name: contoso\n    door: ${door}\n    ${at}${sas}\n`;
}
