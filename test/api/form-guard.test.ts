import { describe, expect, it } from "vitest";
import { createFormGuard, type FormGuardDeps } from "../../shared/api/form-guard.ts";
import type { Principal } from "../../shared/core/principal.ts";
import { signText } from "../../shared/webhook/signed-text.ts";

const esra: Principal = { name: "esra@contoso.com", objectId: "11111111-0000-0000-0000-000000000001", roles: [] };
const hugo: Principal = { name: "hugo@contoso.com", objectId: "11111111-0000-0000-0000-000000000002", roles: [] };
const own = { origin: "https://rollcall.contoso.com" };
const { signal } = new AbortController();

function guard(more: Partial<FormGuardDeps> = {}, taken = new Set<string>()) {
  return createFormGuard({
    secrets: ["secret-one"],
    principal: esra,
    origin: own.origin,
    now: () => 1_000_000,
    createId: () => `id-${taken.size}`,
    takeOnce: async (value) => taken.size < taken.add(value).size,
    ...more,
  });
}

function sent(headers: Readonly<Record<string, string>> = own) {
  return (name: string): string | undefined => headers[name];
}

describe("createFormGuard()", () => {
  it("takes its own form once", async () => {
    const forms = guard();
    const token = forms.issue("answer:1");

    expect(await forms.check("answer:1", token, sent(), signal)).toBe("ok");
    expect(await forms.check("answer:1", token, sent(), signal)).toBe("used");
  });

  it("takes no form for another thing, another person, or of another secret", async () => {
    const token = guard().issue("answer:1");

    expect(await guard().check("answer:2", token, sent(), signal)).toBe("stale");
    expect(await guard({ principal: hugo }).check("answer:1", token, sent(), signal)).toBe("stale");
    expect(await guard({ principal: undefined }).check("answer:1", token, sent(), signal)).toBe("stale");
    expect(await guard({ secrets: ["secret-two"] }).check("answer:1", token, sent(), signal)).toBe("stale");
  });

  it("takes a form that the secret before signed", async () => {
    const token = guard().issue("answer:1");

    expect(await guard({ secrets: ["secret-two", "secret-one"] }).check("answer:1", token, sent(), signal)).toBe("ok");
  });

  it("takes no form that lay too long", async () => {
    const token = guard().issue("answer:1");
    const eightHours = 8 * 3_600_000;
    const inTime = guard({ now: () => 1_000_000 + eightHours - 1 });
    const late = guard({ now: () => 1_000_000 + eightHours });

    expect(await late.check("answer:1", token, sent(), signal)).toBe("stale");
    expect(await inTime.check("answer:1", token, sent(), signal)).toBe("ok");
  });

  it.each(["", ".", "..", "a.b.c", signText("form/1", "[]", "secret-one"), signText("form/1", "{}", "secret-one")])(
    "takes no form with the token %j",
    async (token) => {
      expect(await guard().check("answer:1", token, sent(), signal)).toBe("stale");
    },
  );

  it.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another port", { origin: "https://rollcall.contoso.com:8443" }],
    ["a page within a sandbox", { origin: "null", "sec-fetch-site": "cross-site" }],
    ["a neighbouring site", { origin: own.origin, "sec-fetch-site": "same-site" }],
    ["no page", { "sec-fetch-site": "none" }],
    ["nobody says", {}],
    ["an origin that is not told", { origin: "null" }],
  ])("takes no form from %s, and does not spend it", async (_, headers) => {
    const forms = guard();
    const token = forms.issue("answer:1");

    expect(await forms.check("answer:1", token, sent(headers), signal)).toBe("foreign");
    expect(await forms.check("answer:1", token, sent(), signal)).toBe("ok");
  });

  it.each([
    ["the origin alone", own],
    ["the site alone", { "sec-fetch-site": "same-origin" }],
    ["an origin that no-referrer hides, and the site", { origin: "null", "sec-fetch-site": "same-origin" }],
  ])("takes a form of which the browser says %s", async (_, headers) => {
    const forms = guard();

    expect(await forms.check("answer:1", forms.issue("answer:1"), sent(headers), signal)).toBe("ok");
  });
});

describe("without a secret", () => {
  it("says which setting is missing instead of giving a form that anybody could make", async () => {
    expect(() => guard({ secrets: [] }).issue("answer:1")).toThrow("ROLLCALL_LINK_SECRETS");
    expect(await guard({ secrets: [] }).check("answer:1", guard().issue("answer:1"), sent(), signal)).toBe("stale");
  });
});
