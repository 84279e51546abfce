// Some systems name a manager by their own id of the record. Rollcall knows workers by employee number, so the id is
// replaced: from the rows of the same read, or for a single worker by one more request. Only ids and numbers are kept.
import type { Person } from "../core/person.ts";
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
  /** The people with their managers' numbers. A manager who is not found is left out: another worker's number might be
   * written like that id. `ask` looks for those who are in no row. */
  resolve(people: readonly Person[], ask: Ask | undefined): Promise<readonly Person[]>;
};

/** Without `managers` the people stay as they are. */
export function createManagerNumbers(managers: Managers | undefined): ManagerNumbers {
  const numbers = new Map<string, string>();
  if (managers === undefined) return { note: () => undefined, resolve: async (people) => people };

  const find = async (id: string, ask: Ask): Promise<string | undefined> => {
    const answer = await ask(managers.one(id));
    const parsed = answer.status === 200 ? parseJson(answer.text) : undefined;
    return parsed?.ok === true ? textOf(managers.numberOf(parsed.document)) : undefined;
  };

  return {
    note(items) {
      for (const item of items) {
        const [id, number] = [textOf(managers.idOf(item)), textOf(managers.numberOf(item))];
        if (id !== undefined && number !== undefined) numbers.set(id, number);
      }
    },
    async resolve(people, ask) {
      const resolved: Person[] = [];
      for (const person of people) {
        const { manager: id, ...rest } = person;
        const known = id === undefined ? undefined : numbers.get(id);
        const manager = known ?? (id === undefined || ask === undefined ? undefined : await find(id, ask));
        resolved.push(manager === undefined ? rest : { ...rest, manager });
      }
      return resolved;
    },
  };
}

function textOf(value: unknown): string | undefined {
  const cell = cellText(value);
  return cell.ok && cell.text !== "" ? cell.text : undefined;
}
