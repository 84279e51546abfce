import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectShards, shardCount, shardOf, workerShards } from "../../shared/requests/roster-shards.ts";
import { aRosterEntry } from "../helpers/request-records.ts";

const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => aRosterEntry(index, { entraObjectId: `Object-${index % 40}` }));

describe("shardCount", () => {
  it.each([
    [0, 1],
    [300, 1],
    [301, 2],
    [75_000, 256],
    [10_000_000, 1024],
  ])("gives a new roster of %i people %i shards", (people, shards) => {
    expect(shardCount(people, undefined)).toBe(shards);
    expect(shardCount(people, 0)).toBe(shards);
  });

  it("keeps the number that there is as long as it is not four times too small or too large", () => {
    expect([601, 4800, 9601].map((people) => shardCount(people, 8))).toStrictEqual([8, 8, 64]);
    expect([600, 0].map((people) => shardCount(people, 8))).toStrictEqual([2, 1]);
  });
});

describe("workerShards", () => {
  it("makes the same shards of the same people in any order", () => {
    const all = entries(100);
    const plain = [...workerShards(all, 4)].map(({ hash }) => hash);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect([...workerShards(shuffled, 4)].map(({ hash }) => hash)).toStrictEqual(plain);
      }),
      { numRuns: 20 },
    );
  });

  it("puts each worker into the shard that shardOf names", () => {
    for (const [number, { text }] of [...workerShards(entries(100), 4)].entries()) {
      const parsed: { value: { person: { worker: string } }[] } = JSON.parse(text);
      expect(parsed.value.map(({ person }) => shardOf(person.worker, 4)).every((shard) => shard === number)).toBe(true);
      expect(parsed.value.length).toBeGreaterThan(0);
    }
  });
});

describe("objectShards", () => {
  it("makes the same shards in any order, though workers share an object id", () => {
    const all = entries(100);
    const plain = [...objectShards(all, 4)].map(({ hash }) => hash);

    expect([...objectShards(all.toReversed(), 4)].map(({ hash }) => hash)).toStrictEqual(plain);
  });
});
