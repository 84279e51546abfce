import { afterEach, describe, expect, it } from "vitest";
import type { ApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createApimSimulator } from "../../../dev/apim/apim-simulator.ts";
import { createTokenBuckets } from "../../../dev/apim/token-buckets.ts";
import { armDoor, asker, flatDoor, jwt } from "./apim-test-kit.ts";

const limits = {
  reads: { capacity: 2, perSecond: 0.25 },
  writes: { capacity: 1, perSecond: 1 },
  deletes: { capacity: 1, perSecond: 1 },
};

let simulator: ApimSimulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

describe("createTokenBuckets", () => {
  it("refills continuously up to the capacity and counts POST as a write", () => {
    const buckets = createTokenBuckets(limits);
    const left = (method: string, now: number) => {
      const taken = buckets.take("me", method, now);
      return "refused" in taken ? `wait ${taken.refused.headers?.["Retry-After"]}` : Object.values(taken.headers)[0];
    };

    expect([left("GET", 0), left("HEAD", 0), left("GET", 0)]).toEqual(["1", "0", "wait 4"]);
    expect([left("GET", 3_999), left("GET", 4_000)]).toEqual(["wait 1", "0"]);
    expect(left("GET", 1_000_000)).toBe("1");
    expect([left("POST", 0), left("PUT", 999), left("PATCH", 1_000), left("DELETE", 1_000)]).toEqual([
      "0",
      "wait 1",
      "0",
      "0",
    ]);
  });

  it("keeps a bucket for each principal", () => {
    const buckets = createTokenBuckets(limits);
    buckets.take("me", "PUT", 0);

    expect(buckets.take("you", "PUT", 0)).toEqual({ headers: { "x-ms-ratelimit-remaining-subscription-writes": "0" } });
    expect(buckets.take("me", "PUT", 0)).toHaveProperty("refused.status", 429);
  });
});

describe("the token buckets of the ARM door", () => {
  it("answers 429 with Retry-After and counts it, and lets the request through when the time has passed", async () => {
    let now = Date.UTC(2024, 0, 1);
    simulator = await createApimSimulator({ armLimits: limits, now: () => now });
    const ask = armDoor(simulator);

    const [first, second, third] = [await ask("GET", "/users"), await ask("GET", "/users"), await ask("GET", "/users")];
    now += 4_000;
    const later = await ask("GET", "/users");

    expect([first.status, second.status, third.status, later.status]).toEqual([200, 200, 429, 200]);
    expect(first.headers.get("x-ms-ratelimit-remaining-subscription-reads")).toBe("1");
    expect(third.headers.get("retry-after")).toBe("4");
    expect(third.body.error.code).toBe("SubscriptionRequestsThrottled");
    expect(third.body.error.message).toContain("Number of 'read' requests");
    expect(simulator.requests()).toMatchObject({ counts: { "GET users": 4 }, throttled: 1 });
  });

  it("leaves the direct door alone, and counts principals apart", async () => {
    simulator = await createApimSimulator({ armLimits: limits, now: () => Date.UTC(2024, 0, 1) });
    const arm = armDoor(simulator);
    const other = asker(simulator, simulator.resourceId, "2024-05-01", () => `Bearer ${jwt({ oid: "other" })}`);
    const direct = flatDoor(simulator);
    for (let turn = 0; turn < 3; turn += 1) await arm("GET", "/groups");

    expect((await arm("GET", "/groups")).status).toBe(429);
    expect((await other("GET", "/groups")).status).toBe(200);
    expect((await direct("GET", "/groups")).status).toBe(200);
  });
});
