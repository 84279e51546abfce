import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecisionLink, signLink, verifyLink } from "../../shared/webhook/decision-link.ts";

const now = Date.parse("2026-03-02T08:00:00Z");
const link: DecisionLink = { target: "contoso", subscription: "s-1", nonce: "n-1", expiresAt: now + 1000 };
const secret = "link-secret-of-contoso";
const refused = { ok: false };

describe("signLink", () => {
  it("gives a token that is safe in a path segment, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (target, subscription) => {
        const token = signLink({ ...link, target, subscription }, secret);
        expect(token).toMatch(/^[A-Za-z0-9_.-]+$/);
      }),
    );
  });

  it("holds neither the secret nor an address", () => {
    const [payload = ""] = signLink(link, secret).split(".");

    expect(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).toEqual([
      "contoso",
      "s-1",
      "n-1",
      now + 1000,
    ]);
  });
});

describe("verifyLink", () => {
  it("gives back what was signed", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        fc.string(),
        (target, subscription, nonce) => {
          const said = { target, subscription, nonce, expiresAt: now + 1 };
          expect(verifyLink(signLink(said, secret), [secret], now)).toEqual({ ok: true, link: said });
        },
      ),
    );
  });

  it("refuses the token with any one character changed, left out or put in", () => {
    const token = signLink(link, secret);
    for (let at = 0; at < token.length; at += 1) {
      const character = token[at] === "A" ? "B" : "A";
      expect(verifyLink(token.slice(0, at) + character + token.slice(at + 1), [secret], now)).toEqual(refused);
      expect(verifyLink(token.slice(0, at) + token.slice(at + 1), [secret], now)).toEqual(refused);
      expect(verifyLink(`${token.slice(0, at)}A${token.slice(at)}`, [secret], now)).toEqual(refused);
    }
  });

  it("refuses another spelling of the same bytes", () => {
    const token = signLink(link, secret);
    const [payload = "", signature = ""] = token.split(".");
    const bytes = Buffer.from(signature, "base64url");
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(signature.at(-1) ?? "");
    const spellings = [
      bytes.toString("base64"),
      `${signature}=`,
      `${signature}==`,
      // 32 bytes leave two bits of the last character unused.
      ...[1, 2, 3].map((bits) => signature.slice(0, -1) + alphabet[last ^ bits]),
      `${signature} `,
      `${signature}\n`,
    ].filter((spelling) => spelling !== signature);

    expect(spellings.some((spelling) => Buffer.from(spelling, "base64url").equals(bytes))).toBe(true);
    for (const spelling of spellings) {
      expect(verifyLink(`${payload}.${spelling}`, [secret], now)).toEqual(refused);
    }
    expect(verifyLink(`${payload}=.${signature}`, [secret], now)).toEqual(refused);
    expect(verifyLink(`${token}.`, [secret], now)).toEqual(refused);
  });

  it("refuses what is no token at all", () => {
    for (const text of ["", ".", "..", "a.b", "%00.%00", "null", `${"a".repeat(100_000)}.b`]) {
      expect(verifyLink(text, [secret], now)).toEqual(refused);
    }
  });

  it("refuses what is signed but is not a link", () => {
    for (const value of [null, {}, [], ["contoso"], ["contoso", "s", "n", "later"], [1, 2, 3, 4]]) {
      const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
      const mac = createHmac("sha256", secret).update(`decision-link/1\n${payload}`).digest("base64url");
      expect(verifyLink(`${payload}.${mac}`, [secret], now)).toEqual(refused);
    }
  });

  it("refuses a signature that was made for something else with the same secret", () => {
    const [payload = ""] = signLink(link, secret).split(".");
    const mac = createHmac("sha256", secret).update(payload).digest("base64url");

    expect(verifyLink(`${payload}.${mac}`, [secret], now)).toEqual(refused);
  });

  it("is over at its end, and not before", () => {
    const token = signLink(link, secret);

    expect(verifyLink(token, [secret], link.expiresAt - 1)).toMatchObject({ ok: true });
    expect(verifyLink(token, [secret], link.expiresAt)).toEqual(refused);
  });

  it("takes any of the secrets, and none that has been dropped", () => {
    const token = signLink(link, secret);

    expect(verifyLink(token, ["new", secret], now)).toEqual({ ok: true, link });
    expect(verifyLink(token, ["new"], now)).toEqual(refused);
    expect(verifyLink(token, [], now)).toEqual(refused);
  });
});
