import { describe, expect, it } from "vitest";
import { factsHash, factsInstant, factsName, leaverNoteName } from "../../shared/core/facts.ts";

describe("factsHash", () => {
  it("is the same for the same facts in any order, and another for other facts or another salt", () => {
    const hash = factsHash({ salt: "s", facts: { a: 1, b: [2] } });

    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(factsHash({ salt: "s", facts: { b: [2], a: 1 } })).toBe(hash);
    expect(factsHash({ salt: "t", facts: { a: 1, b: [2] } })).not.toBe(hash);
    expect(factsHash({ salt: "s", facts: { a: 1, b: [3] } })).not.toBe(hash);
  });
});

describe("factsName", () => {
  it("begins with the instant, and keeps subscriptions and targets apart", () => {
    const at = Date.parse("2026-03-02T08:00:00Z");

    expect(factsInstant(factsName(at, "contoso", "s1"))).toBe(at);
    expect(factsName(at, "a", "b")).not.toBe(factsName(at, "a", "c"));
    expect(factsName(at, "a", "b")).not.toBe(factsName(at, "b", "a"));
    expect(factsInstant("s1")).toBeUndefined();
  });
});

describe("leaverNoteName", () => {
  const name = leaverNoteName("contoso", "rc-1", "payments-api", "2026-12-24");

  it("says neither whose note it is nor which day, and is old from the month's end on", () => {
    expect(factsInstant(name)).toBe(Date.UTC(2027, 0, 1));
    expect(name).toMatch(/^\d{13}-leaver-[0-9a-f]{64}$/);
  });

  it("is the same each time, and another for anything else", () => {
    expect(leaverNoteName("contoso", "rc-1", "payments-api", "2026-12-24")).toBe(name);
    expect(leaverNoteName("contoso", "rc-1", "payments-api", "2026-12-23")).not.toBe(name);
    expect(leaverNoteName("contoso", "rc-1", "maps", "2026-12-24")).not.toBe(name);
    expect(leaverNoteName("contoso", "rc-2", "payments-api", "2026-12-24")).not.toBe(name);
    expect(leaverNoteName("fabrikam", "rc-1", "payments-api", "2026-12-24")).not.toBe(name);
  });
});
