import { describe, expect, it } from "vitest";
import { type Change, changeId, type Reason } from "../../shared/core/change.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import { createSchedule, type Schedule } from "../../shared/core/schedule.ts";

const reason: Reason = { code: "groupRuleHolds", text: "" };
const group: Change = { kind: "createGroup", key: "g", before: null, after: { displayName: "G" }, reason };
const account: Change = {
  kind: "createUser",
  key: "u",
  before: null,
  after: { firstName: "A", lastName: "B", email: "a@x", worker: "e/1" },
  reason,
};
const membership: Change = { kind: "addMember", key: "g/u", before: null, after: { group: "g", user: "u" }, reason };
const link: Change = { kind: "addProductLink", key: "p/g", before: null, after: { product: "p", group: "g" }, reason };

function move(key: string, from: string, to: string): Change {
  return { kind: "updateUser", key, before: { email: from }, after: { email: to }, reason };
}

function all(schedule: Schedule): readonly string[] {
  const ids: string[] = [];
  for (let change = schedule.next(); change !== undefined; change = schedule.next()) ids.push(changeId(change));
  return ids;
}

function done(id: string, fields: Partial<Outcome> = {}): [string, Outcome] {
  return [id, { id, kind: "createGroup", key: "g", status: "applied", at: 0, ...fields }];
}

const none = new Map<string, Outcome>();
const failed = { status: "failed", code: "APIM_INVALID" } as const;

describe("createSchedule()", () => {
  it("hands out what is free at once, and each change once", () => {
    const schedule = createSchedule([group, account, membership], none);

    expect(all(schedule)).toEqual(["createGroup:g", "createUser:u"]);
    expect(all(schedule)).toEqual([]);
  });

  it("hands a change out once everything that it needs is made", () => {
    const schedule = createSchedule([group, account, membership], none);

    expect(schedule.settle({ id: "createUser:u", status: "applied" })).toEqual([]);
    expect(all(schedule)).not.toContain("addMember:g/u");
    schedule.settle({ id: "createGroup:g", status: "applied" });
    expect(all(schedule)).toEqual(["addMember:g/u"]);
  });

  it("takes the end of a change that nothing waits for", () => {
    const schedule = createSchedule([account], none);

    expect(schedule.settle({ id: "createUser:u", status: "applied" })).toEqual([]);
    expect(all(schedule)).toEqual([]);
  });

  it("counts what was already so as made", () => {
    const schedule = createSchedule([group, link], none);

    schedule.settle({ id: "createGroup:g", status: "skipped", reason: "alreadySo" });

    expect(all(schedule)).toContain("addProductLink:p/g");
  });

  it.each([
    ["failed", { status: "failed" }],
    ["changed meanwhile", { status: "skipped", reason: "changedMeanwhile" }],
    ["held", { status: "held" }],
  ] as const)(
    "skips by name what hangs on a change that is %s, through others too, and nothing else",
    (_what, outcome) => {
      const schedule = createSchedule([move("3", "c", "d"), move("2", "b", "c"), move("1", "a", "b"), group], none);

      const blocked = schedule.settle({ id: "updateUser:3", ...outcome });

      expect(blocked.map(({ change, dependsOn }) => [changeId(change), dependsOn])).toEqual([
        ["updateUser:2", "updateUser:3"],
        ["updateUser:1", "updateUser:2"],
      ]);
      expect(all(schedule)).toEqual(["createGroup:g"]);
    },
  );

  it("skips a change once, though two that it needs fail", () => {
    const schedule = createSchedule([group, account, membership], none);

    expect(schedule.settle({ id: "createGroup:g", status: "failed" })).toHaveLength(1);
    expect(schedule.settle({ id: "createUser:u", status: "failed" })).toEqual([]);
    expect(schedule.settle({ id: "createUser:u", status: "applied" })).toEqual([]);
  });

  it("hands a change out once, though one that it needs is settled twice", () => {
    const schedule = createSchedule([group, link], none);
    all(schedule);

    schedule.settle({ id: "createGroup:g", status: "applied" });
    schedule.settle({ id: "createGroup:g", status: "applied" });

    expect(all(schedule)).toEqual(["addProductLink:p/g"]);
  });

  describe("after an earlier slice", () => {
    it("leaves out what has an outcome, and waits only for what has none", () => {
      const schedule = createSchedule(
        [group, account, membership, link],
        new Map([done("createGroup:g"), done("addProductLink:p/g")]),
      );

      expect(all(schedule)).toEqual(["createUser:u"]);
      schedule.settle({ id: "createUser:u", status: "applied" });
      expect(all(schedule)).toEqual(["addMember:g/u"]);
    });

    it("skips at once what hangs on a change that failed there", () => {
      const schedule = createSchedule([group, account, membership, link], new Map([done("createGroup:g", failed)]));

      expect(schedule.blocked.map(({ change, dependsOn }) => [changeId(change), dependsOn])).toEqual([
        ["addMember:g/u", "createGroup:g"],
        ["addProductLink:p/g", "createGroup:g"],
      ]);
      expect(all(schedule)).toEqual(["createUser:u"]);
      schedule.settle({ id: "createUser:u", status: "applied" });
      expect(all(schedule)).toEqual([]);
    });
  });

  it("frees twenty thousand changes that wait for one", () => {
    const users = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
    const members = users.map(
      (user): Change => ({ kind: "addMember", key: `g/${user}`, before: null, after: { group: "g", user }, reason }),
    );

    const schedule = createSchedule([group, ...members], none);
    schedule.settle({ id: "createGroup:g", status: "applied" });

    expect(all(schedule)).toHaveLength(20_000);
  });
});
