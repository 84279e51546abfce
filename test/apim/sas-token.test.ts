import { describe, expect, it } from "vitest";
import { createSasToken } from "../../shared/apim/sas-token.ts";

const day = 24 * 3_600_000;
const expiresAt = Date.UTC(2014, 7, 4, 22, 3);
const vector = { identifier: "123", key: "321", expiresAt, now: expiresAt - day };
const signature = "q6hTggdd9OCV+1sdVPDl88VzYyN9XZWegp/s3ApX1szHOI5eDuMkoqC43v25uL8xvNPfU0VtzrJQj/balAlxvw==";

describe("createSasToken", () => {
  it("agrees with the published vector: seven decimals, HMAC-SHA512, the key as its own text", () => {
    expect(createSasToken(vector)).toBe(`uid=123&ex=2014-08-04T22:03:00.0000000Z&sn=${signature}`);
  });

  it("keeps the milliseconds of the expiry", () => {
    expect(createSasToken({ ...vector, expiresAt: expiresAt + 5 })).toContain("ex=2014-08-04T22:03:00.0050000Z&");
  });

  it("does not decode a key that looks like base64", () => {
    const printed = createSasToken({ ...vector, key: "MzIx" });

    expect(printed).not.toContain(signature);
  });

  it("accepts a lifetime of 30 days and refuses a longer one", () => {
    expect(createSasToken({ ...vector, now: expiresAt - 30 * day })).toContain("uid=123");
    expect(() => createSasToken({ ...vector, now: expiresAt - 30 * day - 1 })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("30 days") }),
    );
  });

  it("refuses an expiry that has passed, unless that is allowed", () => {
    const past = { ...vector, now: expiresAt };

    expect(() => createSasToken(past)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
    expect(createSasToken({ ...past, pastExpiry: "allow" })).toContain("ex=2014-08-04");
  });

  it.each(["", "a b", "a&b", "a\nb", "å"])("refuses the identifier %j", (identifier) => {
    expect(() => createSasToken({ ...vector, identifier })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  it("refuses an empty key", () => {
    expect(() => createSasToken({ ...vector, key: "" })).toThrow(expect.objectContaining({ code: "SECRET_MALFORMED" }));
  });

  it("refuses an expiry that is no instant", () => {
    expect(() => createSasToken({ ...vector, expiresAt: Number.NaN })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});
