import { describe, expect, it } from "vitest";
import { sharedBucket } from "../../shared/apim/shared-bucket.ts";
import type { TargetRules } from "../../shared/config/rules.ts";

type Door = Pick<TargetRules, "door" | "resourceId">;

function arm(name: string, subscription: string): Door {
  const resourceId = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/${name}`;
  return { door: "arm", resourceId };
}

describe("sharedBucket()", () => {
  it("is the Azure subscription that two targets at the arm door share, in whatever case it is written", () => {
    const [first, second] = [arm("a", "0ab1"), arm("b", "0AB1")];

    expect([first, second].map((target) => sharedBucket(target, [first, second]))).toEqual(["0ab1", "0ab1"]);
  });

  it("is none for a target that is alone in its subscription, so that it waits for nobody", () => {
    const [first, second] = [arm("a", "0ab1"), arm("b", "0ab2")];

    expect(sharedBucket(first, [first])).toBeUndefined();
    expect(sharedBucket(first, [first, second])).toBeUndefined();
  });

  it("is none at the direct door, which has no such limits, also where a resource id is stated", () => {
    const [first, second] = [arm("a", "0ab1"), { ...arm("b", "0ab1"), door: "direct" } as const];

    expect([first, second].map((target) => sharedBucket(target, [first, second]))).toEqual([undefined, undefined]);
  });
});
