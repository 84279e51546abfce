import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storageKey } from "../../shared/storage/storage-key.ts";

// By UTF-16 unit, so that controls, half pairs and the escape's own characters come up often.
const names = fc.string({
  unit: fc.constantFrom("a", "A", "=", "~", "-", ".", "/", "\\", "#", "?", "%", "\u0000", "\u0085", "\ud83d", "0", "f"),
});

describe("storageKey", () => {
  it("holds only characters that tables, blobs and URLs take as they are", () => {
    fc.assert(fc.property(names, (name) => /^[A-Za-z0-9_=~-]+$/.test(storageKey(name))));
  });

  it("keeps different names apart", () => {
    fc.assert(fc.property(names, names, (a, b) => (storageKey(a) === storageKey(b)) === (a === b)));
  });

  it("keeps long names apart and short enough for a key with a prefix", () => {
    const long = "人".repeat(1000);
    expect(storageKey(long).length).toBeLessThan(500);
    expect(storageKey(long)).not.toBe(storageKey(`${long}.`));
  });

  it("leaves a plain name readable", () => {
    expect(storageKey("contoso-prod_1")).toBe("contoso-prod_1");
  });
});
