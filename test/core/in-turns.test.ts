import { describe, expect, it } from "vitest";
import { inTurns } from "../../shared/core/in-turns.ts";

/** Work that ends when the test says so. */
function start(atOnce?: number) {
  const begun = new Map<number, { readonly end: () => void; readonly fail: (error: Error) => void }>();
  let over = false;
  const work = (item: number) => new Promise<void>((end, fail) => begun.set(item, { end, fail }));
  const done = inTurns(
    Array.from({ length: 40 }, (_, index) => index),
    work,
    atOnce,
  ).finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  return {
    done,
    over: () => over,
    begun: () => [...begun.keys()],
    of(item: number) {
      const found = begun.get(item);
      if (found === undefined) throw new Error(`The work for ${item} has not begun`);
      return found;
    },
  };
}

/** Lets everything run that waits for nothing else. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("inTurns", () => {
  it("has 16 under way at a time, or as many as it is told", () => {
    expect(start().begun()).toHaveLength(16);
    expect(start(3).begun()).toEqual([0, 1, 2]);
  });

  it("does the work for each item once, in their order", async () => {
    const done: string[] = [];
    await inTurns(new Set(["a", "b", "c", "d"]), async (item) => void done.push(item), 2);
    await inTurns([], async () => void done.push("never"));
    expect(done).toEqual(["a", "b", "c", "d"]);
  });

  it("after a failure begins nothing, and ends when what is under way has ended, with the first failure", async () => {
    const { done, over, begun, of } = start(3);
    of(2).fail(new Error("first"));
    await settle();
    of(0).end();
    await settle();
    expect([begun(), over()]).toEqual([[0, 1, 2], false]);

    of(1).fail(new Error("second"));

    await expect(done).rejects.toThrow("first");
    expect(begun()).toEqual([0, 1, 2]);
  });

  it("throws what the items themselves throw, after what is under way has ended", async () => {
    let end = () => {};
    const items = (function* () {
      yield 1;
      throw new Error("no more");
    })();
    let over = false;
    const done = inTurns(items, () => new Promise<void>((resolve) => (end = resolve))).finally(() => {
      over = true;
    });
    done.catch(() => undefined);
    await settle();
    expect(over).toBe(false);
    end();
    await expect(done).rejects.toThrow("no more");
  });
});
