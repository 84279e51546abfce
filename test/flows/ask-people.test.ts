// Questions on their way to people, by the real mail: who gets which, once, whatever the other way out does.
import { afterEach, describe, expect, it } from "vitest";
import { type Mailbox, startMailbox } from "../../dev/mail/mailbox.ts";
import { AppError } from "../../shared/core/errors.ts";
import { answerByPerson } from "../../shared/flows/answer-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { createMailWay } from "../../shared/notify/mail.ts";
import { createNotifier } from "../../shared/notify/notifier.ts";
import type { Way } from "../../shared/notify/way.ts";
import type { Notice } from "../../shared/request-ports.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const minute = 60_000;
const leaver = { handsOver: false, warnDaysBefore: 10 };
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
      accessForDays: 60
      warnDays: 14
  default: {}
  review: { whenChanged: [department], unapproved: report }
`;

let local: LocalRequests;
let mailbox: Mailbox;
let others: readonly Way[];

/** A process that has sent nothing yet, as a host that was recycled starts it. */
function newProcess(): void {
  const mail = createMailWay({
    server: { host: "127.0.0.1", port: mailbox.port, protection: "none" },
    from: { name: "Rollcall", address: "rollcall@contoso.com" },
    secrets: local.secrets,
    clock: local.world.clock,
  });
  Object.assign(local.world, { notifier: createNotifier([mail, ...others], local.log) });
}

async function start(ways: readonly Way[] = [], owners = "owner@contoso.com"): Promise<void> {
  local = await startLocalRequests({ rules: rules.replace("owner@contoso.com", owners), leaver });
  mailbox = await startMailbox({ port: 0 });
  others = ways;
  newProcess();
}

afterEach(async () => {
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

/** A webhook that can be out of reach, with what it took. Decisions, which have a way of their own, are left out. */
function aWebhook() {
  const took: Notice[] = [];
  const hook = {
    isDown: true,
    took: () => took.map(({ id }) => id),
    way: {
      name: "webhook",
      async send(notice) {
        if (hook.isDown) throw new AppError("NETWORK", "Cannot deliver the webhook: no answer");
        if (notice.decision === undefined) took.push(notice);
        return [];
      },
    } satisfies Way,
  };
  return hook;
}

/** Sweeps every so many hours, each time in a process that has sent nothing yet. */
async function sweepAnew(times: number, everyHours: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    newProcess();
    await sweep(everyHours * 60 * minute);
  }
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

describe("a webhook that is down", () => {
  async function ask(hook: ReturnType<typeof aWebhook>): Promise<void> {
    await start([hook.way]);
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    await local.look("s1");
  }

  it("keeps nobody from reminder and escalation, and repeats no mail, whichever process sends", async () => {
    const hook = aWebhook();
    await ask(hook);

    await sweepAnew(8, 0.25);
    expect(mails()).toEqual(["Access owner@contoso.com"]);
    await sweepAnew(10, 24);

    expect(mails()).toEqual(["Reminder: owner@contoso.com", "Escalated: security@contoso.com"]);
    expect(await local.auditActions()).toEqual(["asked", "baseline", "reminded", "asked"]);
    expect(await local.record("s1")).not.toHaveProperty("error");
  });

  it("hears of a question once, by itself, when it is back", async () => {
    const hook = aWebhook();
    await ask(hook);
    mailbox.clear();
    await sweepAnew(3, 8);
    hook.isDown = false;

    await sweepAnew(3, 1);

    expect(hook.took()).toEqual([`contoso/s1/1/${Date.UTC(2026, 4, 14, 9)}/ask/nonce-3`]);
    expect(mails()).toEqual([]);
  });

  it("is told no more after three days", async () => {
    const hook = aWebhook();
    await ask(hook);
    await sweepAnew(4, 25);
    hook.isDown = false;

    await sweepAnew(3, 1);

    // The reminder was due after the question had been given up, and waits by itself.
    expect(hook.took().map((id) => id.split("/").slice(-2).join("/"))).toEqual(["remind/nonce-3"]);
    expect(local.log.lines.map(({ event }) => event)).toContain("notice.copy.givenUp");
  });

  it("keeps nobody from the warnings before access ends and before a last day, nor repeats them", async () => {
    const hook = aWebhook();
    await start([hook.way]);
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    local.submit("s2", await local.addPerson(2, { endDate: "2026-07-05" }));
    await local.look("s2");
    local.advanceDays(47);
    await local.refreshRoster();

    await sweepAnew(4, 8);
    expect(mails().toSorted()).toEqual([
      "Payments owner@contoso.com",
      "Your ada.1@contoso.com",
      "Your ada.2@contoso.com",
    ]);
    hook.isDown = false;
    await sweepAnew(4, 8);

    expect(mails()).toEqual([]);
    expect(hook.took().map((id) => id.split("/").at(-2))).toEqual(["leaver", "accessEnds", "accessEnds"]);
    const told = (await local.auditActions()).filter((action) => /warned/i.test(action));
    expect(told.toSorted()).toEqual(["leaverWarned", "warned", "warned"]);
  });
});

describe("a mail server that is down", () => {
  it("has the webhook told once, and people as soon as it is up", async () => {
    const hook = aWebhook();
    hook.isDown = false;
    await start([hook.way]);
    mailbox.addFault({ at: "mailFrom", reply: 451, times: 3 });
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    await local.look("s1");

    await sweepAnew(2, 1);
    expect(mails()).toEqual([]);
    expect(await local.record("s1")).toMatchObject({ status: "asked", error: { code: "NETWORK" } });
    await sweepAnew(2, 1);

    expect(mails()).toEqual(["Access owner@contoso.com"]);
    expect(hook.took()).toHaveLength(1);
    expect(await local.record("s1")).not.toHaveProperty("error");
  });

  it("for one of those who were asked keeps the others from no reminder, and the question from nobody else", async () => {
    await start([], "owner@contoso.com, other@contoso.com");
    mailbox.addFault({ at: "recipient", reply: 451, times: 100, recipient: "other@contoso.com" });
    local.submit("s1", await local.addPerson(1, { department: "Legal" }));
    await local.look("s1");
    expect(mails()).toEqual(["Access owner@contoso.com"]);

    await sweepAnew(8, 24);

    expect(mails()).toEqual(["Reminder: owner@contoso.com", "Escalated: security@contoso.com"]);
    expect(await local.record("s1")).toMatchObject({ error: { code: "NETWORK" } });
  });
});

describe("an address that the mail server refuses for good", () => {
  const refuse = (recipient: string, times = 100) =>
    mailbox.addFault({ at: "recipient", reply: 550, times, recipient });

  async function ask(refused: readonly string[], owners?: string): Promise<void> {
    await start([], owners);
    for (const address of refused) refuse(address);
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    await local.look("s1");
  }

  async function auditTexts(day = "2026-05-14"): Promise<readonly string[]> {
    const lines = await local.audit.read("contoso", day, signal);
    return lines.map((line) => String(JSON.parse(line).text));
  }

  it("was not asked, by the record and the audit, and is not tried again", async () => {
    await ask(["other@contoso.com"], "owner@contoso.com, other@contoso.com");
    await sweepAnew(3, 1);

    expect(mails()).toEqual(["Access owner@contoso.com"]);
    expect((await auditTexts()).filter((text) => text.includes("@"))).toEqual([
      "Asked owner@contoso.com",
      "Could not tell other@contoso.com: the mail server refuses the address for good",
    ]);
    const [, other] = (await local.record("s1"))?.question?.approvers ?? [];
    expect(other).toMatchObject({ sentAt: 0, refusedAt: Date.UTC(2026, 4, 14, 9) });
    await sweepAnew(2, 24);
    expect(mails()).toEqual(["Reminder: owner@contoso.com"]);
  });

  it("leaves the question at once to the next list, where nobody else was asked", async () => {
    await ask(["owner@contoso.com"]);

    expect(mails()).toEqual(["Escalated: security@contoso.com"]);
    expect((await local.record("s1"))?.question).toMatchObject({ escalatedAt: local.now() });
    await sweepAnew(9, 24);
    expect(mails()).toEqual(["Reminder: security@contoso.com"]);
  });

  it("passes the question on when it is refused at the reminder", async () => {
    await ask([]);
    refuse("owner@contoso.com");
    mailbox.clear();

    await sweepAnew(2, 24);

    expect(mails()).toEqual(["Escalated: security@contoso.com"]);
    expect(await auditTexts()).toContain("Asked owner@contoso.com");
  });

  it("is reported like a question to nobody, where there is nobody else", async () => {
    await ask(["owner@contoso.com", "security@contoso.com"]);
    const warnings = () => local.log.lines.filter(({ event }) => event === "request.asked.nobody").length;
    expect(warnings()).toBe(2);
    await sweepAnew(3, 1);

    expect(warnings()).toBe(2);
    expect(mails()).toEqual([]);
    expect(await local.auditActions()).toEqual(["unreached", "unreached", "baseline"]);
    expect((await local.record("s1"))?.status).toBe("asked");
  });

  it("is tried again after a day, where the question is before nobody", async () => {
    await start();
    for (const address of ["owner@contoso.com", "security@contoso.com"]) refuse(address, 1);
    local.submit("s1", await local.addPerson(1, { department: "Treasury" }));
    await local.look("s1");
    await sweepAnew(2, 8);
    expect(mails()).toEqual([]);

    await sweepAnew(2, 8);

    expect(mails()).toEqual(["Access owner@contoso.com", "Escalated: security@contoso.com"]);
    expect((await auditTexts("2026-05-15")).at(-1)).toBe("Asked owner@contoso.com, security@contoso.com");
  });

  it("was warned of nothing, as the audit says", async () => {
    await start();
    refuse("ada.1@contoso.com");
    refuse("owner@contoso.com");
    local.submit("s1", await local.addPerson(1, { endDate: "2026-07-05" }));
    await local.look("s1");
    local.advanceDays(47);

    await sweepAnew(3, 8);

    expect((await local.auditActions()).toSorted()).toEqual(["approved", "baseline", "unreached", "unreached"]);
    expect(await local.record("s1")).toMatchObject({ access: { warnedNobody: true } });
  });
});
