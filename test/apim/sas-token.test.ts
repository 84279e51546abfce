import { describe, expect, it } from "vitest";
import { createSasToken, parseSasToken, redactSasToken } from "../../shared/apim/sas-token.ts";

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

const formA = `uid=integration&ex=2024-05-14T12:30:15.1230000Z&sn=${signature}`;

describe("parseSasToken", () => {
  it.each([
    ["form A", formA, "A", "integration", "2024-05-14T12:30:15.1230000Z", Date.UTC(2024, 4, 14, 12, 30, 15, 123)],
    [
      "form A with the scheme",
      `SharedAccessSignature ${formA}`,
      "A",
      "integration",
      "2024-05-14T12:30:15.1230000Z",
      Date.UTC(2024, 4, 14, 12, 30, 15, 123),
    ],
    [
      "form B with 12 digits",
      `integration&201808020500&${signature}`,
      "B",
      "integration",
      "201808020500",
      Date.UTC(2018, 7, 2, 5, 0),
    ],
    [
      "form B with 14 digits",
      `SharedAccessSignature userId1658&20230327181101&${signature}\n`,
      "B",
      "userId1658",
      "20230327181101",
      Date.UTC(2023, 2, 27, 18, 11, 1),
    ],
    [
      "the developer portal's spelling",
      `SharedAccessSignature token="u1&202303271811&${signature}",refresh="true"`,
      "B",
      "u1",
      "202303271811",
      Date.UTC(2023, 2, 27, 18, 11),
    ],
  ])("reads %s", (_, text, form, identifier, expiry, at) => {
    expect(parseSasToken(text)).toEqual({ form, identifier, expiry, expiresAt: at, signature });
  });

  it.each([
    ["nothing", ""],
    ["a bearer token", "Bearer abc.def.ghi"],
    ["form A without its signature", "uid=integration&ex=2024-05-14T12:30:15.1230000Z"],
    ["form A with a date that is none", `uid=integration&ex=2024-13-14T12:30:15Z&sn=${signature}`],
    ["form B with 13 digits", `integration&2018080205001&${signature}`],
    ["form B with a month that is none", `integration&201813020500&${signature}`],
  ])("refuses %s without quoting it", (_, text) => {
    expect(() => parseSasToken(text)).toThrow(
      expect.objectContaining({ code: "SECRET_MALFORMED", message: expect.not.stringContaining("abc.def") }),
    );
  });

  it("reads what createSasToken makes", () => {
    expect(parseSasToken(createSasToken(vector))).toMatchObject({ form: "A", identifier: "123", expiresAt, signature });
  });
});

describe("redactSasToken", () => {
  it("cuts the signature of both forms", () => {
    expect(redactSasToken(formA)).toBe("uid=integration&ex=2024-05-14T12:30:15.1230000Z&sn=REDACTED");
    expect(redactSasToken(`u1&201808020500&${signature}`)).toBe("u1&201808020500&REDACTED");
  });
});
