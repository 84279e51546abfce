import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { lastDequeueCount } from "../../shared/api/take-message.ts";

it("the last try is the one after which the host puts the message on the poison queue", () => {
  const host = JSON.parse(readFileSync(new URL("../../host.json", import.meta.url), "utf8"));

  expect(lastDequeueCount).toBe(host.extensions.queues.maxDequeueCount);
});
