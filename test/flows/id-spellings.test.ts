// Ids of subscriptions in other capitals than the service's: its URLs do not tell them apart.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  default:
    owners: [owner@contoso.com]
    rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
    ask: { approvers: [owners], finalAfterDays: 14 }
`;

let local: LocalRequests;
beforeEach(async () => {
  local = await startLocalRequests({ rules });
});
afterEach(() => local.close());

const spellings = ["SUB-A1", "sub-a1", "Sub-A1"] as const;

describe("a subscription that is named in several spellings", () => {
  it("has one record and one decision, in the service's own spelling", async () => {
    local.submit("Sub-A1", await local.addPerson(1));

    for (const id of spellings) await local.look(id);

    const records = await local.requests.listRequests({ limit: 10 }, signal);
    expect(records).toMatchObject([{ subscription: "Sub-A1", status: "answered", answer: { answer: "approve" } }]);
    expect(local.stateOf("sub-a1")).toMatchObject({ id: "Sub-A1", state: "active" });
    expect(local.simulator.store.mails).toHaveLength(1);
    expect(await local.auditActions()).toEqual(["approved"]);
    const [day = ""] = await local.audit.days("contoso", signal);
    expect((await local.audit.read("contoso", day, signal)).join()).toContain('"subscription":"Sub-A1"');
    expect(local.notices.flatMap(({ decision }) => decision?.subscription ?? [])).toEqual(["Sub-A1"]);
  });

  it("asks people once, with links of one spelling", async () => {
    local.submit("Sub-A1", await local.addPerson(1, { department: "Treasury" }));

    for (const id of spellings) await local.look(id);

    expect(local.notices.map(({ kind }) => kind)).toEqual(["ask"]);
    expect(local.notices[0]?.link?.url).toContain("/Sub-A1.");
  });
});
