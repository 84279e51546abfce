import { describe, expect, it } from "vitest";
import { readFreshRoster } from "../../shared/flows/fresh-roster.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { aPerson, aPolicy, aRead } from "../helpers/core-builders.ts";
import { createFixedClock } from "../http/fixed-clock.ts";

const { signal } = new AbortController();
const clock = createFixedClock();

describe("readFreshRoster()", () => {
  it("finds workers of all sources as they are now, with the accounts that are remembered, and keeps nothing", async () => {
    const store = createMemoryRunStore({ clock });
    await store.rememberLinks("contoso", new Map([["employee/1", "adopted"]]), signal);
    const sources = [aRead([aPerson("1")]), aRead([aPerson("2", { status: "ended" })])].map(({ read }, index) => ({
      source: { name: `hr${index}`, read: async () => read },
      spaces: ["employee"],
    }));

    const roster = await readFreshRoster({ clock, store, policy: aPolicy(), sources }, signal);

    expect(await roster.findWorker("contoso", "employee/1", signal)).toEqual({
      entry: { person: aPerson("1"), userId: "adopted", standing: "present" },
      readAt: clock.now(),
    });
    expect(await roster.findWorker("contoso", "employee/2", signal)).toMatchObject({ entry: { standing: "leaver" } });
    expect(await roster.findWorker("contoso", "employee/3", signal)).toBeUndefined();
    expect(await store.getSourceMemory("hr0", signal)).toBeUndefined();
  });
});
