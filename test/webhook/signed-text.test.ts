import { describe, expect, it } from "vitest";
import { openText, signText } from "../../shared/webhook/signed-text.ts";

describe("openText()", () => {
  it("gives the text back as it was, for its purpose alone", () => {
    const token = signText("a", "ŠÅ.\n", "one");

    expect(openText("a", token, ["two", "one"])).toBe("ŠÅ.\n");
    expect(openText("b", token, ["one"])).toBeUndefined();
    expect(openText("a", token, ["two"])).toBeUndefined();
  });
});
