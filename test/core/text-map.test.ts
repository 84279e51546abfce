import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTextMap } from "../../shared/core/text-map.ts";

describe("createTextMap()", () => {
  it("answers as a map does, whatever the texts and their order", () => {
    const text = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom("", "Payments", "x".repeat(30), "x".repeat(31)));
    const step = fc.tuple(text, fc.option(fc.integer(), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = createTextMap<number>();
        const expected = new Map<string, number>();
        for (const [key, value] of steps) {
          if (value !== undefined) {
            map.set(key, value);
            expected.set(key, value);
          }
          expect(map.get(key)).toBe(expected.get(key));
          expect(map.size()).toBe(expected.size);
        }
      }),
    );
  });

  it("keeps apart more texts than its table has places, also when they are asked for in turns", () => {
    const map = createTextMap<number>();
    for (let index = 0; index < 20_000; index += 1) map.set(`Title ${index}`, index);
    const wrong = Array.from({ length: 20_000 }, (_, index) => index).filter(
      (index) => map.get(`Title ${index}`) !== index,
    );

    expect(wrong).toEqual([]);
    expect(map.get("Title 20000")).toBeUndefined();
  });
});
