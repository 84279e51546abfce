import { describe, expect, it } from "vitest";
import type { QueueListenerOptions } from "../../../dev/functions-host/queue-listener.ts";
import { startQueueListener } from "../../../dev/functions-host/queue-listener.ts";
import { createManualClock } from "./manual-clock.ts";
import { createMemoryQueues } from "./memory-queues.ts";

const minute = 60_000;
const settings = {
  batchSize: 2,
  newBatchThreshold: 0,
  maxPollingInterval: 2_000,
  visibilityTimeout: 30_000,
  maxDequeueCount: 3,
  messageEncoding: "none",
} as const;

type Run = { readonly text: string; readonly dequeueCount: number; end(succeeded: boolean): void };

function setUp(options: { queue?: string; settings?: Partial<QueueListenerOptions["settings"]> } = {}) {
  const clock = createManualClock(1_000_000);
  const queues = createMemoryQueues(clock.now);
  const queue = options.queue ?? "work";
  const runs: Run[] = [];
  const events: string[] = [];
  const write = (event: string) => void events.push(event);
  const listener = startQueueListener({
    queue,
    settings: { ...settings, ...options.settings },
    service: queues,
    clock,
    log: { debug: write, info: write, warn: write, error: write },
    run: (message, text) => new Promise((end) => runs.push({ text, dequeueCount: message.dequeueCount, end })),
  });
  return { clock, queues, queue, runs, events, listener };
}

describe("startQueueListener", () => {
  it("takes a batch, and the next one when no more than newBatchThreshold are at work", async () => {
    const { clock, queues, runs } = setUp({ settings: { newBatchThreshold: 1 } });
    for (const text of ["1", "2", "3", "4"]) await queues.send("work", text);

    await clock.advance(100);
    const first = runs.map(({ text }) => text);
    await clock.advance(10_000);
    const unchanged = runs.length;
    runs[0]?.end(true);
    await clock.advance(0);

    expect(first).toEqual(["1", "2"]);
    expect(unchanged).toBe(2);
    expect(runs.map(({ text }) => text)).toEqual(["1", "2", "3", "4"]);
    expect(queues.texts("work")).toEqual(["2", "3", "4"]);
  });

  it("looks into an empty queue ever more rarely, up to maxPollingInterval, and at once when told of a message", async () => {
    const { clock, queues, runs, listener } = setUp();
    await clock.advance(60_000);
    await queues.send("work", "late");

    await clock.advance(0);
    const beforePoll = runs.length;
    listener.notify();
    await clock.advance(0);
    const notified = runs.length;
    runs[0]?.end(true);
    await clock.advance(60_000);
    await queues.send("work", "polled");
    await clock.advance(2_000);

    expect([beforePoll, notified, runs.length]).toEqual([0, 1, 2]);
  });

  it("goes on after the service could not be reached", async () => {
    const { clock, queues, runs, events } = setUp();
    queues.breakReceive(1);
    await queues.send("work", "1");

    await clock.advance(2_000);

    expect(events).toContain("queue.unavailable");
    expect(runs).toHaveLength(1);
  });

  it("keeps a message that runs for long invisible by renewing it", async () => {
    const { clock, queues, runs } = setUp();
    await queues.send("work", "long");

    const visible: unknown[] = [];
    for (let passed = 0; passed < 45; passed += 3) {
      await clock.advance(3 * minute);
      visible.push(...(await queues.receive("work", { count: 1, invisibleSeconds: 1 })));
    }
    runs[0]?.end(true);
    await clock.advance(0);

    expect(visible).toEqual([]);
    expect(queues.texts("work")).toEqual([]);
  });

  it("imitates a killed host: its message comes back after ten minutes, whatever visibilityTimeout says", async () => {
    const clock = createManualClock(0);
    const queues = createMemoryQueues(clock.now);
    await queues.send("work", "1");
    const service = { ...queues, setVisibility: () => new Promise<undefined>(() => undefined) };
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    startQueueListener({ queue: "work", settings, service, clock, log, run: () => new Promise(() => undefined) });

    await clock.advance(10 * minute - 1);
    const before = await queues.receive("work", { count: 1, invisibleSeconds: 1 });
    await clock.advance(1);
    const after = await queues.receive("work", { count: 1, invisibleSeconds: 1 });

    expect([before.length, after.length]).toEqual([0, 1]);
  });

  it("makes a failed message visible again after visibilityTimeout, and moves it to the poison queue at maxDequeueCount", async () => {
    const { clock, queues, runs } = setUp();
    await queues.send("work", "bad");

    for (const count of [1, 2, 3]) {
      await clock.advance(29_000);
      expect(runs).toHaveLength(count);
      runs[count - 1]?.end(false);
      await clock.advance(3_000);
      expect(runs).toHaveLength(count);
    }

    expect(runs.map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3]);
    expect([queues.texts("work"), queues.texts("work-poison")]).toEqual([[], ["bad"]]);
  });

  it("does not run a message again that was received more often than maxDequeueCount", async () => {
    const { clock, queues, runs } = setUp();
    await queues.send("work", "killer");
    for (let times = 0; times < 3; times += 1) {
      await queues.receive("work", { count: 1, invisibleSeconds: 0 });
    }

    await clock.advance(3_000);

    expect(runs).toEqual([]);
    expect(queues.texts("work-poison")).toEqual(["killer"]);
  });

  it("leaves a failed message of a poison queue invisible until its ten minutes are over", async () => {
    const { clock, queues, runs } = setUp({ queue: "work-poison" });
    await queues.send("work-poison", "bad");
    await clock.advance(100);
    runs[0]?.end(false);

    await clock.advance(10 * minute - 200);
    const before = runs.length;
    await clock.advance(3_000);

    expect([before, runs.length]).toEqual([1, 2]);
    expect(queues.texts("work-poison-poison")).toEqual([]);
  });

  it("decodes base64, and moves what is none to the poison queue", async () => {
    const { clock, queues, runs } = setUp({ settings: { messageEncoding: "base64" } });
    await queues.send("work", Buffer.from("hällo").toString("base64"));
    await queues.send("work", "{not base64}");

    await clock.advance(3_000);

    expect(runs.map(({ text }) => text)).toEqual(["hällo"]);
    expect(queues.texts("work-poison")).toEqual(["{not base64}"]);
  });

  it("takes nothing more once stopped, and waits for what is at work", async () => {
    const { clock, queues, runs, listener } = setUp({ settings: { newBatchThreshold: 1 } });
    await queues.send("work", "1");
    await clock.advance(100);
    let stopped = false;
    const stopping = listener.stop().then(() => {
      stopped = true;
    });
    await queues.send("work", "2");

    await clock.advance(10_000);
    const whileAtWork = stopped;
    runs[0]?.end(true);
    await stopping;

    expect([whileAtWork, stopped, runs.length]).toEqual([false, true, 1]);
    expect(queues.texts("work")).toEqual(["2"]);
  });
});
