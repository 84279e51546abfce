import { describe, expect, it } from "vitest";
import { AppError } from "../../shared/core/errors.ts";
import type { PeopleRead } from "../../shared/core/person.ts";
import { type ReadOnceWorld, readOnce, sharedReadMs } from "../../shared/flows/read-once.ts";
import type { Clock } from "../../shared/ports.ts";
import { createMemoryRunStore } from "../../shared/runs/memory.ts";
import { aPerson } from "../helpers/core-builders.ts";
import { createRecordingLog } from "../http/recording-log.ts";

const signal = new AbortController().signal;
const key = { tick: 1_772_420_000_000, name: "everybody" };
const lease = "read/1772420000000-everybody";

const wholeRead: PeopleRead = {
  source: "hr",
  completeness: "complete",
  evidence: { rows: 1, people: 1, problems: 0, incompleteBecause: [] },
  people: [aPerson("1")],
  problems: [],
};

type Sleeper = { readonly at: number; readonly wake: () => void };

/** A clock that stands until it is told how long to go on: whoever sleeps wakes in order. */
function createSteppedClock(begin: number): Clock & { goOn(ms: number): Promise<void>; set(time: number): void } {
  let now = begin;
  const sleepers = new Set<Sleeper>();
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  };
  return {
    now: () => now,
    sleep: (ms, stop) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          sleepers.delete(sleeper);
          reject(stop.reason);
        };
        const wake = () => {
          stop.removeEventListener("abort", leave);
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        if (stop.aborted) leave();
        sleepers.add(sleeper);
        stop.addEventListener("abort", leave, { once: true });
      }),
    set(time) {
      now = time;
    },
    async goOn(ms) {
      const until = now + ms;
      for (await settle(); ; await settle()) {
        const [next] = [...sleepers].sort((one, other) => one.at - other.at);
        if (next === undefined || next.at > until) break;
        sleepers.delete(next);
        now = Math.max(now, next.at);
        next.wake();
      }
      now = until;
    },
  };
}

