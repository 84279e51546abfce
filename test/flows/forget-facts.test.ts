import { describe, expect, it } from "vitest";
import type { Subscription } from "../../shared/core/directory.ts";
import { factsName } from "../../shared/core/facts.ts";
import type { RequestRecord } from "../../shared/core/request.ts";
import { type ForgetWorld, forgetFacts } from "../../shared/flows/forget-facts.ts";
import { createMemoryRequestStore, createMemoryRoster } from "../../shared/requests/memory.ts";
import { aSubscription } from "../helpers/core-builders.ts";
import { aPerson, aRequest } from "../helpers/request-records.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const dayMs = 86_400_000;
const start = Date.UTC(2026, 2, 2);

async function aWorld(listSubscriptions: () => Promise<readonly Subscription[]> = async () => []) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const world = {
    clock,
    log: createRecordingLog(),
    requests: createMemoryRequestStore({ clock }),
    roster: createMemoryRoster(),
    openTarget: async (name) => (name === "silent" ? undefined : { apim: { listSubscriptions } }),
  } satisfies ForgetWorld;
  const kept = { salt: "00", facts: { requester: "r" } };
  const name = factsName(start, "contoso", "s1");
  await world.requests.putFacts(name, kept, signal);
  for (const target of ["contoso", "gone"])
    await world.roster.put(target, [{ person: aPerson(1), standing: "present" }], start, signal);
  const forgetAfter = async (days: number) => {
    time.now = start + days * dayMs;
    await forgetFacts(["contoso", "silent"], { keepFactsDays: 400 }, world, signal);
  };
  /** Whether the facts of the request are there after 401 days. */
  const keepsFactsOf = async (fields: Partial<RequestRecord>) => {
    await world.requests.putRequest(aRequest("s1", { facts: { blob: name, hash: "h" }, ...fields }), undefined, signal);
    await forgetAfter(401);
    return (await world.requests.getFacts(name, signal)) !== undefined;
  };
  return { world, name, forgetAfter, keepsFactsOf };
}

const approved = { status: "answered", answer: { answer: "approve", rule: "r", at: start } } as const;
const rejected = { status: "answered", answer: { answer: "reject", rule: "r", at: start } } as const;

describe("forgetFacts()", () => {
  it("keeps facts as long as they are to be kept, and deletes them then", async () => {
    const { world, name, forgetAfter } = await aWorld();

    await forgetAfter(399);
    expect(await world.requests.getFacts(name, signal)).toBeDefined();
    await forgetAfter(401);
    expect(await world.requests.getFacts(name, signal)).toBeUndefined();
  });

  it.each<[string, Partial<RequestRecord>, boolean]>([
    ["access that is there", approved, true],
    ["access about which people are asked", { status: "asked" }, true],
    ["an answer that is not yet written", { ...approved, status: "decided" }, true],
    ["a review that failed", { status: "failed", review: "changed" }, true],
    ["a refusal", rejected, false],
    ["access that ended", { ...approved, status: "closed" }, false],
    ["a target that left the rules", { ...approved, target: "gone" }, false],
    ["a target without rules for requests", { ...approved, target: "silent" }, false],
  ])("of %s: kept as long as somebody may compare with them", async (_, fields, keeps) => {
    const { keepsFactsOf } = await aWorld(async () => [aSubscription("S1", "u1", { state: "active" })]);
    expect(await keepsFactsOf(fields)).toBe(keeps);
  });

  it("deletes those of access that is not there any more, whatever the record says", async () => {
    const { keepsFactsOf } = await aWorld();
    expect(await keepsFactsOf(approved)).toBe(false);
  });

  it("keeps those of access at a service that cannot be asked, deletes others, and says so", async () => {
    const { world, keepsFactsOf } = await aWorld(async () => {
      throw new Error("down");
    });
    const other = factsName(start, "contoso", "s2");
    await world.requests.putFacts(other, { salt: "", facts: {} }, signal);

    expect(await keepsFactsOf(approved)).toBe(true);
    expect(await world.requests.getFacts(other, signal)).toBeUndefined();
    expect(world.log.lines.map(({ event }) => event)).toContain("requests.facts.kept");
  });

  it("stops where it is told to", async () => {
    const stop = new AbortController();
    const { world } = await aWorld(async () => {
      stop.abort();
      throw stop.signal.reason;
    });
    await expect(forgetFacts(["contoso"], { keepFactsDays: 1 }, world, stop.signal)).rejects.toMatchObject({
      name: expect.stringMatching(/Abort|AppError/),
    });
  });

  it("forgets the people of a target that left the rules, and no others", async () => {
    const { world, forgetAfter } = await aWorld();

    await forgetAfter(1);

    expect(await world.roster.findWorker("gone", "employee/1", signal)).toBeUndefined();
    expect(await world.roster.findWorker("contoso", "employee/1", signal)).toBeDefined();
  });

  it("looks once a day, however often it is asked", async () => {
    const { world, forgetAfter } = await aWorld();

    await forgetAfter(1);
    await world.roster.put("gone", [{ person: aPerson(1), standing: "present" }], start, signal);
    await forgetAfter(1.2);
    expect(await world.roster.findWorker("gone", "employee/1", signal)).toBeDefined();
    await forgetAfter(2);
    expect(await world.roster.findWorker("gone", "employee/1", signal)).toBeUndefined();
  });
});
