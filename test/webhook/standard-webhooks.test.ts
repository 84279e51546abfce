import { describe, expect, it } from "vitest";
import { signWebhook, verifyWebhook, webhookKey } from "../../shared/webhook/standard-webhooks.ts";

// The example of the specification.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const at = 1_614_265_330_000;
const body = Buffer.from('{"test": 2432232314}');
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

function keyOf(text: string): Uint8Array {
  const key = webhookKey(text);
  if (key === undefined) throw new Error("The text is no secret");
  return key;
}

const key = keyOf(secret);
const otherKey = keyOf(`whsec_${Buffer.alloc(24, 7).toString("base64")}`);
const good = { "webhook-id": id, "webhook-timestamp": "1614265330", "webhook-signature": signature };

function verify(headers: Readonly<Record<string, string>>, keys = [key], now = at, bytes: Uint8Array = body): boolean {
  return verifyWebhook((name) => headers[name], bytes, keys, now);
}

describe("signWebhook()", () => {
  it("signs as the specification's example says", () => {
    expect(signWebhook({ id, at: at + 999, body }, [key])).toEqual(good);
  });

  it("signs with each key, so that both sides may change theirs one after the other", () => {
    const headers = signWebhook({ id, at, body }, [otherKey, key]);

    expect(headers["webhook-signature"].split(" ")).toHaveLength(2);
    expect(verify(headers)).toBe(true);
    expect(verify(headers, [otherKey])).toBe(true);
  });
});

describe("verifyWebhook()", () => {
  it("takes a message that one of the keys signed, also among signatures of others and of other versions", () => {
    expect(verify(good)).toBe(true);
    expect(verify(good, [otherKey, key])).toBe(true);
    expect(verify({ ...good, "webhook-signature": `v1a,abc v1,abc ${signature}` })).toBe(true);
  });

  it.each([
    ["another body", good, [key], at, Buffer.from("{}")],
    ["another id", { ...good, "webhook-id": "msg_2" }, [key], at, body],
    ["another time", { ...good, "webhook-timestamp": "1614265331" }, [key], at, body],
    ["another key", good, [otherKey], at, body],
    ["no key", good, [], at, body],
    ["another version", { ...good, "webhook-signature": signature.replace("v1", "v2") }, [key], at, body],
    ["an empty signature", { ...good, "webhook-signature": "" }, [key], at, body],
    ["a time in milliseconds", { ...good, "webhook-timestamp": "1614265330000" }, [key], at, body],
    ["a time that is no number", { ...good, "webhook-timestamp": "1614265330.0" }, [key], at, body],
  ] as const)("refuses %s", (_, headers, keys, now, bytes) => {
    expect(verify(headers, [...keys], now, bytes)).toBe(false);
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("refuses a message without %s", (name) => {
    expect(verify(Object.fromEntries(Object.entries(good).filter(([header]) => header !== name)))).toBe(false);
  });

  it("takes what is five minutes old or ahead, and nothing beyond", () => {
    const minutes = 60_000;

    expect(verify(good, [key], at + 5 * minutes)).toBe(true);
    expect(verify(good, [key], at - 5 * minutes)).toBe(true);
    expect(verify(good, [key], at + 5 * minutes + 1)).toBe(false);
    expect(verify(good, [key], at - 5 * minutes - 1)).toBe(false);
  });
});

describe("webhookKey()", () => {
  it("reads a secret with and without its prefix, and with a line break behind it", () => {
    expect(webhookKey(`${secret}\n`)).toEqual(key);
    expect(webhookKey(secret.slice("whsec_".length))).toEqual(key);
  });

  it.each(["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "a secret"])("gives undefined for %j", (text) => {
    expect(webhookKey(text)).toBeUndefined();
  });
});
