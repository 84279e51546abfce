import { describe, expect, it } from "vitest";
import { writeMark } from "../../shared/core/mark.ts";
import { isUntouched } from "../../shared/core/untouched.ts";
import { anAccount, idOf, owner } from "../helpers/core-builders.ts";

const stranger = anAccount("1", { id: "portal-1", note: "met at the fair" });

describe("isUntouched()", () => {
  it("holds where nobody has an id or a mark of Rollcall's, and none is remembered", () => {
    expect(isUntouched([], new Map())).toBe(true);
    expect(isUntouched([stranger], new Map())).toBe(true);
  });

  it.each([
    ["an account has an id of Rollcall's making, whatever its capitals", { ...stranger, id: idOf("9").toUpperCase() }],
    ["an account has a mark", { ...stranger, note: writeMark("", { owner, space: "employee", key: "9" }) }],
    [
      "an account has another installation's mark",
      { ...stranger, note: writeMark("", { owner: "else", space: "employee", key: "9" }) },
    ],
    ["an account has a mark that cannot be read", { ...stranger, note: "rollcall/1 owner=" }],
  ])("does not where %s", (_, user) => {
    expect(isUntouched([stranger, user], new Map())).toBe(false);
  });

  it("does not where an account is remembered that is not there any more", () => {
    expect(isUntouched([stranger], new Map([["employee/1", "rc-gone"]]))).toBe(false);
  });
});
