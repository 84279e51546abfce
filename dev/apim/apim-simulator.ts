// The API Management simulator: both doors over one store on one address. Nothing in it is shared with Rollcall; it is
// a reading of the service of its own.
import { createControl } from "./control.ts";
import { createEventSender, type EventSender, type EventSettings } from "./event-sender.ts";
import type { FaultRule } from "./faults.ts";
import { createFaults } from "./faults.ts";
import { createLatency } from "./latency.ts";
import type { OutsideEdits } from "./outside-edits.ts";
import { createOutsideEdits } from "./outside-edits.ts";
import { createRandom } from "./random.ts";
import type { RequestReport } from "./request-counts.ts";
import { createRequestCounts } from "./request-counts.ts";
import type { Delivery, PipelineParts, RawRequest } from "./request-pipeline.ts";
import { createRequestPipeline } from "./request-pipeline.ts";
import { seedCrowd, seedService } from "./seed.ts";
import { listen } from "./server.ts";
import type { Settings } from "./settings.ts";
import { defaultSettings } from "./settings.ts";
import type { StateReport } from "./state-report.ts";
import { stateReport } from "./state-report.ts";
import type { Store } from "./store.ts";
import { createStore } from "./store.ts";
import type { ArmLimits, TokenBuckets } from "./token-buckets.ts";
import { createTokenBuckets, publishedLimits } from "./token-buckets.ts";
import { createWriteLocks } from "./write-locks.ts";

/** Every option may be left out or undefined. */
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

export type ApimSimulatorOptions = Loose<
  Omit<Settings, "serviceName"> & {
    readonly host: string;
    /** 0, the default, takes a free one. */
    readonly port: number;
    /** PEM texts, and the file that clients are to trust; without them plain HTTP. */
    readonly tls: { readonly key: string; readonly cert: string; readonly caFile?: string };
    readonly identifier: string;
    readonly primaryKey: string;
    readonly secondaryKey: string;
    /** Of keys, ids and invented people. */
    readonly seed: number;
    readonly users: number;
    readonly groups: number;
    readonly latencyMs: number;
    /** Instead of latencyMs: every answer waits for it, so that a test can hold requests. */
    readonly delay: () => Promise<void>;
    /** True: the published numbers. */
    readonly armLimits: boolean | ArmLimits;
    /** Instead of armLimits: buckets that several services of one Azure subscription share. */
    readonly sharedBuckets: TokenBuckets;
    /** 412 for two writes on one user that are under way at once. They overlap only when there is latency. */
    readonly overlapConflicts: boolean;
    readonly now: () => number;
    /** Where events of subscriptions go. */
    readonly events: EventSettings;
  }
>;

type ApimRequestNotice = { readonly method: string; readonly url: string; readonly kind: string };

export type ApimSimulator = {
  /** Origin of both doors, without a slash at the end. */
  readonly address: string;
  readonly resourceId: string;
  /** The certificate to trust, where one was made. */
  readonly caFile: string | undefined;
  readonly identifier: string;
  /** The keys as they are now; regenerating them through a door shows here. */
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly validationKeys: { readonly primary: string; readonly secondary: string };
  readonly store: Store;
  /** One request without the socket, for measurements and for many requests at once. */
  handle(request: RawRequest): Promise<Delivery>;
  /** What others do to the service meanwhile. */
  readonly edit: OutsideEdits;
  addFaults(rules: readonly FaultRule[]): void;
  clearFaults(): void;
  state(): StateReport;
  requests(): RequestReport;
  resetRequests(): void;
  /** Calls the listener before each request is handled, so that an edit can fall between two; the result stops it. */
  beforeRequest(listener: (request: ApimRequestNotice) => void): () => void;
  /** Sends an event of each change of a subscription from now on; undefined ends it. */
  sendEvents(settings: EventSettings | undefined): EventSender | undefined;
  /** Back to the seed, without faults, counts and used-up buckets; events go on. */
  reset(): void;
  close(): Promise<void>;
};

