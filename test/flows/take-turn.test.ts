import { describe, expect, it } from "vitest";
import { takeTurn } from "../../shared/flows/take-turn.ts";
import type { Clock } from "../../shared/ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { untilAborted } from "../helpers/local-run.ts";

const signal = new AbortController().signal;
/** Time stands still, so no lease is renewed. */
const clock: Clock = { now: () => 0, sleep: untilAborted };

function turns() {
  const store = createMemoryRunStore({ clock });
  return (target: string, bucket?: string) =>
    takeTurn({ target, bucket, leaseSeconds: undefined }, { store, clock }, signal);
}

describe("takeTurn()", () => {
  it("gives one run of a target its turn at a time", async () => {
    const take = turns();
    const first = await take("a");

    expect(await take("a")).toBeUndefined();
    await first?.release();
    expect(await take("a")).toBeDefined();
  });

  it("lets targets of one bucket take turns, and others run beside them", async () => {
    const take = turns();
    const first = await take("a", "subscription-1");

    expect(await take("b", "subscription-1")).toBeUndefined();
    expect(await take("c", "subscription-2")).toBeDefined();
    await first?.release();
    expect(await take("b", "subscription-1")).toBeDefined();
  });

  it("gives the target back when the bucket is taken", async () => {
    const take = turns();
    const first = await take("a", "subscription-1");
    await take("b", "subscription-1");
    await first?.release();

    expect(await take("b", "subscription-1")).toBeDefined();
  });
});
