import { expect, it } from "vitest";
import { createReleaseMemory } from "../shared/release-memory.ts";

it("collects what nobody holds any more, once the heap is large", async () => {
  const held = Array.from({ length: 16_000_000 }, () => 0.5);
  const gone = new WeakRef({ nobody: "holds this" });
  // What was reached in this turn of the event loop is held until its end.
  await new Promise(setImmediate);

  createReleaseMemory()();

  expect(held).toHaveLength(16_000_000);
  expect(gone.deref()).toBeUndefined();
});
