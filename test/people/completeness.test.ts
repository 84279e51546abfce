import { describe, expect, it } from "vitest";
import type { Person } from "../../shared/core/person.ts";
import { judgeRead, type ReadFacts } from "../../shared/people/completeness.ts";

const now = Date.UTC(2026, 4, 14);
const hour = 3_600_000;

function people(count: number): readonly Person[] {
  return Array.from({ length: count }, (_, index) => ({
    worker: `employee/${index}`,
    numberSpace: "employee",
    employeeNumber: String(index),
    status: "active",
    source: "hr",
    line: index + 2,
    unreadable: [],
  }));
}

function facts(given: Partial<ReadFacts> & { readonly count?: number }): ReadFacts {
  const { count = 10, ...rest } = given;
  return { source: "hr", rows: count, people: people(count), problems: [], faults: [], ...rest };
}

const expect20 = { maxShrinkPercent: 20 };

describe("judgeRead", () => {
  it("is complete when nothing speaks against it, with the evidence", () => {
    const read = judgeRead(
      facts({ bytes: 9, expectedBytes: 9, pages: 1, expectedRows: 10, etag: '"1"', modifiedAt: now }),
      { expect: expect20, memory: { at: 0, people: 10 }, now },
    );

    expect(read.completeness).toBe("complete");
    expect(read.evidence).toEqual({
      rows: 10,
      people: 10,
      problems: 0,
      bytes: 9,
      expectedBytes: 9,
      pages: 1,
      expectedRows: 10,
      etag: '"1"',
      modifiedAt: now,
      incompleteBecause: [],
    });
  });

  it("is empty when it was read properly and has nobody in it", () => {
    expect(judgeRead(facts({ count: 0 }), { expect: expect20, now }).completeness).toBe("empty");
  });

  it.each<[string, Partial<ReadFacts>, RegExp]>([
    ["fewer bytes than announced", { bytes: 8, expectedBytes: 9 }, /^8 bytes were read, expected 9$/],
    ["more bytes than announced", { bytes: 10, expectedBytes: 9 }, /^10 bytes/],
    ["fewer rows than the source counts", { expectedRows: 11 }, /^10 rows were read, the source says that it has 11$/],
    ["a row that is nobody's", { rows: 11 }, /^The worker's key cannot be read in 1 of 11 rows$/],
    ["a fault of the reader", { faults: ["Column X is missing"] }, /^Column X is missing$/],
  ])("is incomplete for %s", (_, given, sentence) => {
    const read = judgeRead(facts(given), { expect: expect20, now });

    expect(read.completeness).toBe("incomplete");
    expect(read.evidence.incompleteBecause).toEqual([expect.stringMatching(sentence)]);
  });

  it.each([
    [10, "complete"],
    [8, "complete"],
    [7, "incomplete"],
    [0, "incomplete"],
  ])("with %i of 10 people left under a limit of 20 percent it is %s", (count, completeness) => {
    const read = judgeRead(facts({ count }), { expect: expect20, memory: { at: 0, people: 10 }, now });

    expect(read.completeness).toBe(completeness);
  });

  it.each([
    [10, "complete"],
    [9, "incomplete"],
    [0, "incomplete"],
  ])("with %i rows under a minimum of 10 it is %s", (count, completeness) => {
    expect(judgeRead(facts({ count }), { expect: { ...expect20, minRows: 10 }, now }).completeness).toBe(completeness);
  });

  it.each([
    [now - 48 * hour, "complete"],
    [now - 48 * hour - 1, "incomplete"],
    [undefined, "incomplete"],
  ])("written at %s under a limit of 48 hours it is %s", (modifiedAt, completeness) => {
    const read = judgeRead(facts({ modifiedAt }), { expect: { ...expect20, maxAgeHours: 48 }, now });

    expect(read.completeness).toBe(completeness);
  });
});
