// For tests: the host's queue service in memory, on a given clock. Held to the same contract as the one over Azurite.
import { randomUUID } from "node:crypto";
import type { QueueService } from "../../../dev/functions-host/queue-service.ts";

type Stored = {
  readonly id: string;
  popReceipt: string;
  readonly text: string;
  dequeueCount: number;
  visibleAt: number;
  readonly insertedAt: number;
};

export type MemoryQueues = QueueService & {
  /** Texts of all messages, invisible ones included. */
  texts(queue: string): readonly string[];
  /** Makes the next `times` calls of `receive` fail. */
  breakReceive(times: number): void;
};

export function createMemoryQueues(now: () => number): MemoryQueues {
  const queues = new Map<string, Stored[]>();
  let broken = 0;

  function held(
    queue: string,
    { id, popReceipt }: { readonly id: string; readonly popReceipt: string },
  ): Stored | undefined {
    return queues.get(queue)?.find((message) => message.id === id && message.popReceipt === popReceipt);
  }

  return {
    async receive(queue, { count, invisibleSeconds }) {
      if (broken > 0) {
        broken -= 1;
        throw new Error("the queue service is down");
      }
      const visible = (queues.get(queue) ?? []).filter(({ visibleAt }) => visibleAt <= now()).slice(0, count);
      return visible.map((message) => {
        Object.assign(message, {
          popReceipt: randomUUID(),
          dequeueCount: message.dequeueCount + 1,
          visibleAt: now() + invisibleSeconds * 1000,
        });
        const { id, popReceipt, text, dequeueCount, insertedAt, visibleAt } = message;
        const times = {
          insertedOn: new Date(insertedAt),
          expiresOn: new Date(insertedAt + 604_800_000),
          nextVisibleOn: new Date(visibleAt),
        };
        return { id, popReceipt, text, dequeueCount, ...times };
      });
    },
    async setVisibility(queue, message, seconds) {
      const found = held(queue, message);
      if (found === undefined) return undefined;
      found.popReceipt = randomUUID();
      found.visibleAt = now() + seconds * 1000;
      return found.popReceipt;
    },
    async remove(queue, message) {
      const found = held(queue, message);
      if (found === undefined) return false;
      queues.set(
        queue,
        (queues.get(queue) ?? []).filter((one) => one !== found),
      );
      return true;
    },
    async send(queue, text) {
      const message = {
        id: randomUUID(),
        popReceipt: randomUUID(),
        text,
        dequeueCount: 0,
        visibleAt: now(),
        insertedAt: now(),
      };
      queues.set(queue, [...(queues.get(queue) ?? []), message]);
    },
    count: async (queue) => queues.get(queue)?.length ?? 0,
    texts: (queue) => (queues.get(queue) ?? []).map(({ text }) => text),
    breakReceive(times) {
      broken = times;
    },
  };
}
