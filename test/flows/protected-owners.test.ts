// Requests and access of accounts that the rules protect.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  default:
    owners: [owner@contoso.com]
    rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
    ask: { approvers: [owners], finalAfterDays: 14 }
  review: { whenChanged: [department], unapproved: suspend }
protect: ["*@admins.contoso.com"]
`;

let local: LocalRequests;
beforeEach(async () => {
  local = await startLocalRequests({ rules });
});
afterEach(() => local.close());

async function sweep(): Promise<void> {
  local.advanceDays(1);
  await local.refreshRoster();
  await sweepRequests(["contoso"], local.world, signal);
  for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
}

describe("an account that the rules protect", () => {
  it("gets no decision, by a rule or by people", async () => {
    local.submit("s1", await local.addPerson(1, { email: "ada@admins.contoso.com" }));
    local.submit("s2", await local.addPerson(2, { email: "bob@admins.contoso.com", department: "Treasury" }));
    for (const id of ["s1", "s2"]) {
      await local.look(id);

      expect(local.stateOf(id)?.state).toBe("submitted");
      expect(await local.record(id)).toMatchObject({ status: "closed", outcome: { code: "ownerProtected" } });
      expect((await local.record(id))?.answer).toBeUndefined();
    }
    expect(local.notices).toEqual([]);
  });

  it("keeps access that nobody approved, also the administrator's own", async () => {
    await sweep();
    local.submit("theirs", await local.addPerson(1, { email: "ada@admins.contoso.com" }), { state: "active" });
    local.submit("administrators", "1", { state: "active" });
    local.submit("another", await local.addPerson(2), { state: "active" });
    await sweep();

    const states = ["theirs", "administrators", "another"].map((id) => local.stateOf(id)?.state);
    expect(states).toEqual(["active", "active", "suspended"]);
  });

  it("keeps access that was granted before it was protected, whatever HR says now", async () => {
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    await local.addPerson(1, { department: "Treasury" });
    local.simulator.edit.putUser({ id: "rc-1", email: "ada@admins.contoso.com" });
    await sweep();

    expect(local.stateOf("s1")?.state).toBe("active");
    expect((await local.record("s1"))?.review).toBeUndefined();
  });
});
