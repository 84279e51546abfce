import { describe, expect, it } from "vitest";
import { createRunId, newestFirstKey } from "../../shared/runs/run-id.ts";

const now = Date.parse("2026-03-02T08:00:00Z");

describe("createRunId", () => {
  it("is 13 digits of the time, a hyphen and eight random characters", () => {
    const numbers = [0, 0.999_999, 0.5, 0.1, 0.2, 0.3, 0.4, 0.6];
    expect(createRunId(now, () => numbers.shift() ?? 0)).toBe("1772438400000-a7qdgjmt");
  });

  it("sorts by time, also from the time before 2001 when the digits were fewer", () => {
    const ids = [5, 999_999_999_999, 1_000_000_000_000, now].map((time) => createRunId(time, () => 0));
    expect(ids.toSorted()).toStrictEqual(ids);
  });
});

describe("newestFirstKey", () => {
  it("sorts the newer run first and keeps runs of one instant apart", () => {
    const older = newestFirstKey(createRunId(now, () => 0)) ?? "";
    const newer = newestFirstKey(createRunId(now + 1, () => 0)) ?? "";
    const twin = newestFirstKey(createRunId(now, () => 0.5)) ?? "";
    expect([older, twin, newer].toSorted()).toStrictEqual([newer, older, twin]);
  });

  it.each([
    "",
    "1772438400000",
    "1772438400000-a7qdgjm",
    "1772438400000-a7qdgjmtt",
    "1772438400000-A7QDGJMT",
    " 1772438400000-a7qdgjmt",
    "1772438400000-a7qdgjmt\n",
    "../72438400000-a7qdgjmt",
  ])("is undefined for %j, which is no run's id", (id) => {
    expect(newestFirstKey(id)).toBeUndefined();
  });
});
