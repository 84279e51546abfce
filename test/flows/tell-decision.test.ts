// What the webhook is told: every decision, whoever made it, and none of them lost to an outage of the receiver.
import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import { answerByPerson } from "../../shared/flows/answer-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { tellAgain } from "../../shared/flows/tell-decision.ts";
import type { Notice, RequestMessage } from "../../shared/request-ports.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules:
        - { name: payments-team, approve: 'requester.department == "Payments"' }
        - { name: strangers, reject: 'requester.department == "Guests"' }
      ask: { approvers: [owners], finalAfterDays: 14, finalAnswer: reject }
      accessForDays: 30
  default: {}
`;
const minute = 60_000;

let local: LocalRequests;
afterEach(() => local.close());

/** The receiver is out of reach while `down` gives its failure. */
async function start(down: () => AppError | undefined = () => undefined) {
  local = await startLocalRequests({ rules });
  const { notifier } = local.world;
  const { send } = notifier;
  Object.assign(notifier, {
    send: async (...args: Parameters<typeof send>) => {
      const failure = args[0].only === "webhook" ? down() : undefined;
      if (failure !== undefined) throw failure;
      return send(...args);
    },
  });
}

function told(): readonly Notice[] {
  return local.notices.filter(({ kind, only }) => kind === "decided" && only === "webhook");
}

/** What waits in the queue to be told. */
function waiting(): readonly Required<RequestMessage>[] {
  return local.queue
    .take()
    .flatMap(({ telling, ...message }) => (telling === undefined ? [] : [{ ...message, telling }]));
}

async function byPerson(answer: "approve" | "reject"): Promise<void> {
  const principal = { name: "owner@contoso.com", address: "owner@contoso.com", roles: ["approver"] as const };
  await answerByPerson({ target: "contoso", subscription: "s1", principal, answer }, local.world, signal);
  for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
}

describe("the webhook", () => {
  it.each([
    ["Payments", "approved", "payments-team"],
    ["Guests", "rejected", "strangers"],
  ])("hears of a rule's answer about %s, once and without a name", async (department, answer, rule) => {
    await start();
    local.submit("s1", await local.addPerson(1, { department }));

    await local.look("s1");
    await local.look("s1");

    const [notice, ...more] = told();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      to: [],
      decision: {
        target: "contoso",
        subscription: "s1",
        answer,
        rule,
        product: "payments-api",
        user: "rc-1",
        round: 1,
      },
    });
    expect(JSON.stringify(notice)).not.toMatch(/Ada|Lovelace|contoso\.com|Payments|Guests/);
    // Nobody gets a mail who was not asked.
    expect(local.notices).toHaveLength(1);
  });

  it("hears of a person's answer, beside the mail to those who were asked", async () => {
    await start();
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    await local.look("s1");

    await byPerson("approve");

    expect(told()).toMatchObject([{ decision: { answer: "approved", rule: "person" } }]);
    expect(JSON.stringify(told())).not.toContain("@");
    const mails = local.notices.filter(({ kind, only }) => kind === "decided" && only === "mail");
    expect(mails.map(({ to }) => to)).toEqual([["owner@contoso.com"]]);
  });

  it("hears of the final answer, and of access that has ended", async () => {
    await start();
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    local.submit("s2", await local.addPerson(2));
    await local.look("s1");
    await local.look("s2");
    for (let round = 0; round < 2; round += 1) {
      local.advanceDays(15);
      local.advance(16 * minute);
      await local.refreshRoster();
      await sweepRequests(["contoso"], local.world, signal);
      for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
    }

    expect(told().map(({ decision }) => [decision?.subscription, decision?.answer, decision?.rule])).toEqual([
      ["s2", "approved", "payments-team"],
      ["s1", "rejected", "final"],
      ["s2", "expired", "end"],
    ]);
    expect(new Set(told().map(({ id }) => id)).size).toBe(3);
  });

  it("that is out of reach stops no decision, and hears of it later under the same id", async () => {
    let failure: AppError | undefined = new AppError("NETWORK", "Cannot deliver the webhook");
    await start(() => failure);
    local.submit("s1", await local.addPerson(1));

    await local.look("s1");

    expect(local.stateOf("s1")?.state).toBe("active");
    expect(await local.record("s1")).toMatchObject({ status: "answered" });
    const [first] = waiting();
    if (first === undefined) throw new Error("Nothing waits to be told");
    local.advance(10 * minute);
    await tellAgain(first, local.world, signal);
    expect(waiting()).toEqual([first]);
    failure = undefined;
    await tellAgain(first, local.world, signal);

    expect(waiting()).toEqual([]);
    expect(told().map(({ id }) => id)).toEqual([first.telling.event.id]);
    expect(local.log.lines.map(({ event, fields }) => [event, fields.delaySeconds])).toEqual(
      expect.arrayContaining([
        ["decision.untold", 60],
        ["decision.untold", 600],
      ]),
    );
  });

  it("that does not come back for three days leaves the message to the poison queue", async () => {
    await start(() => new AppError("NETWORK", "Cannot deliver the webhook: no answer"));
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    const [message] = waiting();
    if (message === undefined) throw new Error("Nothing waits to be told");
    local.advanceDays(3.1);

    await expect(tellAgain(message, local.world, signal)).rejects.toMatchObject({
      code: "NETWORK",
      message: expect.stringContaining("after three days"),
    });
    expect(waiting()).toEqual([]);
  });

  it("hears again, under the same id, of a decision whose look was stopped before the record said so", async () => {
    let failure: AppError | undefined = new AppError("ABORTED", "Cannot go on: stopped");
    await start(() => failure);
    local.submit("s1", await local.addPerson(1));

    await expect(local.look("s1")).rejects.toMatchObject({ code: "ABORTED" });
    expect(await local.record("s1")).toMatchObject({ status: "decided" });
    failure = undefined;
    await local.look("s1");

    expect(await local.record("s1")).toMatchObject({ status: "answered" });
    expect(told()).toHaveLength(1);
    expect(await local.auditActions()).toEqual(["approved"]);
  });
});
