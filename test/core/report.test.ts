import { describe, expect, it } from "vitest";
import type { Change } from "../../shared/core/change.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import {
  capacity,
  countChanges,
  countOutcomes,
  countProblems,
  describeChange,
  lastOutcomes,
} from "../../shared/core/report.ts";

const block: Change = {
  kind: "blockUser",
  key: "rc-1",
  before: { state: "active", marked: true },
  after: { state: "blocked", worker: "employee/1" },
  reason: {
    code: "leaverStated",
    worker: "employee/1",
    source: "hr",
    line: 8,
    text: "HR says that the work has ended",
  },
};
const create: Change = {
  kind: "createUser",
  key: "rc-2",
  before: null,
  after: { firstName: "Ada", lastName: "Ek", email: "ada@contoso.com", worker: "employee/2" },
  reason: { code: "joiner", worker: "employee/2", source: "hr", text: "HR has the person at work" },
};
const group: Change = {
  kind: "createGroup",
  key: "payments",
  before: null,
  after: { displayName: "Payments" },
  reason: { code: "groupInRules", text: "The rules name the group" },
};

function outcome(id: string, status: Outcome["status"]): Outcome {
  return { id, kind: "blockUser", key: id, status, at: 0 };
}

describe("countChanges()", () => {
  it("counts by kind and leaves out what there is none of", () => {
    expect(countChanges([block, create, block])).toEqual({ blockUser: 2, createUser: 1 });
  });
});

describe("countProblems()", () => {
  it("counts row problems and findings by code, sorted", () => {
    const problems = [{ code: "notText", source: "hr", line: 2, reason: "" }] as const;
    const findings = [
      { code: "preHire", text: "" },
      { code: "markWiped", text: "" },
      { code: "preHire", text: "" },
    ] as const;

    expect(Object.entries(countProblems({ problems, findings }))).toEqual([
      ["markWiped", 1],
      ["notText", 1],
      ["preHire", 2],
    ]);
  });
});

describe("countOutcomes()", () => {
  it("counts a change that was tried twice once, by its last outcome", () => {
    const outcomes = [outcome("a", "failed"), outcome("b", "held"), outcome("a", "applied"), outcome("c", "skipped")];

    expect(countOutcomes(outcomes)).toEqual({ applied: 1, skipped: 1, held: 1, failed: 0 });
    expect(lastOutcomes(outcomes).map(({ id, status }) => [id, status])).toEqual([
      ["a", "applied"],
      ["b", "held"],
      ["c", "skipped"],
    ]);
  });
});

describe("capacity()", () => {
  const base = { users: 10, active: 5, members: {} };
  const remove: Change = {
    kind: "deleteUser",
    key: "x",
    before: { state: "blocked" },
    after: null,
    reason: block.reason,
  };

  it("counts writes and the accounts afterwards", () => {
    expect(capacity({ changes: [create, create, remove, block], base })).toEqual({
      writes: 4,
      usersAfter: 11,
      secondsAtArmRate: 0,
    });
  });

  it("says how long it takes at Resource Manager's rate: 200 at once, then ten a second", () => {
    const seconds = (writes: number): number =>
      capacity({ changes: Array<Change>(writes).fill(block), base }).secondsAtArmRate;

    expect([200, 201, 1_000].map(seconds)).toEqual([0, 1, 80]);
  });
});

describe("describeChange()", () => {
  it("says what, about whom, why and where it stands, with ids and never a name or an address", () => {
    const placeText = (source: string, line: number | undefined) => `${line ?? "somewhere"} of ${source}`;

    expect([block, create, group].map((change) => describeChange(change, placeText))).toEqual([
      "blockUser rc-1 (worker employee/1): HR says that the work has ended [8 of hr]",
      "createUser rc-2 (worker employee/2): HR has the person at work [somewhere of hr]",
      "createGroup payments: The rules name the group",
    ]);
  });
});
