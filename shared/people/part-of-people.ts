// Reads of some workers only: one who is asked for, or those who changed. What they show of a worker has to be all of it,
// since one of several rows may say that the worker has left.
import type { ChangesMark } from "../core/person.ts";
import type { createJsonRows } from "./json-rows.ts";
import type { Ask, PagedFacts } from "./paged.ts";

/** What came over the wire, mapped. `transfer` are sentences that speak against having read all of it. */
export type Transferred = ReturnType<ReturnType<typeof createJsonRows>["finish"]> &
  Omit<PagedFacts, "faults" | "items"> & { readonly transfer: readonly string[] };

export type Part = { readonly partial: "worker" | "changes"; readonly says: string };

export const oneWorker: Part = { partial: "worker", says: "Only one worker was asked for" };

export function changesSince({ at }: ChangesMark): Part {
  return { partial: "changes", says: `Only what changed since ${new Date(at).toISOString()} was asked for` };
}

/** A system that takes no notice of which worker it was asked for would give everybody. */
export const mostPagesOfOne = 20;

/** An answer with that status means nobody, and is a page with nobody on it. */
export function withNobody(ask: Ask, status: number | undefined): Ask {
  if (status === undefined) return ask;
  return async (request) => {
    const answer = await ask(request);
    return answer.status === status ? { ...answer, status: 204 } : answer;
  };
}

/** Several answers as one. */
export function together(parts: readonly Transferred[], faults: readonly string[]): Transferred {
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    pages: parts.reduce((sum, { pages }) => sum + pages, 0),
    people: parts.flatMap(({ people }) => people),
    problems: parts.flatMap(({ problems }) => problems),
    faults: [...new Set(parts.flatMap((part) => part.faults))],
    transfer: [...faults, ...parts.flatMap(({ transfer }) => transfer)],
    expectedRows: undefined,
    modifiedAt: undefined,
  };
}

/** The read without its people and what is wrong with their rows; rows whose worker cannot be known stay. */
export function withoutPeople({ people, problems, ...read }: Transferred): Transferred {
  const rows = read.rows - people.length;
  const others = problems.filter(({ worker, code }) => worker === undefined && code !== "columnMissing");
  return { ...read, people: [], problems: others, rows, faults: [], expectedRows: undefined };
}

/** Where something is missing, it may be the other rows of those who came: then nothing is taken from these. */
export function onlyWhole(read: Transferred): Transferred {
  const { rows, transfer, expectedRows = rows } = read;
  if (transfer.length === 0 && expectedRows === rows) return read;
  const counts = expectedRows === rows ? [] : [`${rows} rows were read, the source says that it has ${expectedRows}`];
  const fault = "Not all rows of the workers that were asked for came, so nothing is taken from those that did";
  return { ...withoutPeople(read), transfer: [...transfer, ...counts, fault] };
}

/** A system that does not understand what it was asked for may give everybody. */
export function onlyWorker(read: Transferred, employeeNumber: string): Transferred {
  const people = read.people.filter((person) => person.employeeNumber === employeeNumber);
  const others = read.people.length - people.length;
  if (others === 0) return read;
  const fault = `${others} other workers came back as well: the system did not select the worker that was asked for`;
  const workers = new Set(people.map(({ worker }) => worker));
  const problems = read.problems.filter(({ worker }) => worker !== undefined && workers.has(worker));
  return {
    ...read,
    people,
    problems,
    rows: people.length,
    expectedRows: undefined,
    transfer: [...read.transfer, fault],
  };
}
