import { describe, expect, it } from "vitest";
import { isManageable, isProtectedAddress, isProtectedUser, matchesPattern } from "../../shared/core/protect.ts";
import { aGroup, aUser } from "../helpers/core-builders.ts";

describe("matchesPattern()", () => {
  it.each([
    ["svc-1", "svc-1", true],
    ["svc-1", "svc-10", false],
    ["svc-*", "svc-", true],
    ["svc-*", "asvc-1", false],
    ["*@admins.contoso.com", "ada@admins.contoso.com", true],
    ["*@admins.contoso.com", "ada@admins.contoso.com.evil.org", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c", false],
    ["a*bc*c", "abc", false],
    ["ab*ba", "aba", false],
    ["*", "", true],
  ])("%s fits %s: %s", (pattern, text, fits) => {
    expect(matchesPattern(pattern, text)).toBe(fits);
  });

  it("ends for a pattern that would keep a regular expression busy without end", () => {
    const fits = matchesPattern(`${"a*".repeat(5_000)}b`, "a".repeat(100_000));

    expect(fits).toBe(false);
  });
});

describe("isProtectedAddress()", () => {
  it("compares without capitals on either side", () => {
    expect(isProtectedAddress("Ada@ADMINS.contoso.com", ["*@Admins.contoso.com"])).toBe(true);
    expect(isProtectedAddress("ada@contoso.com", ["*@Admins.contoso.com"])).toBe(false);
  });
});

describe("isProtectedUser()", () => {
  it("protects the built-in administrator, user 1, without any pattern", () => {
    expect(isProtectedUser(aUser("1"), [])).toBe(true);
    expect(isProtectedUser(aUser("2"), [])).toBe(false);
  });

  it("protects by id, by the address that API Management holds and by the id of an identity", () => {
    const patterns = ["SVC-*", "*@admins.contoso.com"];

    expect(isProtectedUser(aUser("svc-1"), patterns)).toBe(true);
    expect(isProtectedUser(aUser("u1", { email: "root@Admins.contoso.com" }), patterns)).toBe(true);
    expect(
      isProtectedUser(aUser("u1", { identities: [{ provider: "Basic", id: "x@admins.contoso.com" }] }), patterns),
    ).toBe(true);
    expect(isProtectedUser(aUser("u1"), patterns)).toBe(false);
  });
});

describe("isManageable()", () => {
  it("leaves out built-in and external groups", () => {
    expect(isManageable(aGroup("payments"))).toBe(true);
    expect(isManageable(aGroup("developers", { builtIn: true, type: "system" }))).toBe(false);
    expect(isManageable(aGroup("developers", { builtIn: true }))).toBe(false);
    expect(isManageable(aGroup("entra", { type: "external" }))).toBe(false);
  });
});
