// One decision is one record of the audit, however many look at once, and whoever fails or dies in between.
import { afterEach, describe, expect, it } from "vitest";
import { lookAtRequest } from "../../shared/flows/look-at-request.ts";
import { sweepRequests } from "../../shared/flows/sweep-requests.ts";
import { type LocalRequests, signal, startLocalRequests } from "../helpers/local-requests.ts";

const rules = `approvals:
  products:
    - product: payments-api
      owners: [owner@contoso.com]
      rules: [{ name: payments-team, approve: 'requester.department == "Payments"' }]
      accessForDays: 365
      warnDays: 14
  default: {}
  review: { unapproved: report }
`;

let local: LocalRequests;

async function start(): Promise<LocalRequests> {
  local = await startLocalRequests({ rules });
  return local;
}

afterEach(() => local.close());

describe("the audit's record of a decision", () => {
  type Port = "requests" | "audit";
  type End = "dies" | "fails";

  /** A look that dies, or fails, before or after the nth call of that method. The dead do nothing any more. */
  function lookThat(end: End, port: Port, method: string, nth: number, when: "before" | "after", via = "event") {
    let calls = 0;
    let dead = false;
    const breakOff = (isNow: boolean): void => {
      if (!isNow) return;
      dead = end === "dies";
      throw new Error("broken");
    };
    const call = async (work: () => unknown, isTheOne: boolean): Promise<unknown> => {
      if (dead) throw new Error("dead");
      if (isTheOne) calls += 1;
      const isNow = isTheOne && calls === nth;
      breakOff(isNow && when === "before");
      const result = await work();
      breakOff(isNow);
      return result;
    };
    const broken = <T extends object>(name: Port, object: T): T =>
      new Proxy(object, {
        get(target, key) {
          const work: unknown = Reflect.get(target, key);
          if (typeof work !== "function") return work;
          const isTheOne = name === port && key === method;
          return (...args: unknown[]) => call(() => Reflect.apply(work, target, args), isTheOne);
        },
      });
    const { requests, audit } = local.world;
    const world = { ...local.world, requests: broken("requests", requests), audit: broken("audit", audit) };
    return lookAtRequest({ target: "contoso", subscription: "s1", via }, world, { lastAttempt: false }, signal);
  }

  const lookAll = (via = "event") => Promise.all(Array.from({ length: 4 }, () => local.look("s1", via)));
  const minutes = (count: number) => local.advance(count * 60_000);

  it.each([
    ["before the record says so", "requests", "putRequest", 2, "before"],
    ["after the audit took it", "audit", "append", 1, "after"],
    ["before the audit took it", "audit", "append", 1, "before"],
  ] as const)("is there once, though a look died %s", async (_, port, method, nth, when) => {
    const { addPerson, submit, record } = await start();
    submit("s1", await addPerson(1));

    await expect(lookThat("dies", port, method, nth, when)).rejects.toThrow();
    await lookAll();
    // Nobody can tell whether the first look is dead: until its time is over the others leave the record to it.
    expect(await record("s1")).toMatchObject({ status: "decided" });
    minutes(5);
    await lookAll();

    expect(await record("s1")).toMatchObject({ status: "answered" });
    expect(await record("s1")).not.toHaveProperty("claim");
    expect(await local.auditActions()).toEqual(["approved"]);
  });

  it.each([
    ["requests", "putRequest", 2, "before"],
    ["audit", "append", 1, "after"],
    ["audit", "append", 1, "before"],
  ] as const)("is there once, and at once, where a look failed: %s %s", async (port, method, nth, when) => {
    const { addPerson, submit, record } = await start();
    submit("s1", await addPerson(1));

    await expect(lookThat("fails", port, method, nth, when)).rejects.toThrow();
    await lookAll();

    expect(await record("s1")).toMatchObject({ status: "answered" });
    expect(await local.auditActions()).toEqual(["approved"]);
  });

  it("is found on the day on which the dead look wrote it", async () => {
    const { addPerson, submit, look } = await start();
    minutes(15 * 60 - 1);
    submit("s1", await addPerson(1));
    await expect(lookThat("dies", "requests", "putRequest", 2, "before")).rejects.toThrow();
    minutes(26 * 60);

    await look("s1");

    expect(await local.auditActions()).toEqual(["approved"]);
  });

  it("is there once for access that ended, however many look at once", async () => {
    const { addPerson, submit, look, record, advanceDays } = await start();
    submit("s1", await addPerson(1));
    await look("s1");
    advanceDays(366);

    await lookAll("sweep");

    expect(await record("s1")).toMatchObject({ status: "closed", outcome: { code: "expired" } });
    expect(await local.auditActions()).toEqual(["approved", "expired"]);
  });

  it("is there once for access that ended, though a look died before the record said so", async () => {
    const { addPerson, submit, look, record, advanceDays, queue, world } = await start();
    submit("s1", await addPerson(1));
    await look("s1");
    advanceDays(366);
    await expect(lookThat("dies", "requests", "putRequest", 2, "before", "sweep")).rejects.toThrow();
    await look("s1", "sweep");
    expect(await record("s1")).toMatchObject({ status: "answered" });

    minutes(16);
    await sweepRequests(["contoso"], world, signal);
    for (const { subscription, via } of queue.take()) await look(subscription, via);

    expect(await record("s1")).toMatchObject({ status: "closed", outcome: { code: "expired" } });
    expect(await local.auditActions()).toEqual(["approved", "expired", "baseline"]);
  });

  it.each(["before", "after"] as const)(
    "is there once for what was withdrawn, also where a look dies %s it",
    async (when) => {
      const { addPerson, submit, look, simulator } = await start();
      submit("s1", await addPerson(1));
      await look("s1");
      simulator.edit.putSubscription({ id: "s1", state: "cancelled" });

      await expect(lookThat("dies", "audit", "append", 1, when)).rejects.toThrow();
      await lookAll();
      minutes(5);
      await lookAll();

      expect(await local.record("s1")).toMatchObject({ status: "closed", outcome: { code: "withdrawn" } });
      expect(await local.auditActions()).toEqual(["approved", "closed"]);
    },
  );

  it.each(["before", "after"] as const)(
    "is there once for access that nobody approved, whose look dies %s it",
    async (when) => {
      const { addPerson, submit, record, requests } = await start();
      await requests.putFacts("baseline-contoso", { salt: "", facts: {} }, signal);
      submit("s1", await addPerson(1), { state: "active" });
      await expect(lookThat("dies", "audit", "append", 1, when, "sweep")).rejects.toThrow();

      await lookAll("sweep");
      minutes(5);
      await lookAll("sweep");

      expect(await record("s1")).toMatchObject({ status: "closed", outcome: { code: "unapproved" }, round: 1 });
      expect(await local.auditActions()).toEqual(["unapproved"]);
      expect(local.notices).toHaveLength(1);
    },
  );
});
