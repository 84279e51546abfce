import { describe, expect, it } from "vitest";
import { factsName } from "../../shared/core/facts.ts";
import { forgetFacts } from "../../shared/flows/forget-facts.ts";
import { createMemoryRequestStore, createMemoryRoster } from "../../shared/requests/memory.ts";
import { aPerson } from "../helpers/request-records.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const dayMs = 86_400_000;
const start = Date.UTC(2026, 2, 2);

async function aWorld() {
  const time = { now: start };
  const clock = { now: () => time.now };
  const world = {
    clock,
    log: createRecordingLog(),
    requests: createMemoryRequestStore({ clock }),
    roster: createMemoryRoster(),
  };
  const kept = { salt: "00", facts: { requester: "r" } };
  const name = factsName(start, "contoso", "s1");
  await world.requests.putFacts(name, kept, signal);
  for (const target of ["contoso", "gone"])
    await world.roster.put(target, [{ person: aPerson(1), standing: "present" }], start, signal);
  const forgetAfter = async (days: number) => {
    time.now = start + days * dayMs;
    await forgetFacts(["contoso"], { keepFactsDays: 400 }, world, signal);
  };
  return { world, name, forgetAfter };
}

describe("forgetFacts()", () => {
  it("keeps facts as long as they are to be kept, and deletes them then", async () => {
    const { world, name, forgetAfter } = await aWorld();

    await forgetAfter(399);
    expect(await world.requests.getFacts(name, signal)).toBeDefined();
    await forgetAfter(401);
    expect(await world.requests.getFacts(name, signal)).toBeUndefined();
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
