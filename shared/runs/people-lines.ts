// A read of people as lines of text: one for what is known of the read, one for each row, one that says how many there
// are. Line by line, since a read of everybody as one text would be in memory twice.
import { createPackedPeople } from "../core/packed-people.ts";
import { createPerson, type LeftOutRows, type MappableField, type Person, personValueFields } from "../core/person.ts";
import type { SharedRead } from "../core/shared-read.ts";
import { readStored, type StoredRead, writeStored } from "../storage/stored-wire.ts";

const format = "rollcall-people/1";

/** Left out or not, key, status, line, unreadable fields, manager not found, then the values. */
type Row = readonly [
  0 | 1,
  string,
  string,
  string,
  Person["status"],
  number,
  readonly MappableField[],
  0 | 1,
  ...(string | null)[],
];

const rowLength = 8 + personValueFields.length;

function rowOf(person: Person, leftOut: 0 | 1): Row {
  const { worker, numberSpace, employeeNumber, status, line, unreadable, managerNotFound } = person;
  const values = personValueFields.map((field) => person[field] ?? null);
  const isManagerNotFound = managerNotFound === true ? 1 : 0;
  return [leftOut, worker, numberSpace, employeeNumber, status, line, unreadable, isManagerNotFound, ...values];
}

function personOf(row: Row, source: string): Person {
  const [, worker, numberSpace, employeeNumber, status, line, unreadable, managerNotFound, ...values] = row;
  const person = createPerson(
    { worker, numberSpace, employeeNumber },
    { status, source, line, unreadable },
    values.map((value) => value ?? undefined),
  );
  return managerNotFound === 1 ? { ...person, managerNotFound: true } : person;
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value) && value.length === rowLength;
}

/** The lines, without line breaks. */
export function* writePeopleLines({ at, read }: SharedRead): Generator<string, void, undefined> {
  const { people, leftOut, ...about } = read;
  const scope = leftOut && { text: leftOut.scope, outside: leftOut.outside(), todays: [...leftOut.todays] };
  yield writeStored(format, { at, about, ...(scope && { scope }) });
  for (const person of people) yield JSON.stringify(rowOf(person, 0));
  for (const person of leftOut?.all() ?? []) yield JSON.stringify(rowOf(person, 1));
  yield JSON.stringify({ rows: people.length + (leftOut?.size() ?? 0) });
}

type LeftOut = { readonly add: (person: Person) => void; readonly rows: LeftOutRows };

/** What is known of a row only after it was packed: whose manager nobody knows, or cannot be told. */
type Learnt = Pick<Person, "unreadable" | "managerNotFound">;

function rowName({ worker, line }: Person): string {
  return `${line} ${worker}`;
}

function leftOutOf({ about, scope }: StoredRead): LeftOut | undefined {
  if (scope === undefined) return undefined;
  const { add, find, all, size } = createPackedPeople(about.source);
  const learnt = new Map<string, Learnt>();
  const whole = (person: Person): Person => {
    const more = learnt.get(rowName(person));
    return more === undefined ? person : { ...person, ...more };
  };
  return {
    add(person) {
      const { unreadable, managerNotFound } = person;
      if (unreadable.length > 0 || managerNotFound === true)
        learnt.set(rowName(person), { unreadable, ...(managerNotFound && { managerNotFound }) });
      add({ ...person, unreadable: [] });
    },
    rows: {
      size,
      outside: () => scope.outside,
      find: (query) => find(query).map(whole),
      *all() {
        for (const person of all()) yield whole(person);
      },
      scope: scope.text,
      todays: new Map(scope.todays),
    },
  };
}

/** Takes the lines one after the other. `finish` gives the read, or undefined where lines are missing.
 * @throws STORE_UNAVAILABLE from `take`, for a first line that is something else */
export function createPeopleLinesReader(): { take(line: string): void; finish(): SharedRead | undefined } {
  const people: Person[] = [];
  let stored: StoredRead | undefined;
  let leftOut: ReturnType<typeof leftOutOf>;
  let isWhole = false;
  return {
    take(line) {
      if (stored === undefined) {
        stored = readStored(format, line);
        leftOut = leftOutOf(stored);
        return;
      }
      const value: unknown = JSON.parse(line);
      if (isRow(value)) {
        const person = personOf(value, stored.about.source);
        if (value[0] === 1) leftOut?.add(person);
        else people.push(person);
      } else {
        isWhole = line === JSON.stringify({ rows: people.length + (leftOut?.rows.size() ?? 0) });
      }
    },
    finish() {
      if (stored === undefined || !isWhole) return undefined;
      const { at, about } = stored;
      return { at, read: { ...about, people, ...(leftOut && { leftOut: leftOut.rows }) } };
    },
  };
}
