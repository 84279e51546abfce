// The form in which the roster keeps people: their mapped fields in one order, so that the same people always make the
// same text. Where a row stood in its source is left out: one new row would move all that follow.
import { foldAddress } from "../core/fold.ts";
import { type Person, personDateFields, personTextFields } from "../core/person.ts";
import type { RosterEntry } from "../request-ports.ts";

const fields = [...personTextFields, ...personDateFields];

/** The entry as it is kept. */
export function keptEntry({ person, userId, standing }: RosterEntry): RosterEntry {
  return { person: keptPerson(person), ...(userId !== undefined && { userId }), standing };
}

function keptPerson(person: Person): Person {
  const { worker, numberSpace, employeeNumber, status, source, unreadable } = person;
  const given = fields.flatMap((field) => (person[field] === undefined ? [] : [[field, person[field]]]));
  return { worker, numberSpace, employeeNumber, status, source, line: 0, unreadable, ...Object.fromEntries(given) };
}

/** An address as it is compared, apart from all object ids, beside which it is kept. */
export function addressKey(address: string): string {
  return `mailto:${foldAddress(address)}`;
}

/** An object id as it is compared. */
export function foldObjectId(objectId: string): string {
  return foldAddress(objectId);
}
