import { describe, expect, it } from "vitest";
import { addressesOf, isOfTenant } from "../../shared/core/principal.ts";

describe("addressesOf()", () => {
  it("gives all that the claims name", () => {
    const who = { name: "n", roles: [] };
    expect(addressesOf(who)).toEqual([]);
    expect(addressesOf({ ...who, address: "a@contoso.com" })).toEqual(["a@contoso.com"]);
    expect(addressesOf({ ...who, address: "a@contoso.com", otherAddresses: ["b@contoso.com"] })).toEqual([
      "a@contoso.com",
      "b@contoso.com",
    ]);
  });
});

describe("isOfTenant()", () => {
  it.each([
    ["of the tenant, whatever the capitals", "AB-1", "ab-1", true],
    ["of another", "ab-2", "ab-1", false],
    ["of none that the token names", undefined, "ab-1", false],
    ["where the rules name no tenant", "ab-2", undefined, true],
  ])("for somebody %s", (_, tenantId, wanted, is) => {
    expect(isOfTenant(tenantId === undefined ? {} : { tenantId }, wanted)).toBe(is);
  });
});
