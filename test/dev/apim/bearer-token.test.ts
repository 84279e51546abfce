import { describe, expect, it } from "vitest";
import { verifyBearer } from "../../../dev/apim/bearer-token.ts";
import { jwt } from "./apim-test-kit.ts";

const now = Date.UTC(2024, 0, 1);

function codeOf(token: string): unknown {
  const verdict = verifyBearer(token, now);
  return "refused" in verdict ? verdict.refused.json : verdict.principal;
}

describe("verifyBearer", () => {
  it("takes Resource Manager's audience with and without a slash, whoever signed", () => {
    expect(codeOf(jwt({ aud: "https://management.azure.com", oid: "me" }))).toBe("me");
    expect(codeOf(jwt({ aud: "https://management.azure.com/", oid: "me" }))).toBe("me");
  });

  it.each([
    ["another audience", jwt({ aud: "https://vault.azure.net" }), "InvalidAuthenticationTokenAudience"],
    ["an expired token", jwt({ exp: now / 1000 }), "ExpiredAuthenticationToken"],
    ["no JWT", "nonsense", "InvalidAuthenticationToken"],
    ["a payload that is no JSON", "a.b.c", "InvalidAuthenticationToken"],
  ])("refuses %s in Resource Manager's form", (_what, token, code) => {
    expect(codeOf(token)).toMatchObject({ error: { code } });
  });
});
