// What the sweep finds: lost events, outages, access that ends, owners who changed or left, access that nobody approved.
import { afterEach, describe, expect, it } from "vitest";
import type { FaultRule } from "../../dev/apim/faults.ts";
import { AppError } from "../../shared/core/errors.ts";
import { answerByPerson, openQuestion } from "../../shared/flows/answer-request.ts";
import { forgetFacts } from "../../shared/flows/forget-facts.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { renderMail } from "../../shared/notify/render-mail.ts";
import {
  type LocalRequests,
  type LocalRequestsOptions,
  signal,
  startLocalRequests,
} from "../helpers/local-requests.ts";

const minute = 60_000;

function rulesWith(unapproved: string): string {
  return `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules:
        - { name: payments-team, approve: 'requester.department == "Payments"' }
        - { name: guests, reject: 'requester.department == "Guests"' }
      ask: { approvers: [owners], finalAfterDays: 14 }
      accessForDays: 60
      warnDays: 14
  default: {}
  review: { whenChanged: [department], unapproved: ${unapproved} }
`;
}

let local: LocalRequests;

async function start(options: Partial<LocalRequestsOptions> = {}): Promise<LocalRequests> {
  local = await startLocalRequests({ rules: rulesWith("report"), ...options });
  return local;
}

afterEach(() => local.close());

/** Sweeps after so long, and looks at what the sweep asked for. Gives what it asked for. */
async function sweep(afterMs = 16 * minute): Promise<readonly string[]> {
  local.advance(afterMs);
  await local.refreshRoster();
  await sweepRequests(["contoso"], local.world, signal);
  const messages = local.queue.take();
  for (const { subscription, via } of messages) await local.look(subscription, via);
  return messages.map(({ subscription }) => subscription);
}

/** What people were told. */
function kinds(): readonly string[] {
  const forPeople = local.notices.splice(0).filter(({ only }) => only !== "webhook");
  return forPeople.map(({ kind, to }) => `${kind} ${to.join()}`);
}

