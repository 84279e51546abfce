import { expect, test } from "vitest";
import { createLatency } from "../../../dev/apim/latency.ts";

test("a request is answered when its latency has passed since it arrived, not since somebody began to wait", async () => {
  const arrivedAt = performance.now() - 3;
  await createLatency(5)(arrivedAt);
  expect(performance.now() - arrivedAt).toBeGreaterThanOrEqual(5);
});

test("a request that arrived longer ago than the latency is answered at once", async () => {
  await expect(createLatency(5)(performance.now() - 60)).resolves.toBeUndefined();
});

test("without latency there is no waiting", async () => {
  await expect(createLatency(0)(performance.now())).resolves.toBeUndefined();
});
