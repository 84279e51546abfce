import { describe, expect, it } from "vitest";
import type { Change } from "../../shared/core/change.ts";
import { canonicalJson, digest } from "../../shared/core/digest.ts";

const head = { format: "rollcall-plan/1", target: "contoso", owner: "contoso-platform" };

function removal(text: string, line: number): Change {
  const reason = { code: "deleteAfterDays", worker: "employee/1", line, text } as const;
  return { kind: "deleteUser", key: "u1", before: { state: "blocked" }, after: null, reason };
}

describe("canonicalJson()", () => {
  it("sorts keys, drops what is undefined and writes no spaces", () => {
    expect(canonicalJson({ b: [1, "x", undefined, null], a: undefined, A: { d: true, c: null } })).toBe(
      '{"A":{"c":null,"d":true},"b":[1,"x",null,null]}',
    );
  });
});

describe("digest()", () => {
  it("is the SHA-256 of format, target, owner and changes", () => {
    expect(digest({ ...head, changes: [] })).toBe("36ca9ca2ee1112c3b46c8fe42e6cf45cbde87ee1d38d0be802987dc106c26f15");
    expect(digest({ ...head, changes: [removal("for long", 2)] })).toBe(
      "91bc56cad3b15cfb6759e549ee8c71c473ef4ac37411b676ac502e720a560ae4",
    );
  });

  it("does not depend on reasons, so that a moved row asks for no second acceptance", () => {
    expect(digest({ ...head, changes: [removal("for ages", 9)] })).toBe(
      digest({ ...head, changes: [removal("for long", 2)] }),
    );
  });

  it("differs between targets and owners", () => {
    const own = digest({ ...head, changes: [] });

    expect(digest({ ...head, target: "fabrikam", changes: [] })).not.toBe(own);
    expect(digest({ ...head, owner: "fabrikam", changes: [] })).not.toBe(own);
  });
});
