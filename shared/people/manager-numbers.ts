// Some systems name a manager by their own id of the record. Rollcall knows workers by employee number, so the id is
// replaced: from the rows of the same read, or for a single worker by one more request. Only ids and numbers are kept.
import type { LeftOutRows, Person } from "../core/person.ts";
import { cellText } from "./cell-text.ts";
import { parseJson } from "./json-document.ts";
import type { PageRequest } from "./page-request.ts";
import type { Ask } from "./paged.ts";

export type Managers = {
  readonly idOf: (item: unknown) => unknown;
  readonly numberOf: (item: unknown) => unknown;
  /** The request for the record with that id. */
  readonly one: (id: string) => PageRequest;
};

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

/** `nobody`: the system has no such record. `unread`: it may have one. */
type Manager = { readonly number: string } | "nobody" | "unread";

/** Without `managers` the people stay as they are. */
export function createManagerNumbers(managers: Managers | undefined): ManagerNumbers {
  const numbers = new Map<string, string>();
  if (managers === undefined) return { note: () => undefined, resolve: async (found) => found };

  const inRows = (id: string, isWhole: boolean): Manager => {
    const number = numbers.get(id);
    if (number !== undefined) return { number };
    return isWhole ? "nobody" : "unread";
  };

  const find = async (id: string, ask: Ask): Promise<Manager> => {
    const known = numbers.get(id);
    if (known !== undefined) return { number: known };
    const answer = await ask(managers.one(id));
    if (answer.status === 404) return "nobody";
    const parsed = answer.status === 200 ? parseJson(answer.text) : undefined;
    if (parsed?.ok !== true) return "unread";
    const number = textOf(managers.numberOf(parsed.document));
    return number === undefined ? "nobody" : { number };
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

function withManager({ manager: _, ...person }: Person, manager: Manager): Person {
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

function textOf(value: unknown): string | undefined {
  const cell = cellText(value);
  return cell.ok && cell.text !== "" ? cell.text : undefined;
}
