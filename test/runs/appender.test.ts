import { describe, expect, it } from "vitest";
import { createAppender } from "../../shared/runs/appender.ts";

const signal = new AbortController().signal;

/** A sink whose writes end when the test says so. */
function createSink() {
  const blocks: string[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  return {
    blocks,
    commit(block: Uint8Array): Promise<void> {
      blocks.push(Buffer.from(block).toString("utf8"));
      return new Promise((resolve, reject) => ends.push({ resolve, reject }));
    },
    end: () => ends.shift()?.resolve(),
    fail: () => ends.shift()?.reject(new Error("No space")),
  };
}

/** Everything that can go on without an answer of the sink has gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("createAppender", () => {
  it("writes what waits in one block as soon as the block before is written", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 1000 });
    const appends = ["a\n", "b\n", "c\n"].map((line) => appender.append([line], signal));
    expect(sink.blocks).toStrictEqual(["a\n"]);
    sink.end();
    await settled();
    expect(sink.blocks).toStrictEqual(["a\n", "b\nc\n"]);
    sink.end();
    await expect(Promise.all(appends)).resolves.toHaveLength(3);
  });

  it("resolves a caller when its lines are written and not before", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 1000 });
    const order: string[] = [];
    const first = appender.append(["a\n"], signal).then(() => order.push("first"));
    const second = appender.append(["b\n"], signal).then(() => order.push("second"));
    await settled();
    expect(order).toStrictEqual([]);
    sink.end();
    await first;
    await settled();
    expect(order).toStrictEqual(["first"]);
    sink.end();
    await second;
  });

  it("cuts long appends between lines and resolves at the last one", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 6 });
    const append = appender.append(["aa\n", "bb\n", "cccccccc\n", "d\n"], signal);
    for (const _ of [1, 2, 3]) {
      await settled();
      sink.end();
    }
    await append;
    expect(sink.blocks).toStrictEqual(["aa\nbb\n", "cccccccc\n", "d\n"]);
  });

  it("joins short appends up to the size of a block", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 6 });
    const appends = ["a\n", "bb\n", "cc\n", "d\n"].map((line) => appender.append([line], signal));
    for (const _ of [1, 2, 3]) {
      await settled();
      sink.end();
    }
    await Promise.all(appends);
    expect(sink.blocks).toStrictEqual(["a\n", "bb\ncc\n", "d\n"]);
  });

  it("a failed write rejects its callers, those who wait, and those who come later, and writes nothing more", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 1000 });
    const appends = ["a\n", "b\n"].map((line) => appender.append([line], signal));
    sink.fail();
    const results = await Promise.allSettled([...appends, ...appends.map(() => appender.append(["c\n"], signal))]);
    expect(results.map((one) => one.status)).toStrictEqual(["rejected", "rejected", "rejected", "rejected"]);
    expect(sink.blocks).toStrictEqual(["a\n"]);
    expect(appender.idle()).toBe(true);
  });

  it("an append that was begun is finished though its signal fires, and none is begun afterwards", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 1000 });
    const stop = new AbortController();
    const append = appender.append(["a\n"], stop.signal);
    stop.abort();
    sink.end();
    await append;
    await expect(appender.append(["b\n"], stop.signal)).rejects.toMatchObject({ code: "ABORTED" });
    expect(sink.blocks).toStrictEqual(["a\n"]);
  });

  it("lets a block be stopped by the signal that all of its callers have, and by that of no single one", async () => {
    const stops: AbortSignal[] = [];
    const sink = createSink();
    const commit = (block: Uint8Array, stop: AbortSignal): Promise<void> => {
      stops.push(stop);
      return sink.commit(block);
    };
    const appender = createAppender({ commit, maxBlockBytes: 1000 });
    const [one, other] = [new AbortController(), new AbortController()];
    const callers = [one, one, other];
    const appends = callers.map((caller) => appender.append(["a\n"], caller.signal));
    for (const _ of [1, 2]) {
      await settled();
      sink.end();
    }
    await Promise.all(appends);
    one.abort();
    other.abort();

    expect(sink.blocks).toStrictEqual(["a\n", "a\na\n"]);
    expect(stops.map((stop) => stop.aborted)).toStrictEqual([true, false]);
  });

  it("is idle before, between and after, not during a write", async () => {
    const sink = createSink();
    const appender = createAppender({ commit: sink.commit, maxBlockBytes: 1000 });
    expect(appender.idle()).toBe(true);
    const append = appender.append(["a\n"], signal);
    expect(appender.idle()).toBe(false);
    sink.end();
    await append;
    await settled();
    expect(appender.idle()).toBe(true);
  });

  it("an append of nothing writes nothing", async () => {
    const sink = createSink();
    await createAppender({ commit: sink.commit, maxBlockBytes: 1000 }).append([], signal);
    expect(sink.blocks).toStrictEqual([]);
  });
});
