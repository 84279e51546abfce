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
function inTick(tick: number, rules = "rules", now: () => number = () => 0): Sharing {
  return {
    tick,
    rules,
    async readOnce({ read }, stop) {
      const at = now();
      const found = await read(stop);
      return found && { at, read: found };
    },
  };
}

function create(now: () => number = () => 0) {
  return createSharedReads({ clock: { now }, maxAgeMs });
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
