import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWebhookSecret, signWebhook, verifyWebhook } from "../../shared/webhook/standard-webhooks.ts";

// The example that the specification's own libraries are tested with.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = 1_614_265_330;
const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: now, body: '{"test": 2432232314}' };
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const other = `whsec_${Buffer.from("another secret of this length!!!").toString("base64")}`;

describe("signWebhook", () => {
  it("gives the signature of the specification's example", () => {
    expect(signWebhook(message, secret)).toBe(signature);
    expect(signWebhook(message, secret.slice("whsec_".length))).toBe(signature);
    expect(signWebhook({ ...message, body: Buffer.from(message.body) }, secret)).toBe(signature);
  });
});

describe("verifyWebhook", () => {
  const verify = (changed: Partial<typeof message & { signature: string }> = {}, secrets = [secret], at = now) =>
    verifyWebhook({ ...message, signature, ...changed }, secrets, at);

  it("takes the specification's example, its time as a number or as the header's text", () => {
    expect(verify()).toBe(true);
    expect(verifyWebhook({ ...message, timestamp: String(now), signature }, [secret], now)).toBe(true);
  });

  it("takes any of several secrets, and any of several signatures", () => {
    expect(verify({}, [other, secret])).toBe(true);
    expect(verify({ signature: `v1,AAAA v1a,BBBB ${signature}` })).toBe(true);
    expect(verify({ signature: `${signWebhook(message, other)} ${signature}` }, [secret])).toBe(true);
    expect(verify({}, [other])).toBe(false);
    expect(verify({}, [])).toBe(false);
  });

  it("takes a time within five minutes of now, before and after, and no other", () => {
    expect(verify({}, [secret], now + 300)).toBe(true);
    expect(verify({}, [secret], now - 300)).toBe(true);
    expect(verify({}, [secret], now + 301)).toBe(false);
    expect(verify({}, [secret], now - 301)).toBe(false);
  });

  it.each(["", " ", "1614265330.0", "+1614265330", "0x60376ff2", "NaN", "1614265330 "])(
    "takes %j for no time",
    (text) => {
      const signed = signWebhook({ ...message, timestamp: text }, secret);
      expect(verifyWebhook({ ...message, timestamp: text, signature: signed }, [secret], now)).toBe(false);
    },
  );

  it.each([
    "",
    "v1",
    "v1,",
    signature.slice(3),
    signature.replace("v1", "v2"),
    signature.replace("v1", "V1"),
    `${signature},`,
    // The same bytes in other spellings of base64.
    signature.replace("+", "-").replace("/", "_"),
    signature.slice(0, -1),
    signature.replace("OE=", "OF="),
  ])("refuses the signature %j", (text) => {
    expect(verify({ signature: text })).toBe(false);
  });

  it.each(["", "whsec_", "whsec_AAAA", "not base64, but a text of some length"])(
    "takes nothing that the secret %j signed, which anybody could guess",
    (weak) => {
      expect(isWebhookSecret(weak)).toBe(false);
      expect(verify({ signature: signWebhook(message, weak) }, [weak])).toBe(false);
    },
  );

  it("refuses any change of id, time, body and signature", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("id" as const, "body" as const, "signature" as const),
        fc.nat(),
        fc.constantFrom("a", "A", "0", "."),
        (field, at, character) => {
          const text = { ...message, signature }[field];
          const place = at % text.length;
          const changed = text.slice(0, place) + character + text.slice(place + 1);
          expect(verify({ [field]: changed })).toBe(changed === text);
        },
      ),
    );
    expect(verify({ timestamp: now + 1 })).toBe(false);
  });
});
