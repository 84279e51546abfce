// Some systems name a manager by their own id of the record. Rollcall knows workers by employee number, so the id is
// replaced: from the rows of the same read, or for a single worker by one more request. Only ids and numbers are kept.
import type { LeftOutRows, Person } from "../core/person.ts";
import type { DocumentShape } from "./json-document.ts";
import type { Ask } from "./paged.ts";
import { type RecordNumber, type RecordNumbers, readRecordNumber, textOf } from "./record-number.ts";

/** `one` is left out where no workers are read without all others. */
export type Managers = Omit<RecordNumbers, "one"> & Partial<RecordNumbers>;

export type ManagerNumbers = {
  note(items: readonly unknown[]): void;
  /** The people with their managers' numbers. No id is ever given as a number: another worker's might be written like it.
   * Whose manager is nowhere has `managerNotFound`; where that cannot be told, the field is unreadable. */
  resolve(found: Found, how: Resolving): Promise<Found>;
};

type Found = { readonly people: readonly Person[]; readonly leftOut?: LeftOutRows };

type Resolving = {
  /** Looks for those who are in no row. */
  readonly ask: Ask | undefined;
  /** False where rows are missing that may be the managers'. */
  readonly isWhole: boolean;
};

/** Without `managers` the people stay as they are. @param shape of the source's pages */
export function createManagerNumbers(managers: Managers | undefined, shape: DocumentShape): ManagerNumbers {
  const numbers = new Map<string, string>();
  if (managers === undefined) return { note: () => undefined, resolve: async (found) => found };

  const inRows = (id: string, isWhole: boolean): RecordNumber => {
    const number = numbers.get(id);
    if (number !== undefined) return { number };
    return isWhole ? "nobody" : "unread";
  };

  const asked = new Map<string, RecordNumber>();
  const find = async (id: string, ask: Ask): Promise<RecordNumber> => {
    const known = numbers.get(id);
    if (known !== undefined) return { number: known };
    const { one } = managers;
    if (one === undefined) return "unread";
    const found = asked.get(id) ?? (await readRecordNumber({ ...managers, one }, id, { ask, shape }));
    asked.set(id, found);
    return found;
  };

  return {
    note(items) {
      for (const item of items) {
        const [id, number] = [textOf(managers.idOf(item)), textOf(managers.numberOf(item))];
        if (id !== undefined && number !== undefined) numbers.set(id, number);
      }
    },
    async resolve({ people, leftOut }, { ask, isWhole }) {
      const resolved: Person[] = [];
      for (const person of people) {
        const { manager: id } = person;
        if (id === undefined) resolved.push(person);
        else resolved.push(withManager(person, ask === undefined ? inRows(id, isWhole) : await find(id, ask)));
      }
      const withNumber = (person: Person) =>
        person.manager === undefined ? person : withManager(person, inRows(person.manager, isWhole));
      return { people: resolved, ...(leftOut !== undefined && { leftOut: mapRows(leftOut, withNumber) }) };
    },
  };
}

function withManager({ manager: _, ...person }: Person, manager: RecordNumber): Person {
  if (manager === "nobody") return { ...person, managerNotFound: true };
  if (manager === "unread") return { ...person, unreadable: [...person.unreadable, "manager"] };
  return { ...person, manager: manager.number };
}

/** The rows as they are whenever they are unpacked. */
function mapRows(rows: LeftOutRows, change: (person: Person) => Person): LeftOutRows {
  return {
    ...rows,
    find: (query) => rows.find(query).map(change),
    *all() {
      for (const person of rows.all()) yield change(person);
    },
  };
}
