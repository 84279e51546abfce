import { describe, expect, it } from "vitest";
import type { PeopleRead } from "../../shared/core/person.ts";
import { createSharedReads } from "../../shared/people/share-reads.ts";
import type { PeopleSource } from "../../shared/ports.ts";

const signal = new AbortController().signal;

function countingSource(): { source: PeopleSource; reads: () => number } {
  let reads = 0;
  const read: PeopleRead = {
    source: "hr",
    completeness: "complete",
    evidence: { rows: 0, people: 0, problems: 0, incompleteBecause: [] },
    people: [],
    problems: [],
  };
  const source = {
    name: "hr",
    read: async () => {
      reads += 1;
      return read;
    },
  };
  return { source, reads: () => reads };
}

describe("createSharedReads()", () => {
  it("leaves what a source can do beside whole reads as it is", async () => {
    const { source } = countingSource();
    const readWorker = () => source.read(signal);
    const shared = createSharedReads({ now: () => 0 })({ ...source, readWorker }, 1);

    expect(shared.readWorker).toBe(readWorker);
  });

  it("reads a source once for all runs of a tick, side by side or one after the other", async () => {
    const { source, reads } = countingSource();
    const share = createSharedReads({ now: () => 0 });

    await Promise.all([share(source, 1).read(signal), share(source, 1).read(signal)]);
    await share(source, 1).read(signal);

    expect(reads()).toBe(1);
  });

  it("reads again for the next tick, for a run without a tick, and for an older tick", async () => {
    const { source, reads } = countingSource();
    const share = createSharedReads({ now: () => 0 });
    await share(source, 2).read(signal);

    await share(source, 3).read(signal);
    await share(source, undefined).read(signal);
    await share(source, 2).read(signal);

    expect(reads()).toBe(4);
  });

  it("does not share a read that is older than ten minutes", async () => {
    let now = 0;
    const { source, reads } = countingSource();
    const share = createSharedReads({ now: () => now });
    await share(source, 1).read(signal);
    now = 10 * 60_000 - 1;
    await share(source, 1).read(signal);
    expect(reads()).toBe(1);
    now += 1;

    await share(source, 1).read(signal);

    expect(reads()).toBe(2);
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
    const share = createSharedReads({ now: () => 0 });
    await expect(share(failing, 1).read(signal)).rejects.toThrow("away");

    expect(await share(failing, 1).read(signal)).toMatchObject({ source: "hr" });
  });
});
