import { describe, expect, it } from "vitest";
import { userId } from "../../shared/core/user-id.ts";

describe("userId()", () => {
  it("is rc- and 26 characters of base32 of the SHA-256 of owner, number space and employee number", () => {
    expect(userId("contoso-platform", "employee", "1")).toBe("rc-f2t6oxghu33yjlm4jxwrnbeyxg");
  });

  it("differs between number spaces and between installations", () => {
    expect(userId("contoso-platform", "contingent", "1")).toBe("rc-64kq3mef5qajvjufjofuxk5asu");
    expect(userId("other", "employee", "1")).toBe("rc-u73v3ldh3yf4dhvl6ewqt7l3k3");
  });
});
