// What every queue of requests does, whatever it is made of.
import { beforeEach, describe, expect, it } from "vitest";
import type { RequestBatch } from "../../shared/core/request-batch.ts";
import type { PoisonQueue, RequestMessage, RequestQueue } from "../../shared/request-ports.ts";

const signal = new AbortController().signal;
const batch: RequestBatch = { target: "contoso", subscriptions: ["s7", "s8"], via: "event" };
const message = (subscription: string): RequestMessage => ({ target: "contoso", subscription, via: "event" });

export type StartedRequestQueue = {
  readonly queue: RequestQueue & PoisonQueue;
  /** Takes the messages and the batches that are there. */
  take(): Promise<readonly (RequestMessage | RequestBatch)[]>;
  /** Gives a message up, as the host does. */
  giveUp(text: string): Promise<void>;
};

/** Declares the tests. `start` gives an empty queue. */
export function describeRequestQueueContract(name: string, start: () => Promise<StartedRequestQueue>): void {
  describe(`${name} as a queue of requests`, () => {
    let started: StartedRequestQueue;
    let queue: RequestQueue & PoisonQueue;
    beforeEach(async () => {
      started = await start();
      queue = started.queue;
    });

    it("send puts the message there", async () => {
      await queue.send(message("s1"), {}, signal);

      expect(await started.take()).toStrictEqual([message("s1")]);
    });

    it("sendBatch puts one message there for all of them", async () => {
      await queue.sendBatch(batch, signal);

      expect(await started.take()).toStrictEqual([batch]);
    });

    it("a batch that was given up is listed, and goes again as a whole when one of its subscriptions is wanted", async () => {
      await started.giveUp(JSON.stringify(batch));
      await started.giveUp(JSON.stringify(message("s1")));

      const { messages } = await queue.listPoison(signal);
      expect(messages.map((one) => [one.message, one.batch])).toStrictEqual([
        [undefined, batch],
        [message("s1"), undefined],
      ]);
      expect(await queue.takeUpPoison({ subscription: "s8" }, signal)).toBe(1);

      expect(await started.take()).toStrictEqual([batch]);
      expect((await queue.listPoison(signal)).count).toBe(1);
    });

    it("listPoison tells what was given up, and takes nothing", async () => {
      expect(await queue.listPoison(signal)).toStrictEqual({ messages: [], count: 0 });
      await started.giveUp(JSON.stringify(message("s1")));
      await started.giveUp(`<script>${"x".repeat(5000)}`);

      await queue.listPoison(signal);
      const { messages, count } = await queue.listPoison(signal);

      expect(count).toBe(2);
      expect(messages.map((one) => one.message)).toStrictEqual([message("s1"), undefined]);
      expect(messages.every((one) => one.text.length <= 300 && one.givenUpAt > 0)).toBe(true);
    });

    it("takeUpPoison by id sends that message again and takes it off", async () => {
      for (const id of ["s1", "s2", "s3"]) await started.giveUp(JSON.stringify(message(id)));
      const second = (await queue.listPoison(signal)).messages[1];

      expect(await queue.takeUpPoison({ id: second?.id ?? "" }, signal)).toBe(1);

      expect(await started.take()).toStrictEqual([message("s2")]);
      const left = (await queue.listPoison(signal)).messages.map((one) => one.message?.subscription);
      expect(left.toSorted()).toStrictEqual(["s1", "s3"]);
      expect(await queue.takeUpPoison({ id: second?.id ?? "" }, signal)).toBe(0);
    });

    it("takeUpPoison by subscription takes up all of it, and nothing of others", async () => {
      for (const id of ["s1", "s2", "s1"]) await started.giveUp(JSON.stringify(message(id)));

      expect(await queue.takeUpPoison({ subscription: "s1" }, signal)).toBe(2);

      expect(await started.take()).toStrictEqual([message("s1"), message("s1")]);
      expect((await queue.listPoison(signal)).messages.map((one) => one.message?.subscription)).toStrictEqual(["s2"]);
    });

    it("takeUpPoison of all takes up what is ours, and only takes off what is not", async () => {
      for (let index = 0; index < 40; index += 1) await started.giveUp(JSON.stringify(message(`s${index}`)));
      await started.giveUp("not JSON");
      await started.giveUp('{"target":"contoso"}');

      expect(await queue.takeUpPoison("all", signal)).toBe(42);

      expect(await started.take()).toHaveLength(40);
      expect((await queue.listPoison(signal)).count).toBe(0);
    });

    it("rejects with ABORTED when the signal has fired", async () => {
      const stopped = AbortSignal.abort();
      await expect(queue.send(message("s1"), {}, stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(queue.sendBatch(batch, stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(queue.listPoison(stopped)).rejects.toMatchObject({ code: "ABORTED" });
      await expect(queue.takeUpPoison("all", stopped)).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}
