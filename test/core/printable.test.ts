import { describe, expect, it } from "vitest";
import { printable } from "../../shared/core/printable.ts";

describe("printable()", () => {
  it("shows what steers a terminal or turns the reading direction as a code", () => {
    expect(printable("a\u001b[31mb\u202Ec\u0007\n")).toBe("a\\u001b[31mb\\u202ec\\u0007\\u000a");
  });

  it("leaves letters of any script, and what only looks unusual, as they are", () => {
    expect(printable("Zoë Dvořák 李 👩‍💻")).toBe("Zoë Dvořák 李 👩‍💻");
  });
});
