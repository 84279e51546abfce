import { describe, expect, it } from "vitest";
import { createRepeatedText } from "../../shared/core/repeated-text.ts";

describe("createRepeatedText()", () => {
  it("gives every text back as it was, also when there are more than it keeps", () => {
    const once = createRepeatedText();
    const texts = Array.from({ length: 3_000 }, (_, index) => `Department ${index % 1_500}`);

    const given = texts.map(once);

    expect(given).toEqual(texts);
  });
});