describe("the sweep", () => {
  it("finds a request whose event was lost, after giving it two minutes", async () => {
    const { addPerson, submit, stateOf } = await start();
    submit("s1", await addPerson(1));

    expect(await sweep(minute)).toEqual([]);
    expect(await sweep()).toEqual(["s1"]);

    expect(stateOf("s1")?.state).toBe("active");
    expect(await sweep()).toEqual([]);
  });

  it("asks once in a quarter of an hour for one subscription, however long the queue is", async () => {
    const { addPerson, submit, queue, world, advance } = await start();
    submit("s1", await addPerson(1));
    advance(5 * minute);
    for (let tick = 0; tick < 3; tick += 1) await sweepRequests(["contoso"], world, signal);

    expect(queue.take()).toHaveLength(1);
  });

  it("takes up what an outage made fail, and leaves other failures to a person", async () => {
    const { addPerson, submit, look, record, simulator, stateOf } = await start();
    submit("s1", await addPerson(1));
    submit("s2", await addPerson(2));
    simulator.addFaults([{ match: { path: "/subscriptions/s1" }, fault: { status: 503 } }]);
    simulator.addFaults([{ match: { path: "/subscriptions/s2" }, fault: { status: 400, code: "Strange" } }]);
    await expect(look("s1", "event", true)).rejects.toMatchObject({ code: "APIM_UNAVAILABLE" });
    await expect(look("s2", "event", true)).rejects.toMatchObject({ code: "APIM_INVALID" });
    expect(await record("s1")).toMatchObject({ status: "failed", error: { code: "APIM_UNAVAILABLE" } });
    simulator.clearFaults();

    expect(await sweep()).toEqual(["s1"]);

    expect(stateOf("s1")?.state).toBe("active");
    expect(await record("s1")).not.toHaveProperty("error");
    expect(await record("s2")).toMatchObject({ status: "failed", error: { code: "APIM_INVALID" } });
    await look("s2", "cli");
    expect(stateOf("s2")?.state).toBe("active");
  });

  it("takes up within the hour what broken rules made fail", async () => {
    const { addPerson, submit, look, world, stateOf } = await start();
    submit("s1", await addPerson(1));
    const { openTarget } = world;
    const broken = async () => {
      throw new AppError("CONFIG_INVALID", "Cannot use the rules");
    };
    Object.assign(world, { openTarget: broken });
    await expect(look("s1", "event", true)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    Object.assign(world, { openTarget });

    expect(await sweep()).toEqual([]);
    expect(await sweep(60 * minute)).toEqual(["s1"]);

    expect(stateOf("s1")?.state).toBe("active");
  });

  it("looks again at what stood in the way, once an hour", async () => {
    const { addPerson, submit, look, record, simulator, stateOf } = await start();
    submit("s1", await addPerson(1));
    simulator.edit.putUser({ id: "rc-1", state: "blocked" });
    await look("s1");
    expect(await record("s1")).toMatchObject({ status: "closed", outcome: { code: "ownerBlocked" } });
    simulator.edit.putUser({ id: "rc-1", state: "active" });

    expect(await sweep()).toEqual([]);
    expect(await sweep(60 * minute)).toEqual(["s1"]);

    expect(stateOf("s1")?.state).toBe("active");
    expect(await record("s1")).toMatchObject({ round: 2, status: "answered" });
  });
});

describe("access that ends", () => {
  it("is warned about once and ended at its end", async () => {
    const { addPerson, submit, look, stateOf, record, advanceDays } = await start();
    submit("s1", await addPerson(1));
    await look("s1");
    await sweep();

    advanceDays(45);
    expect(await sweep()).toEqual([]);
    advanceDays(1);
    expect(await sweep()).toEqual(["s1"]);
    expect(kinds()).toEqual(["accessEnds ada.1@contoso.com"]);
    expect(await sweep()).toEqual([]);
    advanceDays(14);
    expect(await sweep()).toEqual(["s1"]);

    expect(stateOf("s1")).toMatchObject({
      state: "expired",
      stateComment: "Access ended on 2026-07-13T09:00:00Z (Rollcall)",
    });
    expect(await record("s1")).toMatchObject({ status: "closed", outcome: { code: "expired" } });
    expect(kinds()).toEqual(["accessEnded ada.1@contoso.com"]);
    expect(await sweep()).toEqual([]);
  });

  it("goes by the service's date where an administrator moved it", async () => {
    const { addPerson, submit, look, stateOf, simulator, advanceDays } = await start();
    submit("s1", await addPerson(1));
    await look("s1");
    simulator.edit.putSubscription({ id: "s1", expirationDate: Date.UTC(2027, 0, 1) });

    advanceDays(61);
    await sweep();

    expect(stateOf("s1")?.state).toBe("active");
  });
});

describe("access that ends while people are asked whether it may stay", () => {
  /** Granted until 13 July; its owner moves on 9 July, and the question runs until 23 July. */
  async function reviewed(days = 56) {
    await start();
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    await sweep();
    local.advanceDays(days);
    await local.addPerson(1, { department: "Treasury" });
    await sweep();
    expect(await local.record("s1")).toMatchObject({ status: "asked", review: "changed" });
    return kinds();
  }

  it("ends at its end, and nobody can answer any more", async () => {
    await reviewed();
    local.advanceDays(4);
    expect(await sweep()).toEqual(["s1"]);

    expect(local.stateOf("s1")?.state).toBe("expired");
    expect(await local.record("s1")).toMatchObject({ status: "closed", outcome: { code: "expired" } });
    expect(kinds()).toEqual(["accessEnded ada.1@contoso.com"]);
    const [asked] = (await local.record("s1"))?.question?.approvers ?? [];
    const principal = { name: "owner@contoso.com", address: "owner@contoso.com", roles: [] };
    const input = { target: "contoso", subscription: "s1", nonce: asked?.nonce ?? "", principal };
    expect(await openQuestion(input, local.world, signal)).toMatchObject({
      reason: "closed",
      request: { outcome: { code: "expired" } },
    });
    local.advanceDays(14);
    expect(await sweep()).toEqual([]);
    expect(local.stateOf("s1")?.state).toBe("expired");
  });

  it("is warned about, once", async () => {
    expect(await reviewed(40)).toEqual(["review owner@contoso.com"]);
    local.advanceDays(6);
    await sweep();
    expect(kinds()).toEqual(["accessEnds ada.1@contoso.com"]);
    expect((await local.record("s1"))?.status).toBe("asked");
    await sweep();
    expect(kinds()).toEqual([]);
  });
});

describe("access that is there", () => {
  async function granted(options: Partial<LocalRequestsOptions> = {}) {
    await start(options);
    local.submit("s1", await local.addPerson(1));
    await local.look("s1");
    await sweep();
    kinds();
  }

  it("is reviewed once when its owner moves, and stays when the review approves", async () => {
    await granted();
    await local.addPerson(1, { department: "Treasury" });
    local.advanceDays(1);

    expect(await sweep()).toEqual(["s1"]);
    expect(kinds()).toEqual(["review owner@contoso.com"]);
    expect(local.stateOf("s1")?.state).toBe("active");
    const principal = { name: "owner@contoso.com", address: "owner@contoso.com", roles: ["approver"] as const };
    const input = { target: "contoso", subscription: "s1", principal } as const;
    await answerByPerson({ ...input, answer: "approve" }, local.world, signal);
    for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);

    expect(local.stateOf("s1")).toMatchObject({ state: "active", expirationDate: Date.UTC(2026, 6, 13, 9) });
    expect(await local.record("s1")).toMatchObject({ status: "answered", outcome: { code: "approved" } });
    local.advanceDays(1);
    expect(await sweep()).toEqual([]);
  });

  it("is suspended when its owner has left and nobody speaks for it", async () => {
    await granted();
    await local.addPerson(1, { status: "ended" });
    local.advanceDays(1);
    await sweep();
    expect(kinds()).toEqual(["review owner@contoso.com"]);

    local.advanceDays(14);
    await sweep();

    expect(local.stateOf("s1")?.state).toBe("suspended");
    expect(await local.record("s1")).toMatchObject({ answer: { rule: "final" }, outcome: { code: "rejected" } });
  });

  /** Access without end, a day after the facts of its decision would be deleted. */
  async function afterYears() {
    await granted({ rules: rulesWith("report").replace(/ *accessForDays: 60\n/, "") });
    local.advanceDays(401);
    await forgetFacts(["contoso"], { keepFactsDays: 400 }, local.world, signal);
  }

  it("is reviewed when its owner moves, however long ago it was granted", async () => {
    await afterYears();
    await local.addPerson(1, { department: "Treasury" });

    expect(await sweep()).toEqual(["s1"]);
    expect(await local.record("s1")).toMatchObject({ status: "asked", review: "changed" });
  });

  it("is reviewed when its owner leaves, also where nothing is left of the facts, once", async () => {
    await afterYears();
    const blob = (await local.record("s1"))?.facts?.blob ?? "";
    await local.requests.deleteFacts(local.now() + 1, new Set(), signal);
    expect(await local.requests.getFacts(blob, signal)).toBeUndefined();
    await local.addPerson(1, { status: "ended" });

    expect(await sweep()).toEqual(["s1"]);
    expect(await local.record("s1")).toMatchObject({ status: "asked", review: "ownerLeft" });
    const principal = { name: "owner@contoso.com", address: "owner@contoso.com", roles: ["approver"] as const };
    const input = { target: "contoso", subscription: "s1", principal, answer: "approve" } as const;
    await answerByPerson(input, local.world, signal);
    for (const { subscription, via } of local.queue.take()) await local.look(subscription, via);
    local.advanceDays(1);
    expect(await sweep()).toEqual([]);
  });

  it("is left alone where it was there before Rollcall, and reported once where nobody approved it", async () => {
    const { addPerson, submit, record, stateOf } = await start();
    submit("old", await addPerson(1), { state: "active" });
    await sweep();
    expect(await record("old")).toMatchObject({ status: "closed", outcome: { code: "baseline" } });
    submit("new", await addPerson(2), { state: "active" });
    submit("ownerless", undefined, { state: "active" });
    kinds();
    local.advanceDays(1);

    expect(await sweep()).toEqual(["new"]);

    expect(kinds()).toEqual(["review owner@contoso.com"]);
    expect(stateOf("new")?.state).toBe("active");
    expect(await record("new")).toMatchObject({ status: "closed", outcome: { code: "unapproved" } });
    local.advanceDays(1);
    expect(await sweep()).toEqual([]);
  });

  it.each([
    ["suspend", "suspended"],
    ["ask", "active"],
  ])("that nobody approved: %s", async (unapproved, state) => {
    const { addPerson, submit, stateOf } = await start({ rules: rulesWith(unapproved) });
    await sweep();
    submit("new", await addPerson(2), { state: "active" });
    local.advanceDays(1);
    await sweep();

    expect(stateOf("new")?.state).toBe(state);
    if (unapproved === "suspend")
      expect(stateOf("new")?.stateComment).toMatch(/^Rejected because nobody had approved it/);
    else expect(kinds()).toEqual(["review owner@contoso.com"]);
  });
});

