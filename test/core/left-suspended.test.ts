import { describe, expect, it } from "vitest";
import { endedSuspensions, ownersToResume } from "../../shared/core/left-suspended.ts";
import { aSubscription, aUser } from "../helpers/core-builders.ts";

const remembered = new Map([
  ["s1", { at: 1, ownerId: "u1" }],
  ["s2", { at: 2, ownerId: "u1" }],
  ["s3", { at: 3, ownerId: "u2" }],
]);

describe("ownersToResume()", () => {
  it("names active accounts with a remembered suspension, each once", () => {
    const users = [aUser("u1"), aUser("u2", { state: "blocked" }), aUser("u3")];

    expect(ownersToResume(remembered, users)).toEqual(["u1"]);
    expect(ownersToResume(new Map(), users)).toEqual([]);
  });
});

describe("endedSuspensions()", () => {
  it("names what is no longer suspended or no longer the owner's, of the owners that were looked at", () => {
    const subscriptions = new Map([["u1", [aSubscription("s1", "u1", { state: "suspended" })]]]);

    expect(endedSuspensions(remembered, ["u1"], subscriptions)).toEqual(["s2"]);
    expect(endedSuspensions(remembered, [], subscriptions)).toEqual([]);
  });

  it("names what somebody else resumed", () => {
    const subscriptions = new Map([["u2", [aSubscription("s3", "u2", { state: "active" })]]]);

    expect(endedSuspensions(remembered, ["u2"], subscriptions)).toEqual(["s3"]);
    expect(endedSuspensions(remembered, ["u2"], new Map())).toEqual(["s3"]);
  });
});
