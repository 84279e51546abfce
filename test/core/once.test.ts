import { describe, expect, it } from "vitest";
import { once, onceForEach } from "../../shared/core/once.ts";

/** Makes texts, the first time after a failure. */
function start() {
  const made: string[] = [];
  return {
    made,
    async make(name: string): Promise<string> {
      made.push(name);
      if (made.length === 1) throw new Error(`no ${name} yet`);
      return `${name} ${made.length}`;
    },
  };
}

describe("once", () => {
  it("makes it with what the first user gives, and again after a failure", async () => {
    const { make, made } = start();
    const get = once(make);

    const [first, second] = [get("a"), get("b")];
    await expect(first).rejects.toThrow("no a yet");
    await expect(second).rejects.toThrow("no a yet");

    expect(await Promise.all([get("c"), get("d")])).toEqual(["c 2", "c 2"]);
    expect(made).toEqual(["a", "c"]);
  });
});

describe("onceForEach", () => {
  it("makes one for each name, and again after a failure", async () => {
    const { make, made } = start();
    const get = onceForEach(make);

    await expect(get("a")).rejects.toThrow("no a yet");

    expect(await Promise.all([get("a"), get("b"), get("a")])).toEqual(["a 2", "b 3", "a 2"]);
    expect(made).toEqual(["a", "a", "b"]);
  });
});
