import { expect, test } from "vitest";
import { type Change, changeId } from "../../shared/core/change.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { RunRecord } from "../../shared/core/run.ts";
import { createRunLedger } from "../../shared/flows/run-ledger.ts";
import type { RunStore } from "../../shared/run-ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";

const { signal } = new AbortController();
const clock = { now: () => 1_000, sleep: async () => undefined };
const retries = { left: () => 50 };

const run: RunRecord = {
  id: "1700000000000-abcdefgh",
  request: { target: "contoso", mode: "apply", purpose: "sync" },
  trigger: "timer",
  status: "running",
  createdAt: 0,
  updatedAt: 0,
  slices: 1,
};

function create(number: number): Change {
  const fields = { firstName: "Ada", lastName: "Ek", email: `ada.${number}@contoso.com`, worker: `employee/${number}` };
  const reason = { code: "joiner", worker: fields.worker, text: "HR has the person at work" } as const;
  return { kind: "createUser", key: `rc-${number}`, before: null, after: fields, reason };
}

function outcomeOf(change: Change, status: Outcome["status"] = "applied"): Outcome {
  return { id: changeId(change), kind: change.kind, key: change.key, status, at: 1_000 };
}

const changes = Array.from({ length: 250 }, (_, number) => create(number));

test("what earlier slices counted and what is new comes to one count, each change by its last outcome", async () => {
  const store = createMemoryRunStore({ clock });
  const [first, second] = [create(0), create(1)];
  const journal = [outcomeOf(first, "failed"), outcomeOf(second)];
  const ledger = createRunLedger({ ...run, counted: 2 }, changes, journal, { clock, store, retries }, signal);

  ledger.add(outcomeOf(first));
  const counted = await ledger.close(signal);

  expect(counted).toMatchObject({ counted: 3, outcomes: { applied: 2, failed: 0 } });
  expect(await store.appliedSince("contoso", 0, signal)).toHaveLength(1);
});

test("a batch that could not be written goes with the next one, so the record never counts past a hole", async () => {
  const store = createMemoryRunStore({ clock });
  let failures = 1;
  const flaky: RunStore = {
    ...store,
    async recordApplied(...args) {
      failures -= 1;
      if (failures >= 0) throw new AppError("STORE_UNAVAILABLE", "Cannot write");
      await store.recordApplied(...args);
    },
  };
  const ledger = createRunLedger(run, changes, [], { clock, store: flaky, retries }, signal);

  for (const change of changes.slice(0, 120)) ledger.add(outcomeOf(change));
  await new Promise(setImmediate);
  for (const change of changes.slice(120)) ledger.add(outcomeOf(change));

  await expect(ledger.close(signal)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  expect(await store.appliedSince("contoso", 0, signal)).toHaveLength(250);
  expect(await store.getRun(run.id, signal)).toMatchObject({ counted: 250, outcomes: { applied: 250 } });
  expect((await store.getTargetMemory("contoso", signal)).links.size).toBe(250);
});

test("each batch says how many retries are left then, for whoever goes on after a kill", async () => {
  const store = createMemoryRunStore({ clock });
  let left = 50;
  const ledger = createRunLedger(run, changes, [], { clock, store, retries: { left: () => left } }, signal);

  left = 12;
  for (const change of changes.slice(0, 100)) ledger.add(outcomeOf(change));
  await new Promise(setImmediate);
  const written = await store.getRun(run.id, signal);
  left = 3;

  expect(written).toMatchObject({ counted: 100, retriesLeft: 12 });
  expect(await ledger.close(signal)).toMatchObject({ retriesLeft: 3 });
});
