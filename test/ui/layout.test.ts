import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { html } from "../../shared/ui/html.ts";
import { pageHeaders, renderPage } from "../../shared/ui/layout.ts";
import { attribute, type Element, readPage, textOf } from "./page-reader.ts";

const links = [
  { text: "Requests", href: "/api/ui", current: true },
  { text: "Runs", href: "/api/ui/runs" },
];

function one(elements: readonly Element[]): Element {
  const [element, ...more] = elements;
  if (element === undefined || more.length > 0) throw new Error(`${elements.length} elements, expected one`);
  return element;
}

describe("renderPage()", () => {
  const page = readPage(renderPage({ title: "Requests", body: html`<p>Body</p>`, navigation: links }));

  it("has the landmarks, one heading of the first level, and a way past the navigation", () => {
    expect(textOf(one(page.all("h1")))).toBe("Requests");
    expect(textOf(one(page.all("title")))).toBe("Requests · Rollcall");
    expect(attribute(one(page.all("html")), "lang")).toBe("en");
    for (const landmark of ["header", "nav", "main", "footer"]) one(page.all(landmark));
    const skip = page.all("a")[0];
    expect(attribute(skip, "href")).toBe(`#${attribute(one(page.all("main")), "id")}`);
  });

  it("says where the reader is", () => {
    expect(textOf(one(page.all("a", { "aria-current": "page" })))).toBe("Requests");
  });

  it("is complete by itself and runs nothing", () => {
    expect(page.tags).not.toEqual(expect.arrayContaining(["script"]));
    const addresses = page.elements.flatMap(({ attrs }) =>
      attrs.filter(({ name }) => ["href", "src", "action"].includes(name)).map(({ value }) => value),
    );
    expect(addresses.filter((address) => !/^(\/api\/|#|data:,$)/.test(address))).toEqual([]);
  });

  it("needs no navigation", () => {
    const alone = readPage(renderPage({ title: "Sign in", body: html``, narrow: true }));

    expect(alone.all("nav")).toEqual([]);
    expect(attribute(one(alone.all("main")), "class")).toBe("narrow");
  });
});

describe("pageHeaders()", () => {
  it("allows nothing but the page's own style sheet, by its hash", () => {
    const [, style = ""] = /<style>(.*)<\/style>/s.exec(renderPage({ title: "", body: html`` })) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");

    expect(style.length).toBeGreaterThan(1000);
    expect(pageHeaders()["Content-Security-Policy"]).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    );
  });

  it("lets nobody keep, guess or frame the page, and tells nobody where it was left", () => {
    expect(pageHeaders()).toMatchObject({
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
      "X-Frame-Options": "DENY",
    });
  });

  it("names the origin, and nothing more, to which a form may lead on", () => {
    expect(pageHeaders("https://portal.contoso.com/a/b?c=d")["Content-Security-Policy"]).toContain(
      "form-action 'self' https://portal.contoso.com;",
    );
  });
});
