import { describe, expect, it } from "vitest";
import { workerKey, workerParts } from "../../shared/core/person.ts";

describe("workerKey()", () => {
  it("keeps employee and contingent numbers apart", () => {
    expect(workerKey("employee", "1")).toBe("employee/1");
    expect(workerKey("contingent", "1")).toBe("contingent/1");
  });

  it("escapes the slash, so that no two workers share a key", () => {
    expect(workerKey("a/b", "c")).toBe("a%2Fb/c");
    expect(workerKey("a", "b/c")).toBe("a/b%2Fc");
  });

  it("replaces half a surrogate pair instead of failing", () => {
    expect(workerKey("employee", "1\uD800")).toBe("employee/1%EF%BF%BD");
  });
});

describe("workerParts()", () => {
  it("gives back number space and employee number", () => {
    expect(workerParts("a%2Fb/c%20d")).toEqual({ numberSpace: "a/b", employeeNumber: "c d" });
    expect(workerParts("/7")).toEqual({ numberSpace: "", employeeNumber: "7" });
  });
});
