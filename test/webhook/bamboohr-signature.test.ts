import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyBambooHr } from "../../shared/webhook/bamboohr-signature.ts";

const at = 1_747_224_000_000;
const body = Buffer.from('{"employees":[{"id":"42","action":"Updated"}]}');

/** Written down a second time: the body, and the time stamp right behind it. */
function sign(key: string, timestamp = "1747224000"): Readonly<Record<string, string>> {
  const signature = createHmac("sha256", key)
    .update(Buffer.concat([body, Buffer.from(timestamp)]))
    .digest("hex");
  return { "x-bamboohr-timestamp": timestamp, "x-bamboohr-signature": signature };
}

function verify(
  headers: Readonly<Record<string, string>>,
  keys = ["key-1"],
  now = at,
  bytes: Uint8Array = body,
): boolean {
  return verifyBambooHr((name) => headers[name], bytes, keys, now);
}

describe("verifyBambooHr()", () => {
  it("has the signature of a known message", () => {
    const headers = {
      "x-bamboohr-timestamp": "1747224000",
      "x-bamboohr-signature": createHmac("sha256", "key-1").update(`${body.toString()}1747224000`).digest("hex"),
    };

    expect(verify(headers)).toBe(true);
  });

  it("takes what one of the keys signed, in either case, and a key with a line break behind it", () => {
    const headers = sign("key-2");

    expect(verify(headers, ["key-1", "key-2\n"])).toBe(true);
    expect(
      verify({ ...headers, "x-bamboohr-signature": headers["x-bamboohr-signature"]?.toUpperCase() ?? "" }, ["key-2"]),
    ).toBe(true);
  });

  it("refuses another key, another body, another time, no signature and no time", () => {
    const headers = sign("key-1");

    expect(verify(headers, ["key-2"])).toBe(false);
    expect(verify(headers, ["key-1"], at, Buffer.from("{}"))).toBe(false);
    expect(verify({ ...headers, "x-bamboohr-timestamp": "1747224001" })).toBe(false);
    expect(verify({ "x-bamboohr-timestamp": "1747224000" })).toBe(false);
    expect(verify({ "x-bamboohr-signature": headers["x-bamboohr-signature"] ?? "" })).toBe(false);
  });

  it("refuses what is more than five minutes old", () => {
    expect(verify(sign("key-1"), ["key-1"], at + 300_000)).toBe(true);
    expect(verify(sign("key-1"), ["key-1"], at + 300_001)).toBe(false);
  });
});
