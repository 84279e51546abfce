// What every run store does with reads that serve all runs of a tick.
import { describe, expect, it } from "vitest";
import { sharedReadName } from "../../shared/core/shared-read.ts";
import type { RunStore } from "../../shared/run-ports.ts";
import { aPerson } from "../helpers/core-builders.ts";
import { startOfTime } from "../helpers/records.ts";

const signal = new AbortController().signal;

/** Declares the tests. `store` gives an empty store in each of them. */
export function describeSharedReads(store: () => RunStore): void {
  describe("reads for all runs of a tick", () => {
    it("getSharedRead gives what putSharedRead stored in that tick under that name", async () => {
      const key = { tick: startOfTime, name: "hr/ü#1" };
      expect(await store().getSharedRead(key, 0, signal)).toBeUndefined();
      const people = Array.from({ length: 3_000 }, (_, index) => aPerson(String(index), { title: "Ledger 人" }));
      const evidence = { rows: 3_000, people: 3_000, problems: 0, incompleteBecause: [] };
      const read = { source: "hr", completeness: "complete", evidence, people, problems: [] } as const;

      await store().putSharedRead(key, { at: startOfTime - 1, read: { ...read, people: [] } }, signal);
      await store().putSharedRead(key, { at: startOfTime, read }, signal);

      expect(await store().getSharedRead(key, 0, signal)).toEqual({ at: startOfTime, read });
      expect(await store().getSharedRead(key, startOfTime, signal)).toBeDefined();
      expect(await store().getSharedRead(key, startOfTime + 1, signal)).toBeUndefined();
      expect(await store().getSharedRead({ ...key, name: "hr" }, 0, signal)).toBeUndefined();
      expect(await store().getSharedRead({ ...key, tick: startOfTime + 1 }, 0, signal)).toBeUndefined();
    });

    it("deleteSharedReads takes those of ticks before the instant and leaves the others", async () => {
      const evidence = { rows: 0, people: 0, problems: 0, incompleteBecause: [] };
      const read = { source: "hr", completeness: "empty", evidence, people: [], problems: [] } as const;
      const ticks = [startOfTime - 1, startOfTime, startOfTime + 1];
      for (const tick of ticks) await store().putSharedRead({ tick, name: "hr" }, { at: tick, read }, signal);

      await store().deleteSharedReads(startOfTime, signal);

      const left = await Promise.all(ticks.map((tick) => store().getSharedRead({ tick, name: "hr" }, 0, signal)));
      expect(left.map((shared) => shared?.at)).toEqual([undefined, startOfTime, startOfTime + 1]);
    });

    it("deleteSharedReads takes the leases of those ticks as well, unless they are held", async () => {
      const names = [startOfTime - 2, startOfTime - 1, startOfTime].map((tick) => sharedReadName({ tick, name: "hr" }));
      const [free, held, young] = await Promise.all(
        names.map((name) => store().acquireLease(`read/${name}`, 60, signal)),
      );
      await Promise.all([free?.release(signal), young?.release(signal)]);

      await store().deleteSharedReads(startOfTime, signal);

      await held?.renew(signal);
      const again = await Promise.all(names.map((name) => store().acquireLease(`read/${name}`, 60, signal)));
      expect(again.map((lease) => lease !== undefined)).toEqual([true, false, true]);
    });
  });
}