/** Instances over one store. */
function instances() {
  let reads = 0;
  const clock = createSteppedClock(key.tick);
  const store = createMemoryRunStore({ clock });
  const log = createRecordingLog();
  return {
    store,
    log,
    clock,
    reads: () => reads,
    /** One instance takes the read; `read` is what its source does. */
    take(
      read: (stop: AbortSignal) => Promise<PeopleRead | undefined> = async () => wholeRead,
      stop = signal,
      world: Partial<ReadOnceWorld> = {},
    ) {
      const counted = (given: AbortSignal) => {
        reads += 1;
        return read(given);
      };
      return readOnce({ key, notBefore: 0, read: counted }, { clock, store, log, ...world }, stop);
    },
  };
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("readOnce()", () => {
  it("has one of several instances read, and gives all of them what it read", async () => {
    const here = instances();
    const { open, opened } = gate();
    const slow = async () => {
      await opened;
      return wholeRead;
    };

    const taking = [here.take(slow), here.take(slow), here.take(slow)];
    await here.clock.goOn(90_000);
    expect(here.reads()).toBe(1);
    open();
    await here.clock.goOn(2_000);

    const shared = await Promise.all(taking);
    expect(here.reads()).toBe(1);
    expect(shared.map((each) => each?.read)).toEqual([wholeRead, wholeRead, wholeRead]);
    expect(await here.take()).toMatchObject({ at: key.tick });
  });

  it("says when the read began, not when it was taken, and reads again when that is ten minutes ago", async () => {
    const here = instances();
    await here.take();
    here.clock.set(key.tick + sharedReadMs - 1);
    expect(await here.take()).toMatchObject({ at: key.tick });
    expect(here.reads()).toBe(1);
    here.clock.set(key.tick + sharedReadMs);

    expect(await here.take()).toMatchObject({ at: key.tick + sharedReadMs });
    expect(here.reads()).toBe(2);
  });

  it("lets all who waited try for themselves, side by side, when the one that read has failed", async () => {
    const here = instances();
    const [first, later] = [gate(), gate()];
    const away = async () => {
      await first.opened;
      throw new AppError("SOURCE_UNAVAILABLE", "Cannot read: away");
    };
    const slow = async () => {
      await later.opened;
      return wholeRead;
    };
    const failing = here.take(away);
    const others = [here.take(slow), here.take(slow)];
    await here.clock.goOn(20_000);
    first.open();

    await expect(failing).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    await here.clock.goOn(2_000);
    expect(here.reads()).toBe(3);
    later.open();
    expect((await Promise.all(others)).map((each) => each?.read)).toEqual([wholeRead, wholeRead]);
    expect(await here.take()).toMatchObject({ read: wholeRead });
    expect(here.reads()).toBe(3);
  });

  it("goes on when the instance that read has died: its lease runs out", async () => {
    const here = instances();
    await here.store.acquireLease(lease, 60, signal);

    const taking = here.take();

    await here.clock.goOn(59_000);
    expect(here.reads()).toBe(0);
    await here.clock.goOn(2_000);
    expect(await taking).toMatchObject({ at: key.tick + 60_000, read: wholeRead });
  });

  it("keeps the read of a tick from other ticks, and what was undefined from everybody", async () => {
    const here = instances();
    expect(await here.take(async () => undefined)).toBeUndefined();
    await here.take();

    const nextTick = { key: { ...key, tick: key.tick + 1 }, notBefore: 0, read: async () => undefined };
    const other = await readOnce(nextTick, here, signal);

    expect(other).toBeUndefined();
    expect(here.reads()).toBe(2);
  });

  it.each(["putSharedRead", "getSharedRead", "acquireLease"] as const)(
    "is a read all the same when the store fails at %s",
    async (method) => {
      const here = instances();
      const away = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "Cannot: 503"));

      const shared = await here.take(undefined, signal, { store: { ...here.store, [method]: away } });

      expect(shared?.read).toEqual(wholeRead);
      expect(here.reads()).toBe(1);
      expect(here.log.lines[0]).toEqual({
        level: "warn",
        event: "people.unshared",
        fields: { code: "STORE_UNAVAILABLE" },
      });
      expect(await here.store.acquireLease(lease, 60, signal)).toBeDefined();
    },
  );

  it("takes what came between its look and its lease", async () => {
    const here = instances();
    const acquireLease: typeof here.store.acquireLease = async (...args) => {
      await here.store.putSharedRead(key, { at: key.tick, read: wholeRead }, signal);
      return here.store.acquireLease(...args);
    };

    expect(await here.take(undefined, signal, { store: { ...here.store, acquireLease } })).toMatchObject({
      read: wholeRead,
    });
    expect(here.reads()).toBe(0);
  });

  it("holds its lease while it reads, however long its first look took", async () => {
    const here = instances();
    const getSharedRead: typeof here.store.getSharedRead = async (...args) => {
      here.clock.set(here.clock.now() + 20);
      return here.store.getSharedRead(...args);
    };
    const { open, opened } = gate();
    const slow = async () => {
      await opened;
      return wholeRead;
    };
    const taking = here.take(slow, signal, { store: { ...here.store, getSharedRead } });
    await here.clock.goOn(10_000);

    expect(await here.store.acquireLease(lease, 60, signal)).toBeUndefined();
    open();
    await taking;
  });

  it("waits for nothing but the same read", async () => {
    const here = instances();
    await here.store.acquireLease("read/1772420000001-everybody", 60, signal);
    await here.store.acquireLease("read/1772420000000-changes", 60, signal);

    await here.take();

    expect(here.reads()).toBe(1);
  });

  it("waits no longer than a hundred seconds, and then reads beside the other one", async () => {
    const here = instances();
    const { open, opened } = gate();
    const slow = here.take(async () => {
      await opened;
      return wholeRead;
    });
    const waiting = here.take();

    await here.clock.goOn(99_000);
    expect(here.reads()).toBe(1);
    await here.clock.goOn(2_000);
    expect(await waiting).toMatchObject({ at: key.tick + 100_000 });
    open();
    expect(await slow).toMatchObject({ at: key.tick });
  });

  it("takes no read that began too early", async () => {
    const here = instances();
    await here.take();
    here.clock.set(key.tick + 5_000);
    const reading = { key, notBefore: key.tick + 1, read: async () => wholeRead };

    expect(await readOnce(reading, here, signal)).toMatchObject({ at: key.tick + 5_000 });
  });

  it("stops waiting when it is told to", async () => {
    const here = instances();
    await here.store.acquireLease(lease, 60, signal);
    const stop = new AbortController();
    const taking = here.take(undefined, stop.signal);
    stop.abort(new AppError("ABORTED", "Cannot wait: stopped"));

    await expect(taking).rejects.toMatchObject({ code: "ABORTED" });
    expect(here.reads()).toBe(0);
  });
});
