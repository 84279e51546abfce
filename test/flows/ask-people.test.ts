// Questions on their way to people, by the real mail: who gets which, once, whatever the other way out does.
import { afterEach, describe, expect, it } from "vitest";
import { type Mailbox, startMailbox } from "../../dev/mail/mailbox.ts";
import { answerByPerson } from "../../shared/flows/answer-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { createMailWay, type MailWay } from "../../shared/notify/mail.ts";
import { createNotifier } from "../../shared/notify/notifier.ts";
import type { Way } from "../../shared/notify/way.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const minute = 60_000;
const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
      ask:
        approvers: [owners]
        remindAfterDays: 2
        escalateAfterDays: 5
        escalateTo: [security@contoso.com]
        finalAfterDays: 14
  default: {}
  review: { whenChanged: [department], unapproved: report }
`;

let local: LocalRequests;
let mailbox: Mailbox;
let mail: MailWay;
let others: readonly Way[];

/** A process that has sent nothing yet, as a host that was recycled starts it. */
function newProcess(): void {
  mail?.close();
  mail = createMailWay({
    server: { host: "127.0.0.1", port: mailbox.port, protection: "none" },
    from: { name: "Rollcall", address: "rollcall@contoso.com" },
    secrets: local.secrets,
    clock: local.world.clock,
  });
  Object.assign(local.world, { notifier: createNotifier([mail, ...others], local.log) });
}

async function start(ways: readonly Way[] = []): Promise<void> {
  local = await startLocalRequests({ rules });
  mailbox = await startMailbox({ port: 0 });
  others = ways;
  newProcess();
}

afterEach(async () => {
  mail.close();
  await mailbox.close();
  await local.close();
});

/** Sweeps after so long, and looks at what the sweep asked for. */
async function sweep(afterMs = 16 * minute): Promise<void> {
  local.advance(afterMs);
  await local.refreshRoster();
  await sweepRequests(["contoso"], local.world, signal);
  for (const { subscription, via, telling } of local.queue.take())
    if (telling === undefined) await local.look(subscription, via);
}

/** Subject and addressee of the mails that came, each once. */
function mails(): readonly string[] {
  const came = mailbox.mails().map(({ subject, envelope }) => `${subject.split(" ")[0]} ${envelope.to.join()}`);
  mailbox.clear();
  return came;
}

async function approve(): Promise<void> {
  const principal = { name: "owner@contoso.com", address: "owner@contoso.com", roles: ["approver"] as const };
  const input = { target: "contoso", subscription: "s1", principal, answer: "approve" } as const;
  expect(await answerByPerson(input, local.world, signal)).toMatchObject({ status: "recorded" });
  for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
}

describe("a question by mail", () => {
  it("comes for every review of a request, with its reminder and escalation", async () => {
    await start();
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");

    for (const department of ["Treasury", "Legal"]) {
      await local.addPerson(1, { department });
      local.advanceDays(1);
      await sweep();
      expect(mails()).toEqual(["Review: owner@contoso.com"]);
      local.advanceDays(2);
      await sweep();
      expect(mails()).toEqual(["Reminder: owner@contoso.com"]);
      local.advanceDays(3);
      await sweep();
      expect(mails()).toEqual(["Escalated: security@contoso.com"]);
      await approve();
      mailbox.clear();
    }

    expect(local.stateOf("s1")?.state).toBe("active");
  });
});
