import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, harmlessLine, unlinkedLine } from "../../shared/notify/harmless-text.ts";

const joiner = "\u2060";

describe("harmlessLine", () => {
  it.each([
    ["a\r\nBcc: all@contoso.com", "a Bcc: all@contoso.com"],
    ["a\u2028b\u0085c", "a b c"],
    ["a\u0000\u001b[31mb\u007f", "a\ufffd\ufffd[31mb\ufffd"],
    ["\u202egpj.exe\u2066", "\ufffdgpj.exe\ufffd"],
    ["pay\u200bpal\u2060\u00ad\ufeff", "pay\ufffdpal\ufffd\ufffd\ufffd"],
    ["\u{e0041}tag", "\ufffdtag"],
    ["half \ud83d", "half \ufffd"],
    ["Zoë Łukasz 人 😀 می\u200cخواهم", "Zoë Łukasz 人 😀 می\u200cخواهم"],
  ])("of %j is %j", (text, line) => {
    expect(harmlessLine(text)).toBe(line);
  });

  it("gives one line, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(harmlessLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\p{Surrogate}]/u);
      }),
    );
  });
});

describe("unlinkedLine", () => {
  it.each([
    "https://evil.example/a",
    "HTTP://EVIL.EXAMPLE",
    "www.evil.example",
    "evil.example",
    "javascript:alert(1)",
    "mailto:a@evil.example",
    "(see evil.example/x?y=a@b.example)",
    "evil。example",
    "file:\\\\evil\\share",
  ])("breaks %j, and shows the same characters", (text) => {
    const line = unlinkedLine(text);

    expect(line.replaceAll(joiner, "")).toBe(text);
    expect(line).not.toMatch(/[A-Za-z]:\/\/|[a-z][.。:][a-z]|:\\/i);
  });

  it.each(["Ada Lovelace <ada.1@contoso.com> asks for it.", "At 9 o'clock... (twice)", "payments-api, v2"])(
    "leaves %j as it is",
    (text) => {
      expect(unlinkedLine(text)).toBe(text);
    },
  );
});

describe("escapeHtml", () => {
  it("leaves nothing that ends a text or an attribute", () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      "&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;amp;&#60;/a&#62;",
    );
  });
});
