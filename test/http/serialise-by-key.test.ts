import { describe, expect, it } from "vitest";
import { createSerialiser } from "../../shared/http/serialise-by-key.ts";

const { signal } = new AbortController();

/** Work that notes its start and ends when told. */
function work(name: string, events: string[]) {
  let end = () => {};
  const run = () => {
    events.push(name);
    return new Promise<string>((resolve) => {
      end = () => resolve(name);
    });
  };
  return { run, end: () => end() };
}

async function settle() {
  await new Promise(setImmediate);
}

describe("createSerialiser", () => {
  it("runs work of one key one after the other and work of another key beside it", async () => {
    const serialise = createSerialiser();
    const events: string[] = [];
    const [a1, a2, b] = [work("a1", events), work("a2", events), work("b", events)];

    const results = Promise.all([
      serialise(["a"], a1.run, signal),
      serialise(["a"], a2.run, signal),
      serialise(["b"], b.run, signal),
    ]);
    await settle();
    expect(events).toEqual(["a1", "b"]);
    a1.end();
    await settle();
    expect(events).toEqual(["a1", "b", "a2"]);
    a2.end();
    b.end();

    expect(await results).toEqual(["a1", "a2", "b"]);
  });

  it("waits for every key of work that has several", async () => {
    const serialise = createSerialiser();
    const events: string[] = [];
    const [a, b, both] = [work("a", events), work("b", events), work("both", events)];
    void serialise(["a"], a.run, signal);
    void serialise(["b"], b.run, signal);
    void serialise(["b", "a"], both.run, signal);

    a.end();
    await settle();
    a.end();
    await settle();
    expect(events).toEqual(["a", "b"]);
    b.end();
    await settle();

    expect(events).toEqual(["a", "b", "both"]);
  });

  it("goes on after work that failed", async () => {
    const serialise = createSerialiser();

    const first = serialise(["a"], () => Promise.reject(new Error("broken")), signal);
    const second = serialise(["a"], async () => "second", signal);

    await expect(first).rejects.toThrow("broken");
    expect(await second).toBe("second");
  });

  it("never starts work whose caller stopped while it waited", async () => {
    const serialise = createSerialiser();
    const events: string[] = [];
    const stopped = new AbortController();
    const [first, second] = [work("first", events), work("second", events)];
    void serialise(["a"], first.run, signal);
    const waiting = serialise(["a"], second.run, stopped.signal);
    await settle();

    stopped.abort();

    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    first.end();
    await settle();
    expect(events).toEqual(["first"]);
  });
});
