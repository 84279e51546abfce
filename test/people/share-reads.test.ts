import { describe, expect, it } from "vitest";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createSharedReads, type Sharing } from "../../shared/people/share-reads.ts";
import type { PeopleSource } from "../../shared/ports.ts";

const signal = new AbortController().signal;
const maxAgeMs = 10 * 60_000;

const wholeRead: PeopleRead = {
  source: "hr",
  completeness: "complete",
  evidence: { rows: 0, people: 0, problems: 0, incompleteBecause: [] },
  people: [],
  problems: [],
};

function countingSource(): { source: PeopleSource; reads: () => number } {
  let reads = 0;
  const source = {
    name: "hr",
    read: async () => {
      reads += 1;
      return wholeRead;
    },
  };
  return { source, reads: () => reads };
}

/** Of a process that is alone: what is to be read, it reads. */
function inTick(tick: number, rules = "rules", now: () => number = () => 0, notBefore = 0): Sharing {
  return {
    tick,
    rules,
    notBefore: async () => notBefore,
    async readOnce({ read }, stop) {
      const at = now();
      const found = await read(stop);
      return found && { at, read: found };
    },
  };
}

function create(now: () => number = () => 0, later: (ms: number, what: () => void) => void = () => undefined) {
  return createSharedReads({ clock: { now }, maxAgeMs, later });
}

describe("createSharedReads()", () => {
  it("leaves what a source is asked about one worker as it is", async () => {
    const { source } = countingSource();
    const readWorker = () => source.read(signal);

    const shared = create()({ ...source, readWorker }, inTick(1));

    expect(shared.readWorker).toBe(readWorker);
    expect(shared.readChanges).toBeUndefined();
  });

  it("reads a source once for all runs of a tick, side by side or one after the other", async () => {
    const { source, reads } = countingSource();
    const share = create();

    await Promise.all([share(source, inTick(1)).read(signal), share(source, inTick(1)).read(signal)]);
    await share(source, inTick(1)).read(signal);

    expect(reads()).toBe(1);
  });

  it("reads again for the next tick, for an older one, and under other rules", async () => {
    const { source, reads } = countingSource();
    const share = create();
    await share(source, inTick(2)).read(signal);

    await share(source, inTick(3)).read(signal);
    await share(source, inTick(2)).read(signal);
    await share(source, inTick(3, "other rules")).read(signal);

    expect(reads()).toBe(4);
    await share(source, inTick(3)).read(signal);
    expect(reads()).toBe(4);
  });

  it("reads again where the target has read for itself since, and says when a shared read began", async () => {
    let now = 1_000;
    const { source, reads } = countingSource();
    const share = create(() => now);
    const at = () => now;
    const first = await share(source, inTick(1, "rules", at)).read(signal);
    now = 5_000;

    const other = await share(source, inTick(1, "rules", at)).read(signal);
    expect([first.began, other.began, reads()]).toEqual([1_000, 1_000, 1]);
    const later = await share(source, inTick(1, "rules", at, 2_000)).read(signal);
    expect([later.began, reads()]).toEqual([5_000, 2]);
    // Another instance's clock may be ahead of this one's: what is read from now on is late enough.
    now = 6_000;
    await share(source, inTick(1, "rules", at, Number.POSITIVE_INFINITY)).read(signal);
    expect(reads()).toBe(3);
  });

  it("takes no read that was under way too early", async () => {
    let now = 1_000;
    const { source, reads } = countingSource();
    const share = create(() => now);
    let arrive: () => void = () => undefined;
    const slow: Sharing = {
      ...inTick(1),
      readOnce: () => new Promise((resolve) => (arrive = () => resolve({ at: 1_000, read: wholeRead }))),
    };
    const early = share(source, slow).read(signal);
    await new Promise(setImmediate);
    now = 3_000;

    const late = share(
      source,
      inTick(1, "rules", () => now, 2_000),
    ).read(signal);
    await new Promise(setImmediate);
    arrive();

    expect([(await early).began, (await late).began, reads()]).toEqual([1_000, undefined, 1]);
  });

  it("forgets a read when it is too old to serve", async () => {
    const due: { ms: number; what: () => void }[] = [];
    let now = 0;
    const { source, reads } = countingSource();
    const share = create(
      () => now,
      (ms, what) => due.push({ ms, what }),
    );
    await share(source, inTick(1)).read(signal);
    expect(due.map(({ ms }) => ms)).toEqual([maxAgeMs]);
    for (const { what } of due) what();
    now = 1;

    await share(
      source,
      inTick(1, "rules", () => now),
    ).read(signal);

    expect(reads()).toBe(2);
  });

  it("does not share a read for longer than ten minutes from when it began, wherever that was", async () => {
    let now = 3 * 60_000;
    const { source, reads } = countingSource();
    const share = create(() => now);
    const elsewhere: Sharing = { ...inTick(1), readOnce: async () => ({ at: 0, read: wholeRead }) };
    await share(source, elsewhere).read(signal);
    now = maxAgeMs - 1;
    await share(
      source,
      inTick(1, "rules", () => now),
    ).read(signal);
    expect(reads()).toBe(0);
    now += 1;

    await share(
      source,
      inTick(1, "rules", () => now),
    ).read(signal);

    expect(reads()).toBe(1);
  });

  it("shares what changed since the same state, apart from reads of everybody", async () => {
    const { source, reads } = countingSource();
    const asked: string[] = [];
    const readChanges: PeopleSource["readChanges"] = async ({ token }) => {
      asked.push(token);
      return token === "expired" ? undefined : { ...wholeRead, completeness: "incomplete" };
    };
    const share = create();
    const changed = (token: string) =>
      share({ ...source, readChanges }, inTick(1)).readChanges?.({ token, at: 1 }, signal);

    expect(await changed("a")).toMatchObject({ completeness: "incomplete" });
    await changed("a");
    await changed("b");
    expect(await share(source, inTick(1)).read(signal)).toMatchObject({ completeness: "complete" });
    expect(await changed("expired")).toBeUndefined();

    expect(asked).toEqual(["a", "b", "expired"]);
    expect(reads()).toBe(1);
  });

  it("does not keep a read that failed", async () => {
    let attempts = 0;
    const { source } = countingSource();
    const failing: PeopleSource = {
      name: "hr",
      read: async (stop) => {
        attempts += 1;
        if (attempts === 1) throw new Error("away");
        return source.read(stop);
      },
    };
    const share = create();
    await expect(share(failing, inTick(1)).read(signal)).rejects.toThrow("away");

    expect(await share(failing, inTick(1)).read(signal)).toMatchObject({ source: "hr" });
  });
});
