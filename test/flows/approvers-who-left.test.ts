// Approvers who leave between the question and the answer.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "../../shared/core/principal.ts";
import { answerByPerson, openQuestion } from "../../shared/flows/answer-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
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

describe("a question to somebody who has left", () => {
  /** Sweeps six hours later, and looks at what the sweep asked for. Gives who was told what. */
  async function sweep(): Promise<readonly string[]> {
    const before = local.notices.length;
    local.advance(6 * 60 * 60_000);
    await local.refreshRoster();
    await sweepRequests(["contoso"], local.world, signal);
    for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
    return local.notices.slice(before).map(({ kind, to }) => `${kind} ${to.join()}`);
  }
  const askedNow = async () => (await approvers()).map(({ role, address }) => `${role} ${address}`);

  it.each([
    ["has left", { status: "ended" }],
    ["is on leave", { status: "onLeave" }],
  ] as const)("passes on to the next manager when the first one %s, and stays with the others", async (_, fields) => {
    const [, owner] = await approvers();
    await addBoss(fields);

    expect(await sweep()).toEqual(["ask top@contoso.com"]);

    expect(await askedNow()).toEqual(["owner owner@contoso.com", "manager top@contoso.com"]);
    expect((await approvers())[0]).toEqual(owner);
    expect(await local.auditActions()).toEqual(["asked", "baseline", "passedOn", "asked"]);
    expect(await sweep()).toEqual([]);
    expect(new Set(local.notices.map(({ id }) => id)).size).toBe(3);
    const top = principal("top@contoso.com");
    expect(await answer(top, "top@contoso.com")).toMatchObject([{ status: "open" }, { status: "recorded" }]);
  });

  it("passes on to the next list when nobody of the first is left, and never to another who has left", async () => {
    await local.addPerson(5, { email: "owner@contoso.com", status: "ended" });
    await local.addPerson(8, { email: "top@contoso.com", status: "ended" });
    await addBoss({ status: "ended" });

    expect(await sweep()).toEqual(["ask security@contoso.com"]);
    expect(await askedNow()).toEqual(["named security@contoso.com"]);
  });

  it("has nobody left to ask where all lists have left, and says so", async () => {
    for (const [number, name] of ["owner", "security"].entries())
      await local.addPerson(5 + number, { email: `${name}@contoso.com`, status: "ended" });
    await local.addPerson(8, { email: "top@contoso.com", status: "ended" });
    await addBoss({ status: "ended" });

    await sweep();

    expect(await approvers()).toEqual([]);
    expect(local.log.lines.map(({ event }) => event)).toContain("request.asked.nobody");
  });

  it("is not put to an owner who has left, from the beginning", async () => {
    await local.addPerson(5, { email: "owner@contoso.com", status: "ended" });
    local.submit("s2", "rc-1");
    await local.look("s2");

    const asked = (await local.record("s2"))?.question?.approvers.map(({ address }) => address);
    expect(asked).toEqual(["boss@contoso.com"]);
  });
});
