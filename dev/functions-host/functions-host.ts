// A local Azure Functions host: loads an app as the real worker does, drives the real `@azure/functions` library, and serves
// HTTP, timer and queue triggers with the rules of host.json. In this process, on loopback.
import { setTimeout as delay } from "node:timers/promises";
import type { AccessKeys } from "./access-keys.ts";
import { applySettings, resolveSettings } from "./app-settings.ts";
import { type HostSettings, readHostJson } from "./host-json.ts";
import type { HostClock, HostLog } from "./host-types.ts";
import { startHttpListener } from "./http-listener.ts";
import { createInvoker } from "./invoke.ts";
import type { LoadedFunction } from "./load-app.ts";
import { loadApp } from "./load-app.ts";
import { encodeMessage, readQueueOutputs } from "./queue-output.ts";
import type { QueueService } from "./queue-service.ts";
import type { Triggers } from "./triggers.ts";
import { requireQueues, startTriggers } from "./triggers.ts";
import type { InvocationResponse } from "./worker-protocol.ts";

export type FunctionsHostOptions = {
  /** Folder with package.json and host.json. */
  readonly root: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly keys: AccessKeys;
  /** Needed when the app has queue triggers or queue outputs. Every connection name leads to it. */
  readonly queues?: QueueService;
  /** App settings: put into `process.env` until the host is closed, and used for %NAME% in bindings. */
  readonly env?: Readonly<Record<string, string>>;
  readonly log: HostLog;
  readonly clock?: HostClock;
  /** `byHand`: timers fire only when `fireTimer` or the admin route says so. */
  readonly timers?: "scheduled" | "byHand";
  /** Milliseconds after which a message that failed can be seen again, in the place of host.json's `visibilityTimeout`:
   * for who wants to see the last try without the waits between them. */
  readonly retryAfterMs?: number;
};

export type FunctionsHost = {
  /** Origin on 127.0.0.1, without a path. */
  readonly address: string;
  readonly functions: readonly string[];
  /** Fires a timer outside its schedule; resolves when the function has ended, rejects when it failed. */
  fireTimer(name: string): Promise<void>;
  /** Resolves when no invocation runs and the trigger queues are empty, also of messages that are invisible. */
  idle(): Promise<void>;
  /** Takes nothing more, waits for what runs, then runs the app's terminate hooks. */
  close(): Promise<void>;
};

type Closer = () => Promise<void> | void;

const idlePollMs = 50;
const systemClock: HostClock = { now: Date.now, sleep: (ms, signal) => delay(ms, undefined, { signal }) };

/** Starts the host. @throws when the app cannot be loaded or has a trigger or binding that this host does not imitate */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const closers: Closer[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await start(options, (closer) => void closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: FunctionsHostOptions,
  onClose: (closer: Closer) => void,
): Promise<Omit<FunctionsHost, "close">> {
  const { root, port, keys, queues, log, clock = systemClock } = options;
  const settings = withRetryAfter(await readHostJson(root), options.retryAfterMs);
  onClose(applySettings(options.env ?? {}));
  const app = await loadApp(root, log);
  await app.runHooks("appStart", { hookData: {}, appHookData: {}, functionAppDirectory: root });
  onClose(() => app.runHooks("appTerminate", { hookData: {}, appHookData: {} }));

  const listening: { triggers?: Triggers } = {};
  const { functionTimeout } = settings;
  const sendOutputs = async (loaded: LoadedFunction, response: InvocationResponse): Promise<void> => {
    for (const { queue, text } of readQueueOutputs(loaded, response)) {
      const name = resolveSettings(queue);
      await requireQueues(queues).send(name, encodeMessage(text, settings.queues.messageEncoding));
      listening.triggers?.notify(name);
    }
  };
  const invoker = createInvoker({ app, clock, log, functionTimeout, sendOutputs });
  onClose(() => invoker.settled());

  const timerClock = options.timers === "byHand" ? { now: () => clock.now(), sleep: untilStopped } : clock;
  const triggers = startTriggers({ app, settings, queues, invoker, clock, timerClock, log });
  listening.triggers = triggers;
  onClose(() => triggers.stop());
  const http = await startHttpListener({
    app,
    port,
    keys,
    routePrefix: settings.routePrefix,
    invoker,
    start: triggers.start,
  });
  onClose(() => http.close());
  log.info("host.started", { address: http.address, functions: [...app.functions.keys()].join(",") });

  return {
    address: http.address,
    functions: [...app.functions.keys()].sort(),
    async fireTimer(name) {
      if (!triggers.timers.includes(name)) {
        throw new Error(
          `Cannot fire timer "${name}": the app has no such timer function, expected ${triggers.timers.join(", ")}`,
        );
      }
      await triggers.start(name, undefined);
    },
    async idle() {
      const never = new AbortController().signal;
      while (invoker.running() > 0 || !(await triggers.areQueuesEmpty()) || invoker.running() > 0) {
        await clock.sleep(idlePollMs, never);
      }
    },
  };
}

function withRetryAfter(settings: HostSettings, retryAfterMs: number | undefined): HostSettings {
  if (retryAfterMs === undefined) return settings;
  return { ...settings, queues: { ...settings.queues, visibilityTimeout: retryAfterMs } };
}

/** A sleep without an end of its own. */
function untilStopped(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