/** Starts a simulator and waits until it listens. */
export async function createApimSimulator(options: ApimSimulatorOptions = {}): Promise<ApimSimulator> {
  const settings = settingsOf(options);
  const now = options.now ?? Date.now;
  const fill = filler(options);
  const store = emptyStore(options);
  const faults = createFaults();
  const counts = createRequestCounts();
  const buckets = bucketsOf(options);
  const listeners = new Set<(request: ApimRequestNotice) => void>();

  let events: { readonly sender: EventSender; end(): void } | undefined;

  function sendEvents(given: EventSettings | undefined): EventSender | undefined {
    events?.end();
    events?.sender.stop();
    events = undefined;
    if (given === undefined) return undefined;
    const sender = createEventSender(given, { resourceId: settings.resourceId, now });
    events = { sender, end: store.watchSubscriptions(sender.changed) };
    return sender;
  }

  function reset(): void {
    // The seed is no news.
    events?.end();
    store.clear();
    fill(store);
    if (events !== undefined) events = { ...events, end: store.watchSubscriptions(events.sender.changed) };
    faults.clear();
    counts.reset();
    buckets?.clear();
  }

  fill(store);
  const parts: PipelineParts = {
    store,
    settings,
    faults,
    counts,
    buckets,
    locks: options.overlapConflicts === false ? { take: () => () => undefined } : createWriteLocks(),
    now,
    delay: options.delay ?? createLatency(options.latencyMs ?? 0),
    announce: (request) => {
      for (const listener of listeners) listener(request);
    },
  };
  const handle = createRequestPipeline(parts);
  sendEvents(options.events);
  const server = await listen({
    host: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    tls: options.tls,
    answer: handle,
    control: createControl({ store, faults, counts, reset, sendEvents }),
  });
  return {
    address: server.address,
    resourceId: settings.resourceId,
    caFile: options.tls?.caFile,
    identifier: store.access().identifier,
    get primaryKey() {
      return store.access().primaryKey;
    },
    get secondaryKey() {
      return store.access().secondaryKey;
    },
    get validationKeys() {
      const { validationKey, secondaryValidationKey } = store.delegation();
      return { primary: validationKey, secondary: secondaryValidationKey };
    },
    store,
    handle,
    edit: createOutsideEdits(store, now),
    addFaults: faults.add,
    clearFaults: faults.clear,
    state: () => stateReport(store),
    sendEvents,
    requests: counts.report,
    resetRequests: counts.reset,
    beforeRequest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reset,
    async close() {
      sendEvents(undefined);
      await server.close();
    },
  };
}

function settingsOf(options: ApimSimulatorOptions): Settings {
  const resourceId = options.resourceId ?? defaultSettings.resourceId;
  return {
    resourceId,
    serviceName: resourceId.split("/").at(-1) ?? defaultSettings.serviceName,
    tier: options.tier ?? defaultSettings.tier,
    pageSize: options.pageSize ?? defaultSettings.pageSize,
    strictIfMatch: options.strictIfMatch ?? defaultSettings.strictIfMatch,
    strictTransitions: options.strictTransitions ?? defaultSettings.strictTransitions,
    externalMembers: options.externalMembers ?? defaultSettings.externalMembers,
    foreignIdentities: options.foreignIdentities ?? defaultSettings.foreignIdentities,
    minApiVersion: options.minApiVersion,
    deleteDelayMs: options.deleteDelayMs ?? defaultSettings.deleteDelayMs,
  };
}

function emptyStore(options: ApimSimulatorOptions): Store {
  // A generator of their own, so that the number of users does not change the keys.
  const random = createRandom((options.seed ?? 1) ^ 0x5a5a5a5a);
  const key = (given?: string) => given ?? random.bytes(64).toString("base64");
  return createStore({
    access: {
      identifier: options.identifier ?? "integration",
      primaryKey: key(options.primaryKey),
      secondaryKey: key(options.secondaryKey),
      enabled: true,
    },
    delegation: {
      url: null,
      validationKey: key(),
      secondaryValidationKey: key(),
      subscriptions: false,
      userRegistration: false,
    },
  });
}

function filler(options: ApimSimulatorOptions): (store: Store) => void {
  return (store) => {
    const random = createRandom(options.seed ?? 1);
    seedService(store, random);
    seedCrowd(store, random, options.users ?? 0, options.groups ?? 0);
  };
}

function bucketsOf(options: ApimSimulatorOptions): TokenBuckets | undefined {
  if (options.sharedBuckets !== undefined) return options.sharedBuckets;
  if (options.armLimits === undefined || options.armLimits === false) return undefined;
  return createTokenBuckets(options.armLimits === true ? publishedLimits : options.armLimits);
}
