// One look after the other at requests, against the API Management simulator: what is decided, asked, written and closed.
import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { answerByPerson, openQuestion } from "../../shared/flows/answer-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import {
  type LocalRequests,
  type LocalRequestsOptions,
  signal,
  startLocalRequests,
} from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules:
        - { name: payments-team, approve: 'requester.department == "Payments"' }
        - { name: strangers, reject: 'requester.department == "Guests"', comment: Ask your contact at Contoso }
      ask:
        approvers: [manager, owners]
        remindAfterDays: 2
        escalateAfterDays: 5
        escalateTo: [security@contoso.com]
        finalAfterDays: 14
        finalAnswer: reject
      accessForDays: 365
      warnDays: 14
  default: {}
  review: { whenChanged: [department], unapproved: report }
`;

let local: LocalRequests;

async function start(options: Partial<LocalRequestsOptions> = {}): Promise<LocalRequests> {
  local = await startLocalRequests({ rules, ...options });
  return local;
}

afterEach(() => local.close());

function approver(address: string, roles: readonly "approver"[] = []) {
  return { name: address, address, roles };
}

async function askedOf(id: string) {
  return (await local.record(id))?.question?.approvers ?? [];
}

describe("a request that a rule decides", () => {
  it("is approved with rule, end of access and mail, and recorded", async () => {
    const { addPerson, submit, look, stateOf, record, simulator } = await start();
    submit("s1", await addPerson(1));

    expect(await look("s1")).toBe("done");

    expect(stateOf("s1")).toMatchObject({
      state: "active",
      stateComment: 'Approved by the rule "payments-team" (Rollcall, 2026-05-14T09:00:00Z)',
      expirationDate: Date.UTC(2027, 4, 14, 9),
    });
    expect(simulator.store.mails).toEqual([{ kind: "subscription", to: "rc-1" }]);
    expect(await record("s1")).toMatchObject({
      round: 1,
      status: "answered",
      productId: "payments-api",
      ownerId: "rc-1",
      worker: "employee/1",
      answer: { answer: "approve", rule: "payments-team" },
      outcome: { code: "approved" },
      access: { until: Date.UTC(2027, 4, 14, 9), warnDays: 14 },
    });
    expect(await local.auditActions()).toEqual(["approved"]);
  });

  it("is rejected with the rule's comment", async () => {
    const { addPerson, submit, look, stateOf } = await start();
    submit("s1", await addPerson(1, { department: "Guests" }));

    await look("s1");

    expect(stateOf("s1")).toMatchObject({
      state: "rejected",
      stateComment: 'Rejected by the rule "strangers" (Rollcall, 2026-05-14T09:00:00Z): Ask your contact at Contoso',
    });
  });

  it("holds no facts of HR where the developer sees it, and keeps them apart with a salted hash", async () => {
    const { addPerson, submit, look, stateOf, record, requests } = await start();
    submit("s1", await addPerson(1));
    await look("s1");

    const facts = (await record("s1"))?.facts;
    expect(stateOf("s1")?.stateComment).not.toMatch(/Payments|Ada|contoso\.com/);
    expect(JSON.stringify(await record("s1"))).not.toMatch(/Ada|ada\.1@/);
    expect(await requests.getFacts(facts?.blob ?? "", signal)).toMatchObject({
      facts: { requester: { person: { department: "Payments" } }, decision: { rule: "payments-team" } },
    });
  });

  it("keeps a mark that tells who suspended the subscription", async () => {
    const { addPerson, submit, look, stateOf } = await start();
    submit("s1", await addPerson(1), { stateComment: "left\nrollcall/1 owner=contoso-platform key=rc-1" });

    await look("s1");

    expect(stateOf("s1")?.stateComment).toMatch(/^Approved .*\nrollcall\/1 owner=contoso-platform key=rc-1$/);
  });

  it("is decided once, however often somebody looks", async () => {
    const { addPerson, submit, look, simulator } = await start();
    submit("s1", await addPerson(1));

    await Promise.all(Array.from({ length: 8 }, () => look("s1")));
    await look("s1");

    // The service mails once for each change of state that it made.
    expect(simulator.store.mails).toHaveLength(1);
    expect(await local.auditActions()).toEqual(["approved"]);
  });

  it("is another request when it is submitted again", async () => {
    const { addPerson, submit, look, stateOf, record, advanceDays } = await start();
    const owner = await addPerson(1, { department: "Guests" });
    submit("s1", owner);
    await look("s1");
    advanceDays(1);
    await addPerson(1);
    submit("s1", owner, { createdDate: Date.UTC(2026, 4, 14, 9), stateComment: stateOf("s1")?.stateComment });

    await look("s1");

    expect(stateOf("s1")?.state).toBe("active");
    expect(await record("s1")).toMatchObject({ round: 2, answer: { answer: "approve" } });
  });
});

describe("a look that fails before it begins", () => {
  it.each([
    [true, { status: "failed", error: { code: "CONFIG_INVALID", message: "Cannot use the rules" } }],
    [false, undefined],
  ])("stands in the record with its error at the last attempt: %s", async (isLast, expected) => {
    const { addPerson, submit, look, record } = await start();
    submit("s1", await addPerson(1));
    Object.assign(local.world, {
      openTarget: async () => {
        throw new AppError("CONFIG_INVALID", "Cannot use the rules");
      },
    });

    await expect(look("s1", "event", isLast)).rejects.toMatchObject({ code: "CONFIG_INVALID" });

    if (expected === undefined) expect(await record("s1")).toBeUndefined();
    else expect(await record("s1")).toMatchObject(expected);
  });
});

describe("a request that people decide", () => {
  async function asked(options: Partial<LocalRequestsOptions> = {}) {
    await start(options);
    await local.addPerson(9, { email: "boss@contoso.com", entraObjectId: "oid-9" });
    local.submit("s1", await local.addPerson(1, { department: "Treasury", manager: "9" }));
    await local.look("s1");
    return local;
  }

  it("is put before manager and owners, each with a link of their own", async () => {
    const { notices, stateOf } = await asked();

    expect(stateOf("s1")?.state).toBe("submitted");
    expect(notices.map(({ kind, to }) => [kind, to])).toEqual([
      ["ask", ["boss@contoso.com"]],
      ["ask", ["owner@contoso.com"]],
    ]);
    expect(new Set(notices.map(({ link }) => link?.url)).size).toBe(2);
    expect(notices[0]?.lines).toEqual([
      "Ada Lovelace <ada.1@contoso.com> asks for access to Payments API.",
      "Subscription: Subscription s1",
      "No rule decides this request.",
      "Without an answer it is rejected on 2026-05-28.",
    ]);
  });

  it("is written as the person says, once", async () => {
    const { look, stateOf, world, record, queue } = await asked();
    const [boss] = await askedOf("s1");
    const input = {
      target: "contoso",
      subscription: "s1",
      nonce: boss?.nonce ?? "",
      principal: { ...approver("boss@contoso.com"), objectId: "OID-9" },
      answer: "approve",
      comment: "Welcome\u0007 aboard",
    } as const;

    expect((await openQuestion(input, world, signal)).status).toBe("open");
    expect(await answerByPerson(input, world, signal)).toMatchObject({ status: "recorded" });
    expect(await answerByPerson({ ...input, answer: "reject" }, world, signal)).toMatchObject({ reason: "closed" });
    for (const message of queue.take()) await look(message.subscription, message.via);

    expect(stateOf("s1")).toMatchObject({
      state: "active",
      stateComment: "Approved by an approver (Rollcall, 2026-05-14T09:00:00Z): Welcome aboard",
    });
    expect(await record("s1")).toMatchObject({ answer: { by: "boss@contoso.com" }, status: "answered" });
    expect(local.notices.at(-1)).toMatchObject({ kind: "decided", to: ["boss@contoso.com", "owner@contoso.com"] });
  });

  it.each([
    ["somebody else with the link", approver("other@contoso.com"), "notAsked"],
    [
      "who has the manager's address, but is another worker",
      { ...approver("boss@contoso.com"), objectId: "oid-1" },
      "notAsked",
    ],
  ])("takes no answer from %s", async (_, principal, reason) => {
    await start();
    await local.addPerson(9, { email: "boss@contoso.com", entraObjectId: "oid-9" });
    local.submit("s1", await local.addPerson(1, { department: "Treasury", manager: "9", entraObjectId: "oid-1" }));
    await local.look("s1");
    const [boss] = await askedOf("s1");

    const input = {
      target: "contoso",
      subscription: "s1",
      nonce: boss?.nonce ?? "",
      principal,
      answer: "approve",
    } as const;

    expect(await answerByPerson(input, local.world, signal)).toMatchObject({ status: "refused", reason });
    expect(await openQuestion(input, local.world, signal)).toMatchObject({ reason });
    expect((await local.record("s1"))?.status).toBe("asked");
  });

  it("takes an answer from the page only from an approver, and never for their own request", async () => {
    const { world } = await asked();
    const input = { target: "contoso", subscription: "s1", answer: "approve" } as const;
    const answer = (principal: ReturnType<typeof approver>) => answerByPerson({ ...input, principal }, world, signal);

    expect(await answer(approver("x@contoso.com"))).toMatchObject({ reason: "notAsked" });
    expect(await answer(approver("ADA.1@contoso.com", ["approver"]))).toMatchObject({ reason: "ownRequest" });
    expect(await answer(approver("x@contoso.com", ["approver"]))).toMatchObject({ status: "recorded" });
  });

  it("passes by a manager who is on leave, blocked or gone, and never asks the requester", async () => {
    const { addPerson, simulator, submit, look } = await start();
    await addPerson(6, { email: "top@contoso.com" });
    await addPerson(7, { email: "blocked@contoso.com", manager: "6" });
    await addPerson(8, { email: "leave@contoso.com", manager: "7", status: "onLeave" });
    await addPerson(9, { email: "gone@contoso.com", manager: "8", status: "ended" });
    simulator.edit.putUser({ id: "rc-7", state: "blocked" });
    submit("s1", await addPerson(1, { department: "Treasury", manager: "9", email: "owner@contoso.com" }));

    await look("s1");

    expect((await askedOf("s1")).map(({ address }) => address)).toEqual(["top@contoso.com"]);
  });

  it("reminds, escalates and gives the final answer when each is due", async () => {
    const { look, advanceDays, notices, stateOf, record } = await asked();
    const kinds = () => notices.splice(0).map(({ kind, to }) => `${kind} ${to.join()}`);
    kinds();

    advanceDays(2);
    await look("s1", "sweep");
    await look("s1", "sweep");
    expect(kinds()).toEqual(["remind boss@contoso.com", "remind owner@contoso.com"]);
    advanceDays(3);
    await look("s1", "sweep");
    expect(kinds()).toEqual(["escalate security@contoso.com"]);
    advanceDays(9);
    await look("s1", "sweep");

    expect(stateOf("s1")).toMatchObject({
      state: "rejected",
      stateComment: "Rejected because nobody answered in time (Rollcall, 2026-05-28T09:00:00Z)",
    });
    expect((await record("s1"))?.answer).toMatchObject({ rule: "final" });
    expect(await local.auditActions()).toEqual(["asked", "reminded", "asked", "rejected"]);
  });

  it("asks in spite of a way out that is down, and tells everybody once it is up", async () => {
    await start();
    const { world, notices } = local;
    const send = world.notifier.send;
    let down = true;
    Object.assign(world.notifier, {
      send: async (...args: Parameters<typeof send>) => {
        if (down) throw new Error("down");
        return send(...args);
      },
    });
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));

    await local.look("s1");
    expect(await local.record("s1")).toMatchObject({ status: "asked", error: { code: "BUG" } });
    down = false;
    await local.look("s1", "sweep");

    expect(notices.map(({ to }) => to)).toEqual([["owner@contoso.com"]]);
    expect(await local.record("s1")).not.toHaveProperty("error");
  });

  it("goes to a manager who appears later, where there was nobody to ask", async () => {
    const swaps = {
      "[owner@contoso.com]": "[]",
      "[manager, owners]": "[manager]",
      "[security@contoso.com]": "[manager]",
    };
    await start({ rules: Object.entries(swaps).reduce((text, [from, to]) => text.replace(from, to), rules) });
    local.submit("s1", await local.addPerson(1, { department: "Treasury", manager: "9" }));
    await local.look("s1");
    expect(local.log.lines.map(({ event }) => event)).toContain("request.asked.nobody");
    expect(await askedOf("s1")).toEqual([]);

    local.advanceDays(1);
    await local.addPerson(9, { email: "boss@contoso.com" });
    await sweepRequests(["contoso"], local.world, signal);
    for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);

    expect(await askedOf("s1")).toMatchObject([{ address: "boss@contoso.com", role: "manager", sentAt: local.now() }]);
    expect(local.notices.map(({ kind, to }) => [kind, to])).toEqual([["ask", ["boss@contoso.com"]]]);
  });
});
