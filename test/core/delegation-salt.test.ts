import { describe, expect, it } from "vitest";
import { delegatedSubscriptionId, saltKey } from "../../shared/core/delegation-salt.ts";

describe("saltKey()", () => {
  it("is one text of fixed length for a link, and another for another link or target", () => {
    expect(saltKey("contoso", "salt")).toMatch(/^[0-9a-f]{64}$/);
    expect(saltKey("contoso", "salt")).toBe(saltKey("contoso", "salt"));
    expect(saltKey("contoso", "salt")).not.toBe(saltKey("partners", "salt"));
    expect(saltKey("contoso", "salt")).not.toBe(saltKey("contoso", "Salt"));
  });
});

describe("delegatedSubscriptionId()", () => {
  it("is an id that API Management takes, the same for the same link, and not the salt", () => {
    const id = delegatedSubscriptionId("contoso", "salt of the link");

    expect(id).toMatch(/^rcs-[0-9a-f]{26}$/);
    expect(delegatedSubscriptionId("contoso", "salt of the link")).toBe(id);
    expect(delegatedSubscriptionId("contoso", "another")).not.toBe(id);
  });
});
