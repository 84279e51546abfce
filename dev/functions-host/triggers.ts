// The timer and queue triggers of a loaded app, listening.
import { z } from "zod";
import { resolveSettings } from "./app-settings.ts";
import type { HostSettings } from "./host-json.ts";
import type { HostClock, HostLog } from "./host-types.ts";
import { errorText } from "./host-types.ts";
import type { InvocationInput, Invoker } from "./invoke.ts";
import type { LoadedApp, LoadedFunction } from "./load-app.ts";
import { startQueueListener } from "./queue-listener.ts";
import type { QueueMessage, QueueService } from "./queue-service.ts";
import { parseSchedule, startTimerListener } from "./timer-listener.ts";
import type { RpcData } from "./worker-protocol.ts";

export type TriggersOptions = {
  readonly app: LoadedApp;
  readonly settings: HostSettings;
  /** Needed when the app has queue triggers. */
  readonly queues: QueueService | undefined;
  readonly invoker: Invoker;
  readonly clock: HostClock;
  /** The clock of the timers' schedules. */
  readonly timerClock: HostClock;
  readonly log: HostLog;
};

export type Triggers = {
  readonly timers: readonly string[];
  /** Starts a timer or queue function by hand, outside its trigger; undefined when there is none of that name. Rejects
   * when the function failed. `input` is the text of the queue message. */
  start(name: string, input: string | undefined): Promise<void> | undefined;
  /** Looks into the queue at once, when one of the triggers listens to it. */
  notify(queue: string): void;
  /** True when the queues of all triggers are empty, also of messages that are invisible. */
  areQueuesEmpty(): Promise<boolean>;
  stop(): Promise<void>;
};

const timerTriggerSchema = z.object({ schedule: z.string(), runOnStartup: z.boolean().default(false) });
const queueTriggerSchema = z.object({ queueName: z.string() });

/** Starts to listen. @throws before anything has started when a trigger is of a kind that this host does not imitate, its
 * schedule cannot be read, or a setting or the queue service is missing */
export function startTriggers(options: TriggersOptions): Triggers {
  const { app, settings, queues, invoker, clock, timerClock, log } = options;
  async function invoke(loaded: LoadedFunction, input: InvocationInput): Promise<void> {
    const outcome = await invoker.invoke(loaded, input);
    if (outcome.ok) return;
    throw new Error(`Function "${loaded.name}" failed: ${errorText(outcome.error)}`, { cause: outcome.error });
  }

  const timerPlans = ofType(app, "timertrigger").map((loaded) => {
    const { schedule, runOnStartup } = timerTriggerSchema.parse(loaded.trigger.binding);
    const run = (timer: RpcData): Promise<void> => invoke(loaded, { data: timer });
    return { name: loaded.name, cron: parseSchedule(resolveSettings(schedule)), runOnStartup, clock: timerClock, run };
  });
  const queuePlans = ofType(app, "queuetrigger").map((loaded) => {
    const queue = resolveSettings(queueTriggerSchema.parse(loaded.trigger.binding).queueName);
    const run = async (message: QueueMessage, text: string): Promise<boolean> =>
      (await invoker.invoke(loaded, toQueueInput(message, text))).ok;
    return { loaded, queue, settings: settings.queues, service: requireQueues(queues), clock, log, run };
  });
  refuseOtherTriggers(app);

  const timers = new Map(timerPlans.map((plan) => [plan.name, startTimerListener(plan)]));
  const listeners = queuePlans.map((plan) => ({ queue: plan.queue, listener: startQueueListener(plan) }));
  const queueFunctions = new Map(queuePlans.map(({ loaded }) => [loaded.name, loaded]));

  return {
    timers: [...timers.keys()],
    start(name, input = "") {
      const queueFunction = queueFunctions.get(name);
      return queueFunction === undefined
        ? timers.get(name)?.fire()
        : invoke(queueFunction, { data: { string: input } });
    },
    notify(queue) {
      for (const one of listeners.filter((each) => each.queue === queue)) one.listener.notify();
    },
    async areQueuesEmpty() {
      const counts = await Promise.all(queuePlans.map(({ queue, service }) => service.count(queue)));
      return counts.every((count) => count === 0);
    },
    async stop() {
      await Promise.all([...timers.values(), ...listeners.map(({ listener }) => listener)].map((one) => one.stop()));
    },
  };
}

/** @throws when the host was given none */
export function requireQueues(queues: QueueService | undefined): QueueService {
  if (queues === undefined)
    throw new Error("Cannot serve the app's queues: the host was given no queue service, expected one");
  return queues;
}

function ofType(app: LoadedApp, type: string): readonly LoadedFunction[] {
  return [...app.functions.values()].filter(({ trigger }) => trigger.binding.type.toLowerCase() === type);
}

function refuseOtherTriggers(app: LoadedApp): void {
  for (const { name, trigger } of app.functions.values()) {
    if (!["httptrigger", "timertrigger", "queuetrigger"].includes(trigger.binding.type.toLowerCase())) {
      throw new Error(
        `Cannot serve function "${name}": this host does not imitate "${trigger.binding.type}", expected HTTP, a timer or a queue`,
      );
    }
  }
}

// What the Storage extension tells about a message (QueueTriggerBinding): counts and times as JSON, the rest as text.
function toQueueInput(message: QueueMessage, text: string): InvocationInput {
  const json = (value: unknown): RpcData => ({ json: JSON.stringify(value) });
  return {
    data: { string: text },
    triggerMetadata: {
      QueueTrigger: { string: text },
      DequeueCount: json(message.dequeueCount),
      ExpirationTime: json(message.expiresOn),
      Id: { string: message.id },
      InsertionTime: json(message.insertedOn),
      NextVisibleTime: json(message.nextVisibleOn),
      PopReceipt: { string: message.popReceipt },
    },
  };
}
