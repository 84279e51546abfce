import { expect, it } from "vitest";
import { closingMs, inFlightMs, lastBlockMs, releaseMs, sliceMarginMs } from "../../shared/core/slice-end.ts";

it("whatever a slice does last fits into the margin below the host's limit", () => {
  expect(inFlightMs + 2 * lastBlockMs + 2 * closingMs + releaseMs).toBeLessThan(sliceMarginMs);
});
