import { describe, expect, it } from "vitest";
import { shortToken, signSas, verifySas } from "../../../dev/apim/sas-token.ts";

const now = Date.UTC(2024, 0, 1);
const expected = { identifier: "integration", keys: ["primary", "second+/=="], now };

function longToken(expiry: string, key = "primary", identifier = "integration"): string {
  return `uid=${identifier}&ex=${expiry}&sn=${signSas(identifier, expiry, key)}`;
}

describe("signSas", () => {
  it("gives the published vector", () => {
    expect(signSas("123", "2014-08-04T22:03:00.0000000Z", "321")).toMatch(/^q6hTggdd9OCV\+1sd/);
  });
});

describe("verifySas", () => {
  it("takes the long form, signed with either key", () => {
    expect(verifySas(longToken("2024-01-02T00:00:00.0000000Z"), expected)).toBe("valid");
    expect(verifySas(longToken("2024-01-02T00:00:00.0000000Z", "second+/=="), expected)).toBe("valid");
  });

  it("takes the short form with 12 and with 14 digits", () => {
    for (const digits of [12, 14] as const) {
      expect(verifySas(shortToken("integration", now + 60_000, "primary", digits), expected)).toBe("valid");
    }
  });

  it("calls a token expired from its expiry on", () => {
    expect(verifySas(longToken("2024-01-01T00:00:00.0000001Z"), expected)).toBe("expired");
    expect(verifySas(shortToken("integration", now, "primary", 14), expected)).toBe("expired");
  });

  it.each([
    ["another identifier", longToken("2024-01-02T00:00:00.0000000Z", "primary", "other")],
    ["another key", longToken("2024-01-02T00:00:00.0000000Z", "third")],
    ["an expiry signed with three digits", longToken("2024-01-02T00:00:00.000Z")],
    ["an expiry changed after signing", longToken("2024-01-02T00:00:00.0000000Z").replace("01-02", "01-03")],
    ["no token at all", "nonsense"],
  ])("refuses %s", (_what, token) => {
    expect(verifySas(token, expected)).toBe("invalid");
  });
});
