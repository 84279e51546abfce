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

  it("is unavailable, with the code, when the store cannot be opened", async () => {
    const check = createHealthCheck({
      clock: { now: () => 0, sleep: async () => undefined },
      open: () => Promise.reject(new Error("away")),
    });

    expect(await check(signal)).toEqual({ status: "unavailable", checkedAt: 0, targets: [], code: "BUG" });
  });
});
