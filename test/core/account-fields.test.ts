import { describe, expect, it } from "vitest";
import { accountDifference, accountFields } from "../../shared/core/account-fields.ts";
import { aPerson, aPolicy, aUser, without } from "../helpers/core-builders.ts";

const policy = aPolicy({
  people: { emailDomains: ["Contoso.com"], missingFamilyName: " (none) " },
  protect: ["root@*"],
});

function problemOf(email: string | undefined): unknown {
  const person = email === undefined ? without(aPerson("1"), "email") : aPerson("1", { email });
  const result = accountFields(person, policy);
  return result.ok ? result.fields : [result.problem.code, result.problem.field];
}

describe("accountFields()", () => {
  it("gives names and address in the form that API Management keeps", () => {
    const person = aPerson("1", { givenName: " A\u0301da ", familyName: "von\tEk", email: " Ada@CONTOSO.com " });

    expect(accountFields(person, policy)).toEqual({
      ok: true,
      fields: { firstName: "\u00C1da", lastName: "von Ek", email: "Ada@CONTOSO.com" },
    });
  });

  it("cuts names to the 100 characters that fit", () => {
    const result = accountFields(aPerson("1", { givenName: "a".repeat(101), familyName: "b".repeat(300) }), policy);

    expect(result).toMatchObject({ fields: { firstName: "a".repeat(100), lastName: "b".repeat(100) } });
  });

  it("takes what the rules say for a missing last name", () => {
    expect(accountFields(without(aPerson("1"), "familyName"), policy)).toMatchObject({
      fields: { lastName: "(none)" },
    });
    expect(accountFields(aPerson("1", { familyName: "\u0000 " }), policy)).toMatchObject({
      fields: { lastName: "(none)" },
    });
  });

  it.each([
    ["no address", undefined, "valueMissing"],
    ["an empty address", "  ", "valueMissing"],
    ["a text that is no address", "Ada Ek", "addressInvalid"],
    ["two addresses", "a@contoso.com;b@contoso.com", "addressInvalid"],
    ["an address that is too long", `${"a".repeat(243)}@contoso.com`, "tooLong"],
    ["an address outside people.emailDomains", "ada@contoso.com.evil.org", "addressOutsideDomains"],
    ["an address that matches a protected pattern", "Root@contoso.com", "addressProtected"],
  ])("refuses %s", (_what, email, code) => {
    expect(problemOf(email)).toEqual([code, "email"]);
  });

  it("takes an address of 254 characters and, without emailDomains, of any domain", () => {
    expect(problemOf(`${"a".repeat(242)}@contoso.com`)).toMatchObject({ firstName: "Given1" });
    expect(accountFields(aPerson("1", { email: "a@elsewhere.org" }), aPolicy()).ok).toBe(true);
  });

  it("refuses a row without a first name", () => {
    const expected = { ok: false, problem: { code: "valueMissing", field: "givenName" } };

    expect(accountFields(without(aPerson("1"), "givenName"), policy)).toMatchObject(expected);
    expect(accountFields(aPerson("1", { givenName: " " }), policy)).toMatchObject(expected);
  });

  it("names no value of the person in its reasons", () => {
    const result = accountFields(aPerson("1", { email: "secret@elsewhere.org" }), policy);

    expect(JSON.stringify(result)).not.toContain("secret");
  });
});

describe("accountDifference()", () => {
  const wanted = { firstName: "Ada", lastName: "Ek", email: "ada@contoso.com" };

  it("finds none where only spelling differs that API Management does not keep", () => {
    const user = aUser("u1", { firstName: "Ada ", lastName: "E\u006B", email: "Ada@Contoso.com" });

    expect(accountDifference(user, wanted, true)).toEqual({ before: {}, after: {} });
  });

  it("gives each field that differs as it is and as it should be", () => {
    const user = aUser("u1", { firstName: "Eva", lastName: "Ek", email: "eva@contoso.com" });

    expect(accountDifference(user, wanted, true)).toEqual({
      before: { firstName: "Eva", email: "eva@contoso.com" },
      after: { firstName: "Ada", email: "ada@contoso.com" },
    });
  });

  it("leaves the address alone where it is held", () => {
    const user = aUser("u1", { ...wanted, email: "eva@contoso.com" });

    expect(accountDifference(user, wanted, false)).toEqual({ before: {}, after: {} });
  });
});
