import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyBambooHr } from "../../shared/webhook/bamboohr-signature.ts";

const [first, second] = ["the first key of two", "the second key of two"];
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
  keys = [first],
  now = at,
  bytes: Uint8Array = body,
): boolean {
  return verifyBambooHr((name) => headers[name], bytes, keys, now);
}

describe("verifyBambooHr()", () => {
  it("has the signature of a known message", () => {
    const headers = {
      "x-bamboohr-timestamp": "1747224000",
      "x-bamboohr-signature": createHmac("sha256", first).update(`${body.toString()}1747224000`).digest("hex"),
    };

    expect(verify(headers)).toBe(true);
  });

  it("takes what one of the keys signed, in either case, and a key with a line break behind it", () => {
    const headers = sign(second);

    expect(verify(headers, [first, `${second}\n`])).toBe(true);
    expect(
      verify({ ...headers, "x-bamboohr-signature": headers["x-bamboohr-signature"]?.toUpperCase() ?? "" }, [second]),
    ).toBe(true);
  });

  it("refuses another key, another body, another time, no signature and no time", () => {
    const headers = sign(first);

    expect(verify(headers, [second])).toBe(false);
    expect(verify(headers, [first], at, Buffer.from("{}"))).toBe(false);
    expect(verify({ ...headers, "x-bamboohr-timestamp": "1747224001" })).toBe(false);
    expect(verify({ "x-bamboohr-timestamp": "1747224000" })).toBe(false);
    expect(verify({ "x-bamboohr-signature": headers["x-bamboohr-signature"] ?? "" })).toBe(false);
  });

  it.each(["", "  \n", " ".repeat(40), "fifteen letters"])("takes no key that anybody can try: %j", (key) => {
    expect(verify(sign(key), [key])).toBe(false);
    expect(verify(sign(key.trim()), [key])).toBe(false);
    expect(verify(sign(second), [key, second])).toBe(true);
  });

  it("refuses what is more than five minutes old", () => {
    expect(verify(sign(first), [first], at + 300_000)).toBe(true);
    expect(verify(sign(first), [first], at + 300_001)).toBe(false);
  });
});
