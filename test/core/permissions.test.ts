import { describe, expect, it } from "vitest";
import { permissionsOf } from "../../shared/core/permissions.ts";

describe("permissionsOf()", () => {
  it.each([
    [[], { seeRequests: false, answer: false, seeRuns: false, operate: false }],
    [["reader"], { seeRequests: true, answer: false, seeRuns: true, operate: false }],
    [["approver"], { seeRequests: true, answer: true, seeRuns: false, operate: false }],
    [["operator"], { seeRequests: true, answer: false, seeRuns: true, operate: true }],
    [["reader", "approver", "operator"], { seeRequests: true, answer: true, seeRuns: true, operate: true }],
  ] as const)("gives to %j what the role is for, and no more", (roles, permissions) => {
    expect(permissionsOf({ roles })).toEqual(permissions);
  });
});
