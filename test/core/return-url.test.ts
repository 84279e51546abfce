import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { portalPath } from "../../shared/core/return-url.ts";

const portalUrl = "https://contoso.developer.azure-api.net";

describe("portalPath()", () => {
  it("keeps path, query and fragment of an address on the portal", () => {
    expect(portalPath("/products?x=1#y", portalUrl)).toBe("/products?x=1#y");
    expect(portalPath(`${portalUrl}/products?x=1#y`, portalUrl)).toBe("/products?x=1#y");
    expect(portalPath("", portalUrl)).toBe("/");
  });

  it("never begins with two slashes, which would name a host", () => {
    expect(portalPath("/.//evil.example/x", portalUrl)).toBe("/evil.example/x");
    expect(portalPath("/a/..//evil.example", portalUrl)).toBe("/evil.example");
  });

  it("gives the portal's start for what is no address", () => {
    expect(portalPath("https://", portalUrl)).toBe("/");
  });

  it("stays on the portal, whatever the text is", () => {
    const part = fc.constantFrom(
      "/",
      "\\",
      ".",
      "..",
      "//",
      "@",
      ":",
      "?",
      "#",
      "evil.example",
      "https:",
      "javascript:",
      "%2f",
      "\t",
      "a",
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      fc.webUrl(),
      fc.string(),
    );

    fc.assert(
      fc.property(text, (returnUrl) => {
        const path = portalPath(returnUrl, portalUrl);
        // However a browser reads it: as a path, or joined to the portal's address.
        expect(new URL(path, portalUrl).origin).toBe(portalUrl);
        expect(path).toMatch(/^\/(?![/\\])/);
      }),
    );
  });
});
