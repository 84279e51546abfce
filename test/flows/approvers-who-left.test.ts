// Approvers who leave between the question and the answer.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../../shared/core/principal.ts";
import { answerByPerson, openQuestion } from "../../shared/flows/answer-request.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  default:
    owners: [owner@contoso.com]
    ask:
      { approvers: [manager, owners], escalateTo: [security@contoso.com], escalateAfterDays: 5, finalAfterDays: 14, finalAnswer: reject }
`;

let local: LocalRequests;
beforeEach(async () => {
  local = await startLocalRequests({ rules });
  await local.addPerson(8, { email: "top@contoso.com" });
  await addBoss();
  local.submit("s1", await local.addPerson(1, { manager: "9" }));
  await local.look("s1");
});
afterEach(() => local.close());

function addBoss(fields: Parameters<LocalRequests["addPerson"]>[1] = {}) {
  return local.addPerson(9, { email: "boss@contoso.com", entraObjectId: "oid-9", manager: "8", ...fields });
}

function principal(address: string, fields: Partial<Principal> = {}): Principal {
  return { name: address, address, roles: [], ...fields };
}

const boss = principal("boss@contoso.com", { objectId: "oid-9" });
const withRole = { roles: ["approver"] } as const;

async function approvers() {
  return (await local.record("s1"))?.question?.approvers ?? [];
}

async function answer(who: Principal, asked?: string) {
  const nonce = (await approvers()).find(({ address }) => address === asked)?.nonce;
  const question = { target: "contoso", subscription: "s1", principal: who, ...(nonce !== undefined && { nonce }) };
  const opened = await openQuestion(question, local.world, signal);
  return [opened, await answerByPerson({ ...question, answer: "approve" }, local.world, signal)];
}

describe("an answer of somebody who has left", () => {
  it.each([
    ["by object id", boss, "boss@contoso.com"],
    ["by the address that was asked", principal("boss@contoso.com"), "boss@contoso.com"],
    ["from the page, by object id", { ...boss, ...withRole, address: "other@contoso.com" }, undefined],
    ["from the page, by address", principal("BOSS@contoso.com", withRole), undefined],
    [
      "from the page, by another address of the token",
      principal("ab9@contoso.onmicrosoft.com", { ...withRole, otherAddresses: ["boss@contoso.com"] }),
      undefined,
    ],
  ])("is not taken: known %s", async (_, who, asked) => {
    await addBoss({ status: "ended" });

    for (const refused of await answer(who, asked))
      expect(refused).toMatchObject({
        status: "refused",
        reason: "hasLeft",
        text: expect.stringContaining("HR says that you have left"),
      });
    expect((await local.record("s1"))?.answer).toBeUndefined();
  });

  it("is not taken from a manager whom HR no longer names", async () => {
    await local.roster.put("contoso", [], local.now(), signal);

    expect(await answer(boss, "boss@contoso.com")).toMatchObject([{ reason: "hasLeft" }, { reason: "hasLeft" }]);
  });

  it("is not taken while the account is blocked, whatever HR has said so far", async () => {
    local.simulator.edit.putUser({ id: "rc-9", state: "blocked" });

    expect(await answer(boss, "boss@contoso.com")).toMatchObject([{ reason: "hasLeft" }, { reason: "hasLeft" }]);
  });

  it("tells nothing to somebody to whom the question was not put", async () => {
    await addBoss({ status: "ended" });

    expect(await answer(boss, "owner@contoso.com")).toMatchObject([{ reason: "notAsked" }, { reason: "notAsked" }]);
  });

  it("is taken from who is on leave", async () => {
    await addBoss({ status: "onLeave" });

    expect(await answer(boss, "boss@contoso.com")).toMatchObject([{ status: "open" }, { status: "recorded" }]);
  });

  it("is taken from an approver of whom HR knows nothing", async () => {
    const partner = principal("partner@fabrikam.com", withRole);

    expect(await answer(partner)).toMatchObject([{ status: "open" }, { status: "recorded" }]);
  });
});
