import { expect, it } from "vitest";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { describeRunStoreContract } from "../contract/run-store-contract.ts";
import { startOfTime } from "../helpers/records.ts";

function start() {
  let now = startOfTime;
  const store = createMemoryRunStore({ clock: { now: () => now } });
  return {
    store,
    async loseLease() {
      now += 60_000;
    },
  };
}

describeRunStoreContract("createMemoryRunStore", async () => start());

it("createMemoryRunStore: a lease ends by the clock, at its second and not before", async () => {
  const signal = new AbortController().signal;
  let now = startOfTime;
  const store = createMemoryRunStore({ clock: { now: () => now } });
  await store.acquireLease("contoso", 15, signal);
  now += 14_999;
  expect(await store.acquireLease("contoso", 15, signal)).toBeUndefined();
  now += 1;
  expect(await store.acquireLease("contoso", 15, signal)).toBeDefined();
});
