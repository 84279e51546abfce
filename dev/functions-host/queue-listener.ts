// One queue trigger, with the rules of the Storage extension (azure-sdk-for-net, QueueListener and QueueProcessor): batches,
// polling that backs off, messages invisible for ten minutes and renewed while they run, delayed retries, poison queue.

import type { QueueSettings } from "./host-json.ts";
import type { HostClock, HostLog } from "./host-types.ts";
import { errorText, pause } from "./host-types.ts";
import type { QueueMessage, QueueService } from "./queue-service.ts";

export type QueueListener = {
  /** Looks into the queue at once: a message was added to it. */
  notify(): void;
  /** Takes no further message; resolves when those at work are done. */
  stop(): Promise<void>;
};

export type QueueListenerOptions = {
  readonly queue: string;
  readonly settings: QueueSettings;
  readonly service: QueueService;
  readonly clock: HostClock;
  readonly log: HostLog;
  /** Runs the function with the decoded text; true when it succeeded. Never rejects. */
  readonly run: (message: QueueMessage, text: string) => Promise<boolean>;
};

// Fixed in the extension: after a host was killed, its messages come back after this time, whatever host.json says.
const invisibleSeconds = 10 * 60;
const renewEveryMs = (invisibleSeconds / 2) * 1000;
const renewAgainAfterMs = 60_000;
const shortestPollMs = 100;

export function startQueueListener(options: QueueListenerOptions): QueueListener {
  const { queue, settings, service, clock, log } = options;
  const stopped = new AbortController();
  const atWork = new Set<Promise<void>>();
  let wake = new AbortController();
  let delay = shortestPollMs;

  async function receive(): Promise<readonly QueueMessage[]> {
    try {
      return await service.receive(queue, { count: settings.batchSize, invisibleSeconds });
    } catch (error) {
      log.warn("queue.unavailable", { queue, error: errorText(error) });
      return [];
    }
  }

  async function waitForNextPoll(): Promise<void> {
    wake = new AbortController();
    await pause(clock, delay, AbortSignal.any([wake.signal, stopped.signal]));
    delay = Math.min(delay * 2, settings.maxPollingInterval);
  }

  function begin(message: QueueMessage): void {
    const work = processMessage(message, options)
      .catch((error: unknown) => log.error("queue.message.stuck", { queue, id: message.id, error: errorText(error) }))
      .finally(() => atWork.delete(work));
    atWork.add(work);
  }

  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      const batch = await receive();
      for (const message of batch) begin(message);
      if (batch.length === 0) {
        await waitForNextPoll();
        continue;
      }
      delay = shortestPollMs;
      while (atWork.size > settings.newBatchThreshold) await Promise.race(atWork);
    }
  }

  const polling = poll();
  return {
    notify: () => wake.abort(),
    async stop() {
      stopped.abort();
      await polling;
      await Promise.all(atWork);
    },
  };
}

async function processMessage(message: QueueMessage, options: QueueListenerOptions): Promise<void> {
  const { queue, settings, service } = options;
  const text = decode(message.text, settings.messageEncoding);
  // A message that was received too often without an end (its host was killed each time) is not run again.
  if (text === undefined || message.dequeueCount > settings.maxDequeueCount)
    return moveToPoison(message, message, options);
  const renewal = startRenewal(message, options);
  const succeeded = await options.run(message, text);
  const held = { id: message.id, popReceipt: await renewal.stop() };
  if (succeeded) await service.remove(queue, held);
  else if (message.dequeueCount >= settings.maxDequeueCount) await moveToPoison(message, held, options);
  else if (poisonQueue(queue) !== undefined)
    await service.setVisibility(queue, held, settings.visibilityTimeout / 1000);
}

async function moveToPoison(
  message: QueueMessage,
  held: { readonly id: string; readonly popReceipt: string },
  { queue, service, log }: QueueListenerOptions,
): Promise<void> {
  const poison = poisonQueue(queue);
  if (poison === undefined) return;
  log.warn("queue.message.poison", { queue, poison, id: message.id, dequeueCount: message.dequeueCount });
  await service.send(poison, message.text);
  await service.remove(queue, held);
}

// A poison queue has none of its own, nor has a queue whose name would become too long; a failed message then stays
// invisible until its ten minutes are over.
function poisonQueue(queue: string): string | undefined {
  const name = `${queue}-poison`;
  return queue.endsWith("-poison") || name.length > 63 ? undefined : name;
}

/** Renews the message half-way to its end, again and again; `stop` gives the newest pop receipt. */
function startRenewal(
  message: QueueMessage,
  { queue, service, clock, log }: QueueListenerOptions,
): { stop(): Promise<string> } {
  const done = new AbortController();
  let { popReceipt } = message;

  async function renew(): Promise<number> {
    try {
      const renewed = await service.setVisibility(queue, { id: message.id, popReceipt }, invisibleSeconds);
      if (renewed === undefined) log.warn("queue.message.lost", { queue, id: message.id });
      popReceipt = renewed ?? popReceipt;
      return renewEveryMs;
    } catch (error) {
      log.warn("queue.message.not-renewed", { queue, id: message.id, error: errorText(error) });
      return renewAgainAfterMs;
    }
  }

  async function loop(): Promise<void> {
    let wait = renewEveryMs;
    while (await pause(clock, wait, done.signal)) wait = await renew();
  }

  const looping = loop();
  return {
    async stop() {
      done.abort();
      await looping;
      return popReceipt;
    },
  };
}

function decode(text: string, encoding: "none" | "base64"): string | undefined {
  if (encoding === "none") return text;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes.toString("utf8") : undefined;
}
