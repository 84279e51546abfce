// Several sources that describe one worker, merged field by field. The first source of the order that can hold the
// worker's number space is the authority: it alone says that the worker exists, when work begins and whether it has
// ended. The others add fields to workers whom the authority has; who is only in them does not appear.
import {
  createPerson,
  holdsSpace,
  type Person,
  type PersonTextField,
  personDateFields,
  personTextFields,
  type SpacedRead,
  type Spaces,
} from "./person.ts";
import type { Precedence } from "./policy.ts";

/** Combinations of rows that are looked at for one worker: that they differ is all that matters then. */
const maxCombined = 20;

type Ranked = {
  readonly source: string;
  readonly complete: boolean;
  readonly spaces: Spaces;
  readonly rows: ReadonlyMap<string, readonly Person[]>;
};

/** The sources of the order, first the one whose word counts. */
function authorityOf(
  numberSpace: string,
  reads: readonly SpacedRead[],
  precedence: Precedence,
): SpacedRead | undefined {
  const ordered = precedence.default.flatMap((name) => reads.filter(({ read }) => read.source === name));
  return ordered.find(({ spaces }) => holdsSpace(spaces, numberSpace));
}

/** Of reads that can hold a worker, those whose word counts for whether the worker is there. */
export function deciding(
  holding: readonly SpacedRead[],
  numberSpace: string,
  precedence: Precedence | undefined,
): readonly SpacedRead[] {
  if (precedence === undefined) return holding;
  const authority = authorityOf(numberSpace, holding, precedence);
  return holding.filter((each) => each === authority || !precedence.default.includes(each.read.source));
}

function rowsOf({ read }: SpacedRead): readonly Person[] {
  return read.leftOut === undefined ? read.people : [...read.people, ...read.leftOut.all()];
}

function rank(spaced: SpacedRead): Ranked {
  const rows = new Map<string, Person[]>();
  for (const person of rowsOf(spaced)) {
    const known = rows.get(person.worker);
    if (known === undefined) rows.set(person.worker, [person]);
    else known.push(person);
  }
  const { source, completeness } = spaced.read;
  return { source, complete: completeness === "complete", spaces: spaced.spaces, rows };
}

type Value = { readonly kind: "value"; readonly text: string } | { readonly kind: "none" | "unreadable" };

/** The field from the first source of its order that has it. A source that may have it, but could not be read wholly,
 * leaves it open: nothing is given by what comes after it. */
function mergedValue(field: PersonTextField, order: readonly string[], rows: Combination): Value {
  for (const name of order) {
    const row = rows.get(name);
    if (row === "unread") return { kind: "unreadable" };
    if (row === undefined) continue;
    if (row.unreadable.includes(field)) return { kind: "unreadable" };
    const text = row[field];
    if (text !== undefined && text !== "") return { kind: "value", text };
  }
  return { kind: "none" };
}

/** One row of each source for one worker; `unread` where the source can hold the worker, has no row and was not read
 * completely. */
type Combination = ReadonlyMap<string, Person | "unread">;

function merge(authority: Person, rows: Combination, precedence: Precedence): Person {
  const unreadable = authority.unreadable.filter((field) => !personTextFields.some((text) => text === field));
  const values = personTextFields.map((field) => {
    const value = mergedValue(field, precedence.fields[field] ?? precedence.default, rows);
    if (value.kind === "unreadable") unreadable.push(field);
    return value.kind === "value" ? value.text : undefined;
  });
  const dates = personDateFields.map((field) => authority[field]);
  const merged = createPerson(authority, { ...authority, unreadable }, [...values, ...dates]);
  return merged.manager === undefined && namesLostManager(precedence, rows)
    ? { ...merged, managerNotFound: true }
    : merged;
}

function namesLostManager({ fields, default: all }: Precedence, rows: Combination): boolean {
  return (fields.manager ?? all).some((name) => {
    const row = rows.get(name);
    return row !== undefined && row !== "unread" && row.managerNotFound === true;
  });
}

/** Every way to take one row of each source; the first ones of very many. */
function combine(authority: Person, others: readonly Ranked[]): readonly Combination[] {
  let combinations: Combination[] = [new Map([[authority.source, authority]])];
  for (const { source, complete, spaces, rows } of others) {
    const theirs = rows.get(authority.worker);
    const choices: readonly (Person | "unread")[] =
      theirs ?? (complete || !holdsSpace(spaces, authority.numberSpace) ? [] : ["unread"]);
    if (choices.length === 0) continue;
    combinations = combinations
      .flatMap((combination) => choices.map((row): Combination => new Map([...combination, [source, row]])))
      .slice(0, maxCombined);
  }
  return combinations;
}

/** All rows of the reads, those of one worker in several sources of the order merged. */
export function mergeSources(reads: readonly SpacedRead[], precedence: Precedence): readonly Person[] {
  const ranked = new Map(
    reads.filter(({ read }) => precedence.default.includes(read.source)).map((read) => [read.read.source, rank(read)]),
  );
  const others = reads.filter(({ read }) => !ranked.has(read.source)).flatMap(rowsOf);
  const merged: Person[] = [];
  const authorities = new Map<string, SpacedRead | undefined>();
  for (const { source, rows } of ranked.values()) {
    for (const people of rows.values()) {
      for (const person of people) {
        const { numberSpace } = person;
        if (!authorities.has(numberSpace)) authorities.set(numberSpace, authorityOf(numberSpace, reads, precedence));
        if (authorities.get(numberSpace)?.read.source !== source) break;
        const supplements = [...ranked.values()].filter((each) => each.source !== source);
        merged.push(...combine(person, supplements).map((rows) => merge(person, rows, precedence)));
      }
    }
  }
  return [...others, ...merged];
}