describe("access that somebody made active again, and no event told", () => {
  /** Refused, or ended, in the past; then set active in the portal. */
  async function revived(unapproved: string, before: "rejected" | "expired") {
    const { addPerson, submit, look, stateOf, simulator, advanceDays } = await start({ rules: rulesWith(unapproved) });
    await sweep();
    submit("s1", await addPerson(1, { department: before === "rejected" ? "Guests" : "Payments" }));
    await look("s1");
    advanceDays(61);
    await sweep();
    expect(stateOf("s1")?.state).toBe(before);
    kinds();
    simulator.edit.putSubscription({ id: "s1", state: "active", expirationDate: null });
    advanceDays(1);
    return sweep();
  }

  it.each(["rejected", "expired"] as const)("after it was %s is reported once, and kept", async (before) => {
    expect(await revived("report", before)).toEqual(["s1"]);

    expect(kinds()).toEqual(["review owner@contoso.com"]);
    expect(local.stateOf("s1")?.state).toBe("active");
    expect(await local.record("s1")).toMatchObject({ status: "closed", outcome: { code: "unapproved" }, round: 2 });
    local.advanceDays(1);
    expect(await sweep()).toEqual([]);
  });

  it.each(["rejected", "expired"] as const)("after it was %s is suspended where the rules say so", async (before) => {
    expect(await revived("suspend", before)).toEqual(["s1"]);

    expect(local.stateOf("s1")?.state).toBe("suspended");
    expect(await local.record("s1")).toMatchObject({ status: "answered", answer: { rule: "unapproved" } });
  });

  it("is asked about where the rules say so", async () => {
    await revived("ask", "rejected");

    expect(kinds()).toEqual(["review owner@contoso.com"]);
    expect(await local.record("s1")).toMatchObject({ status: "asked", review: "unapproved" });
  });

  it("is found where the record is about an older subscription of that id", async () => {
    const { addPerson, submit, look, simulator } = await start();
    const owner = await addPerson(1);
    submit("s1", owner);
    await look("s1");
    await sweep();
    local.advanceDays(1);
    simulator.edit.deleteSubscription("s1");
    submit("s1", owner, { state: "active" });

    expect(await sweep()).toEqual(["s1"]);

    expect(await local.record("s1")).toMatchObject({ outcome: { code: "unapproved" }, round: 2 });
  });
});

