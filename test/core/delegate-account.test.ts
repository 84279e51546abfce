import { describe, expect, it } from "vitest";
import { refuseAccount } from "../../shared/core/delegate-account.ts";
import { aUser, idOf, markOf, owner } from "../helpers/core-builders.ts";

const worker = "employee/1";
const mine = aUser(idOf("1"), { email: "p1@contoso.com", note: markOf("1") });

function refuse(user: Parameters<typeof refuseAccount>[0], protect: readonly string[] = []) {
  return refuseAccount(user, worker, { owner, protect });
}

describe("refuseAccount()", () => {
  it("lets a worker into the active account that carries the worker's mark", () => {
    expect(refuse(mine)).toBeUndefined();
  });

  it.each([
    ["is not there", undefined, "noAccount"],
    ["is user 1, whatever its mark", { ...mine, id: "1" }, "protected"],
    ["has no mark, although its address is the worker's", { ...mine, note: "" }, "notOurs"],
    ["carries another worker's mark", { ...mine, note: markOf("2") }, "notOurs"],
    ["carries the mark of the same number in another space", { ...mine, note: markOf("1", undefined, "c") }, "notOurs"],
    ["carries another owner's mark", { ...mine, note: "rollcall/1 owner=x space=employee key=1" }, "notOurs"],
    ["carries two marks", { ...mine, note: `${markOf("1")}\n${markOf("1")}` }, "notOurs"],
    ["is blocked", { ...mine, state: "blocked" }, "blocked"],
    ["is pending", { ...mine, state: "pending" }, "pending"],
    ["is deleted", { ...mine, state: "deleted" }, "deleted"],
  ] as const)("lets nobody into an account that %s", (_, user, why) => {
    expect(refuse(user)).toBe(why);
  });

  it("lets nobody into a protected account", () => {
    expect(refuse(mine, ["p1@*"])).toBe("protected");
    expect(refuse(mine, [mine.id])).toBe("protected");
  });
});
