// The verdict on one read. Only `complete` may ever make somebody a leaver by absence, so everything that is not
// proved counts against it, and each doubt becomes a sentence of evidence.
import type { Completeness, Evidence, LeftOutRows, PeopleRead, Person, RowProblem } from "../core/person.ts";
import type { SourceMemory } from "../run-ports.ts";
import type { Expectations } from "./source-config.ts";

/** What a reader found out. */
export type ReadFacts = {
  readonly source: string;
  readonly rows: number;
  readonly people: readonly Person[];
  /** Rows of the same people's list that are kept small. */
  readonly leftOut?: LeftOutRows | undefined;
  readonly problems: readonly RowProblem[];
  /** Sentences that the reader itself puts forward: what is missing, broken or cut off. */
  readonly faults: readonly string[];
  readonly bytes?: number | undefined;
  readonly expectedBytes?: number | undefined;
  readonly pages?: number | undefined;
  readonly expectedRows?: number | undefined;
  readonly etag?: string | undefined;
  readonly modifiedAt?: number | undefined;
  readonly partial?: Evidence["partial"];
};

export type Judgement = {
  readonly expect: Expectations;
  readonly memory?: SourceMemory | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
};

const hourMs = 3_600_000;

/** The read with its verdict and evidence. */
export function judgeRead(facts: ReadFacts, judgement: Judgement): PeopleRead {
  const incompleteBecause = [
    ...facts.faults,
    ...lostRows(facts),
    ...sizeDoubts(facts),
    ...expectationDoubts(facts, judgement),
  ];
  const evidence: Evidence = {
    rows: facts.rows,
    people: countPeople(facts),
    problems: facts.problems.length,
    ...(facts.bytes === undefined ? {} : { bytes: facts.bytes }),
    ...(facts.expectedBytes === undefined ? {} : { expectedBytes: facts.expectedBytes }),
    ...(facts.pages === undefined ? {} : { pages: facts.pages }),
    ...(facts.expectedRows === undefined ? {} : { expectedRows: facts.expectedRows }),
    ...(facts.etag === undefined ? {} : { etag: facts.etag }),
    ...(facts.modifiedAt === undefined ? {} : { modifiedAt: facts.modifiedAt }),
    ...(facts.partial === undefined ? {} : { partial: facts.partial }),
    // That only a part was asked for is one of the sentences.
    ...(facts.partial !== undefined && incompleteBecause.length > 1 && { brokeOff: true }),
    incompleteBecause,
  };
  const completeness = verdict(facts.rows, incompleteBecause);
  const { source, people, leftOut, problems } = facts;
  return { source, completeness, evidence, people, ...(leftOut !== undefined && { leftOut }), problems };
}

/** Whoever is left out was read all the same. */
function countPeople({ people, leftOut }: ReadFacts): number {
  return people.length + (leftOut?.size() ?? 0);
}

function verdict(rows: number, doubts: readonly string[]): Completeness {
  if (doubts.length > 0) return "incomplete";
  return rows === 0 ? "empty" : "complete";
}

/** Each row is a person or a problem without a worker. A row without a worker may be anybody's. */
function lostRows(facts: ReadFacts): readonly string[] {
  const lost = facts.rows - countPeople(facts);
  if (lost === 0) return [];
  const first = facts.problems.find((problem) => problem.worker === undefined && problem.code !== "columnMissing");
  const where = first === undefined ? "" : `, the first at line ${first.line}`;
  return [`The worker's key cannot be read in ${lost} of ${facts.rows} rows${where}`];
}

function sizeDoubts(facts: ReadFacts): readonly string[] {
  const doubts: string[] = [];
  if (facts.bytes !== undefined && facts.expectedBytes !== undefined && facts.bytes !== facts.expectedBytes) {
    doubts.push(`${facts.bytes} bytes were read, expected ${facts.expectedBytes}`);
  }
  if (facts.expectedRows !== undefined && facts.rows !== facts.expectedRows) {
    doubts.push(`${facts.rows} rows were read, the source says that it has ${facts.expectedRows}`);
  }
  return doubts;
}

function expectationDoubts(facts: ReadFacts, { expect, memory, now }: Judgement): readonly string[] {
  const doubts: string[] = [];
  if (expect.minRows !== undefined && facts.rows < expect.minRows) {
    doubts.push(`The read has ${facts.rows} rows, expect.minRows is ${expect.minRows}`);
  }
  const people = countPeople(facts);
  if (memory !== undefined && shrinkPercent(memory.people, people) > expect.maxShrinkPercent) {
    doubts.push(
      `The read has ${people} rows of workers, the last complete one had ${memory.people}: more are gone than expect.maxShrinkPercent, ${expect.maxShrinkPercent}, allows`,
    );
  }
  return [...doubts, ...ageDoubts(facts.modifiedAt, expect.maxAgeHours, now)];
}

function shrinkPercent(before: number, now: number): number {
  return before === 0 ? 0 : ((before - now) / before) * 100;
}

function ageDoubts(modifiedAt: number | undefined, maxAgeHours: number | undefined, now: number): readonly string[] {
  if (maxAgeHours === undefined) return [];
  if (modifiedAt === undefined) return ["The source gives no time stamp, which expect.maxAgeHours needs"];
  const hours = (now - modifiedAt) / hourMs;
  return hours > maxAgeHours
    ? [`The source is ${Math.floor(hours)} hours old, expect.maxAgeHours is ${maxAgeHours}`]
    : [];
}
