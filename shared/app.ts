import { createSystemClock } from "./clock.ts";
import type { OpenedRules, RulesDeps } from "./config/open-rules.ts";
import type { SourceRules, TargetRules } from "./config/rules.ts";
import type { Settings } from "./config/settings.ts";
import { once } from "./core/once.ts";
import type { PeoplePolicy, Policy } from "./core/policy.ts";
import { defaultStatePrefix, requestQueueName, runQueueName } from "./core/queue-names.ts";
import type { LinkTo } from "./flows/approval-world.ts";
import { createHealthCheck, type Health } from "./flows/check-health.ts";
import type { ProbeSteps } from "./flows/check-up.ts";
import type { Target } from "./flows/make-plan.ts";
import type { SpacedSource } from "./flows/read-people.ts";
import type { RunWorld } from "./flows/slice.ts";
import type { TimedTarget } from "./flows/tick.ts";
import { createJsonLog, type WriteLine } from "./log/json-log.ts";
import type { Apim, Clock, Log, Secrets } from "./ports.ts";
import type { RunStore } from "./run-ports.ts";
import { createApimClients } from "./wiring/apim-clients.ts";
import { blobEndpoints, type Parts, secretsOf, sourceDeps, storageParts } from "./wiring/app-parts.ts";
import { createApprovalTargets, type OpenApprovalTarget } from "./wiring/approval-target.ts";
import type { CheckUpAsked } from "./wiring/check-up-probes.ts";
import { createDecisionUrl } from "./wiring/decision-url.ts";
import type { MissingSetting } from "./wiring/missing-settings.ts";
import { type RequestParts, requestParts } from "./wiring/request-parts.ts";
import { createTickReads } from "./wiring/tick-reads.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The named sources, or all. With a policy, rows of those whom it does not want are kept small. */
type OpenSources = (
  names: readonly string[] | undefined,
  log: Log,
  signal: AbortSignal,
  people?: PeoplePolicy,
) => Promise<readonly SpacedSource[]>;

export type App = RequestParts & {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly secrets: () => Promise<Secrets>;
  readonly rules: (signal: AbortSignal) => Promise<OpenedRules>;
  /** Settings that the rules need and the environment does not have. @throws CONFIG_INVALID */
  readonly missingSettings: (signal: AbortSignal) => Promise<readonly MissingSetting[]>;
  /** What the rules say about a target, compiled. @throws CONFIG_INVALID */
  readonly policy: (target: string, signal: AbortSignal) => Promise<Policy>;
  readonly store: () => Promise<RunStore>;
  /** Everything that a run needs, with its log. */
  readonly world: (log: Log) => Promise<RunWorld>;
  /** The target of that name with its rules about requests; undefined where there are none. @throws CONFIG_INVALID */
  readonly approvalTarget: OpenApprovalTarget;
  /** Address of the page for one question; undefined where no public address is set. */
  readonly decisionUrl: (link: LinkTo, signal: AbortSignal) => Promise<string | undefined>;
  /** The client of a target, for everything but runs. */
  readonly apim: (target: TargetRules, log: Log) => Promise<Apim>;
  readonly sources: OpenSources;
  readonly timedTargets: (signal: AbortSignal) => Promise<readonly TimedTarget[]>;
  readonly health: (signal: AbortSignal) => Promise<Health>;
  /** Looks at everything that the app needs beside its settings; `quick` leaves out whole reads of sources. */
  readonly checkUp: (asked: CheckUpAsked) => Promise<ProbeSteps>;
  /** A log whose lines go to `write`. */
  readonly log: (write: WriteLine) => Log;
};