describe("leavers", () => {
  it("have the manager and the owners told before the last day, once for each product", async () => {
    const { addPerson, submit, look } = await start({ leaver: { handsOver: false, warnDaysBefore: 10 } });
    await addPerson(9, { email: "boss@contoso.com" });
    const owner = await addPerson(1, { manager: "9", endDate: "2026-05-25" });
    for (const id of ["s1", "s2"]) {
      submit(id, owner);
      await look(id);
    }

    await sweep();
    expect(kinds()).toEqual([]);
    local.advanceDays(1);
    await sweep();
    expect(kinds()).toEqual(["leaverKeys boss@contoso.com,owner@contoso.com"]);
    local.advanceDays(1);
    await sweep();
    expect(kinds()).toEqual([]);
  });

  it("leave no note behind that outlasts the time of facts, or tells whose it is", async () => {
    const { addPerson, submit, look, requests } = await start({ leaver: { handsOver: false, warnDaysBefore: 10 } });
    submit("s1", await addPerson(1, { endDate: "2026-05-20" }));
    await look("s1");
    const names: string[] = [];
    const putFacts = requests.putFacts;
    requests.putFacts = (name, ...rest) => {
      names.push(name);
      return putFacts(name, ...rest);
    };
    await sweep();
    const [note = ""] = names.filter((name) => !name.startsWith("baseline"));
    expect(note).not.toMatch(/rc-1|payments|2026|05-20/);
    const forgetAfter = async (days: number) => {
      local.advanceDays(days);
      await forgetFacts(["contoso"], { keepFactsDays: 1 }, local.world, signal);
      return requests.getFacts(note, signal);
    };

    expect(await forgetAfter(6)).toBeDefined();
    expect(await forgetAfter(14)).toBeUndefined();
  });

  /** The mail about a leaver of a product of this name. */
  async function leaverMail(displayName: string, faults: readonly FaultRule[]) {
    const { addPerson, submit, look, simulator } = await start({ leaver: { handsOver: false, warnDaysBefore: 10 } });
    submit("s1", await addPerson(1, { endDate: "2026-05-20" }));
    await look("s1");
    simulator.edit.putProduct({ id: "payments-api", displayName });
    simulator.addFaults(faults);
    await sweep();
    const notice = local.notices.find(({ kind }) => kind === "leaverKeys");
    if (notice === undefined) throw new Error("Nobody was told");
    return renderMail(notice);
  }

  it("are told about with the product's name, harmless in a mail, and its id", async () => {
    const { subject, html, text } = await leaverMail("<b>Pay</b> https://evil.example\r\nBcc: eve@evil.example", []);

    expect(text).toContain("<b>Pay</b>");
    expect(text).toContain("(payments-api): Subscription s1.");
    expect(html).not.toContain("<b>");
    expect(text + html).not.toContain("//evil.example");
    expect(subject).not.toMatch(/[\r\n]/);
  });

  it("are told about with the product's id alone, where the product cannot be read", async () => {
    const { text } = await leaverMail("Payments API", [
      { match: { path: "/products/payments-api" }, fault: { status: 403 } },
    ]);

    expect(text).toContain("has a subscription to payments-api: Subscription s1.");
    expect(local.log.lines.map(({ event }) => event)).toContain("leaver.product.unread");
  });

  it("no longer know the keys that were handed over, after the days that the rules name", async () => {
    const { addPerson, submit, stateOf } = await start({ leaver: { handsOver: true, regenerateAfterDays: 3 } });
    const stateComment = "rollcall/1 owner=contoso-platform key=rc-9 transferred=2026-05-14T09%3A00%3A00Z";
    submit("s1", await addPerson(1), { state: "active", stateComment, primaryKey: "p", secondaryKey: "s" });
    local.advanceDays(2);
    await sweep();
    expect(stateOf("s1")?.primaryKey).toBe("p");
    local.advanceDays(1);
    await sweep();

    expect(stateOf("s1")?.primaryKey).not.toBe("p");
    expect(stateOf("s1")?.secondaryKey).not.toBe("s");
    expect(stateOf("s1")?.stateComment).toBe("rollcall/1 owner=contoso-platform key=rc-9");
    expect(await local.auditActions()).toContain("keysRegenerated");
    local.advanceDays(1);
    expect(await sweep()).toEqual([]);
  });
});
