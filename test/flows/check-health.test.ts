import { describe, expect, it } from "vitest";
import { createHealthCheck } from "../../shared/flows/check-health.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { aRun, runIdAt, startOfTime } from "../helpers/records.ts";

const signal = new AbortController().signal;
const targets = [{ name: "contoso", everyMinutes: 15 }];

function world() {
  let now = startOfTime + 60_000;
  let opened = 0;
  const clock = { now: () => now, sleep: async () => undefined };
  const store = createMemoryRunStore({ clock });
  const check = createHealthCheck({
    clock,
    open: async () => {
      opened += 1;
      return { store, targets };
    },
  });
  return { store, check, opened: () => opened, pass: (ms: number) => (now += ms) };
}

describe("createHealthCheck()", () => {
  it("probes at most once a minute, whoever asks", async () => {
    const { check, opened, pass } = world();
    await Promise.all([check(signal), check(signal)]);
    pass(59_999);
    await check(signal);
    expect(opened()).toBe(1);
    pass(1);

    await check(signal);

    expect(opened()).toBe(2);
  });

  it("is degraded by a target whose last run was blocked, and says which", async () => {
    const { store, check } = world();
    const request = { target: "contoso", mode: "apply", purpose: "sync" } as const;
    await store.putRun(aRun(runIdAt(0), { request, status: "blocked" }), signal);

    expect(await check(signal)).toMatchObject({
      status: "degraded",
      targets: [{ target: "contoso", status: "blocked" }],
    });
  });

  it("is degraded by a source that cannot be read, however many runs of single workers there were since", async () => {
    const { store, check, pass } = world();
    const sync = { target: "contoso", mode: "apply", purpose: "sync" } as const;
    const unread = {
      source: "hr",
      completeness: "incomplete",
      people: 0,
      problems: 0,
      incompleteBecause: ["It is away"],
    } as const;
    const ended = (minutes: number) => {
      const at = startOfTime + minutes * 60_000;
      return { status: "finished", createdAt: at, updatedAt: at, finishedAt: at } as const;
    };
    for (const minutes of [0, 70])
      await store.putRun(aRun(runIdAt(minutes), { request: sync, sources: [unread], ...ended(minutes) }), signal);
    for (let index = 71; index < 131; index += 1) {
      const request = { ...sync, worker: `employee/${index}` };
      await store.putRun(aRun(runIdAt(index, "abcdefgz"), { request, ...ended(71) }), signal);
    }
    pass(71 * 60_000);

    expect(await check(signal)).toMatchObject({
      status: "degraded",
      targets: [{ target: "contoso", status: "unread", sources: [{ source: "hr", late: true }] }],
    });
  });

  it("is unavailable, with the code, when the store cannot be opened", async () => {
    const check = createHealthCheck({
      clock: { now: () => 0, sleep: async () => undefined },
      open: () => Promise.reject(new Error("away")),
    });

    expect(await check(signal)).toEqual({ status: "unavailable", checkedAt: 0, targets: [], code: "BUG" });
  });
});
