import { expect, test } from "vitest";
import { type Change, changeId } from "../../shared/core/change.ts";
import { AppError } from "../../shared/core/errors.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import { type ApplySliceWorld, apply } from "../../shared/flows/apply.ts";
import type { Apim } from "../../shared/ports.ts";
import { aPolicy } from "../helpers/core-builders.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const { signal } = new AbortController();

function member(number: number): Change {
  const pair = { group: "payments", user: `rc-${number}` };
  const reason = { code: "groupRuleHolds", text: "The rule holds" } as const;
  return { kind: "addMember", key: `${pair.group}/${pair.user}`, before: null, after: pair, reason };
}

function create(number: number): Change {
  const fields = { firstName: "Ada", lastName: "Ek", email: `ada.${number}@contoso.com`, worker: `employee/${number}` };
  const reason = { code: "joiner", worker: fields.worker, text: "HR has the person at work" } as const;
  return { kind: "createUser", key: `rc-${number}`, before: null, after: fields, reason };
}

type Held = { readonly name: string; end(failure?: AppError): void };

/** A service whose writes, and a journal whose appends, end when they are told to. */
function stage() {
  const writes: Held[] = [];
  const appends: Held[] = [];
  const hold = (into: Held[], name: string): Promise<void> =>
    new Promise((resolve, reject) => {
      into.push({ name, end: (failure) => (failure === undefined ? resolve() : reject(failure)) });
    });
  const apim = {
    getUser: async () => undefined,
    putUser: async (id: string) => {
      await hold(writes, id);
      return "created" as const;
    },
    addMember: async (_: string, user: string) => {
      await hold(writes, `member ${user}`);
      return "added" as const;
    },
  };
  const world: ApplySliceWorld = {
    policy: aPolicy(),
    // Only these are called.
    apim: new Proxy({} as Apim, { get: (_, name) => Reflect.get(apim, name) }),
    clock: { now: () => 0, sleep: async () => undefined },
    log: createRecordingLog(),
    store: {
      appendOutcomes: (_, outcomes) => hold(appends, outcomes.map(({ id }) => id).join()),
      rememberSuspended: async () => undefined,
    },
    idsMayBeTaken: true,
  };
  return { world, writes, appends };
}

const settle = (): Promise<void> => new Promise(setImmediate);

function inputOf(changes: readonly Change[], outcomes: Outcome[] = []) {
  return {
    runId: "run",
    changes,
    done: new Map<string, Outcome>(),
    maxConcurrency: 4,
    shouldStop: () => false,
    onOutcome: (outcome: Outcome) => void outcomes.push(outcome),
  };
}

test("as many changes as the client may have under way are begun, and as many again wait in it", async () => {
  const { world, writes } = stage();
  void apply(inputOf(Array.from({ length: 40 }, (_, number) => create(number))), world, signal);
  await settle();
  expect(writes).toHaveLength(8);

  writes[0]?.end();
  await settle();
  expect(writes).toHaveLength(9);
});

test("what is under way and what waits for the journal is never more than 32 and the requests at once", async () => {
  const { world, writes, appends } = stage();
  void apply(inputOf(Array.from({ length: 80 }, (_, number) => create(number))), world, signal);
  for (let round = 0; round < 80; round += 1) {
    await settle();
    writes[round]?.end();
  }
  await settle();
  expect(writes).toHaveLength(32 + 4);

  for (const append of appends.splice(0)) append.end();
  await settle();
  expect(writes.length).toBeGreaterThan(32 + 4);
});

test("a dependant begins when the journal has the outcome of what it needs", async () => {
  const { world, writes, appends } = stage();
  const outcomes: Outcome[] = [];
  const changes = [create(1), member(1)];
  const result = apply(inputOf(changes, outcomes), world, signal);
  await settle();
  writes[0]?.end();
  await settle();
  expect(writes.map(({ name }) => name)).toEqual(["rc-1"]);

  appends[0]?.end();
  await settle();
  expect(writes.map(({ name }) => name)).toEqual(["rc-1", "member rc-1"]);
  writes[1]?.end();
  await settle();
  appends[1]?.end();

  expect(await result).toBe("finished");
  expect(outcomes.map(({ id }) => id)).toEqual(changes.map(changeId));
});

test("a journal that fails ends the slice after what is under way, and nothing new is begun", async () => {
  const { world, writes, appends } = stage();
  const result = apply(inputOf(Array.from({ length: 40 }, (_, number) => create(number))), world, signal);
  const ended = expect(result).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await settle();
  writes[0]?.end();
  await settle();
  appends[0]?.end(new AppError("STORE_UNAVAILABLE", "Cannot write"));
  await settle();
  const begun = writes.length;
  for (const write of writes) write.end();
  await settle();
  for (const append of appends) append.end();

  await ended;
  expect(writes).toHaveLength(begun);
});