/** The app of an environment. @throws CONFIG_INVALID with every wrong setting */
export async function createApp(environment: Environment): Promise<App> {
  const { readSettings } = await import("./config/settings.ts");
  const settings = readSettings(environment);
  const clock = createSystemClock();
  const { createIdentity } = await import("./secrets/identity.ts");
  const identity = createIdentity({
    onAzure: settings.onAzure,
    ...(settings.clientId === undefined ? {} : { clientId: settings.clientId }),
  });
  const parts: Parts = { settings, clock, identity };
  const { store, queue } = storageParts(parts);
  const secrets = secretsOf(parts);
  const requests = requestParts({ ...parts, secrets });
  const clients = createApimClients(parts, secrets);
  const releaser = once(async () => (await import("./release-memory.ts")).createReleaseMemory());
  const tickReads = createTickReads(clock, store);
  const depsOfSources = sourceDeps(parts, secrets);

  const readRules = once(async () => {
    const { createRulesReader } = await import("./config/open-rules.ts");
    const deps: RulesDeps = {
      clock,
      openBlob: async (blob, signal) => {
        const { createOpenBlob } = await import("./people/open-blob.ts");
        return createOpenBlob(identity, await blobEndpoints(parts))(blob, signal);
      },
      expressions: once(async () => (await import("./config/expressions.ts")).createExpressions()),
      sourceSchemas: async () => (await import("./people/kinds.ts")).sourceSchemas(),
    };
    return createRulesReader(settings.rules, deps);
  });
  const rules = async (signal: AbortSignal): Promise<OpenedRules> => (await readRules())(signal);

  const sources: OpenSources = async (names, log, signal, people) => {
    const opened = await rules(signal);
    const [{ createSource }, { numberSpacesOf }, deps, runs] = await Promise.all([
      import("./people/kinds.ts"),
      import("./config/rules.ts"),
      depsOfSources(opened, log),
      store(),
    ]);
    const open = async (source: SourceRules): Promise<SpacedSource> => {
      const memory = await runs.getSourceMemory(source.name, signal);
      return { source: createSource(source, { ...deps, memory, people }), spaces: numberSpacesOf(source) };
    };
    return Promise.all(opened.rules.sources.filter(({ name }) => names?.includes(name) ?? true).map(open));
  };

  const policyOf = async (name: string, signal: AbortSignal): Promise<Policy> => {
    const opened = await rules(signal);
    const { policyFor } = await import("./config/policy.ts");
    return policyFor(opened.rules, name, opened.expressions);
  };

  const openTarget = async (name: string, tick: number | undefined, log: Log, signal: AbortSignal): Promise<Target> => {
    const opened = await rules(signal);
    const policy = await policyOf(name, signal);
    const target = opened.rules.targets.find((each) => each.name === name);
    const [{ AppError }, { sharedBucket }] = await Promise.all([
      import("./core/errors.ts"),
      import("./apim/shared-bucket.ts"),
    ]);
    if (target === undefined)
      throw new AppError("BUG", `Cannot open the target "${name}": its policy was made, but the rules do not have it`);
    const [{ apim, retries }, people] = await Promise.all([
      clients.ofRun(target, log),
      sources(target.sources, log, signal, policy.people),
    ]);
    const bucket = sharedBucket(target, opened.rules.targets);
    return {
      policy,
      apim,
      retries,
      sources: await tickReads(people, { target: name, tick, rules: opened, log }),
      everyMinutes: target.everyMinutes,
      rulesDigest: opened.digest,
      maxConcurrency: target.maxConcurrency,
      ...(bucket !== undefined && { bucket }),
    };
  };

  const timedTargets = async (signal: AbortSignal): Promise<readonly TimedTarget[]> =>
    (await rules(signal)).rules.targets.map(({ name, everyMinutes }) => ({ name, everyMinutes }));
  return {
    ...requests,
    settings,
    clock,
    secrets,
    rules,
    async missingSettings(signal) {
      const { missingSettings } = await import("./wiring/missing-settings.ts");
      return missingSettings((await rules(signal)).rules, settings);
    },
    policy: policyOf,
    store,
    apim: clients.shared,
    approvalTarget: createApprovalTargets(rules, clients.shared),
    decisionUrl: createDecisionUrl(settings.publicBaseUrl, requests.linkSecrets),
    sources,
    timedTargets,
    async world(log) {
      const [runs, messages, roster, releaseMemory, { createRunId }] = await Promise.all([
        store(),
        queue(),
        requests.roster(),
        releaser(),
        import("./runs/run-id.ts"),
      ]);
      return {
        roster,
        clock,
        log,
        store: runs,
        queue: messages,
        releaseMemory,
        createId: () => createRunId(clock.now(), Math.random),
        openTarget: (name, tick, signal) => openTarget(name, tick, log, signal),
      };
    },
    health: createHealthCheck({
      clock,
      open: async (signal) => ({ store: await store(), targets: await timedTargets(signal) }),
    }),
    checkUp: async (asked) =>
      (await import("./wiring/check-up.ts")).checkUpSteps({ ...parts, secrets, rules, sources }, asked),
    log: (write) => createJsonLog({ level: settings.logLevel, write, clock }),
  };
}

const current = once(() => createApp(process.env));

/** The app of this process, made on first use. */
export function currentApp(): Promise<App> {
  return current();
}

function statePrefix(): string {
  return process.env.ROLLCALL_STATE_PREFIX || defaultStatePrefix;
}

/** Name of the run queue, which a trigger has to know before anything is read. */
export function runQueue(): string {
  return runQueueName(statePrefix());
}

/** Name of the queue of requests. */
export function requestQueue(): string {
  return requestQueueName(statePrefix());
}
