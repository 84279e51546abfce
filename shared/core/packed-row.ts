// A row as bytes: small numbers take one byte; a text takes one byte for each character of Latin-1, or two for each code
// unit where one of them needs it, so that every text comes back as it was. Texts that many rows share are numbers.

import { createPerson, type MappableField, mappableFields, type Person, workerKey } from "./person.ts";

/** A field, with the texts that many rows share, by number. */
export type Column = {
  readonly field: MappableField;
  readonly shared: { readonly numbers: Map<string, number>; readonly texts: string[] } | undefined;
};

/** Fields in which people differ: no use in remembering their texts once for all. */
const ownFields: ReadonlySet<MappableField> = new Set(["employeeNumber", "email", "displayName", "entraObjectId"]);
/** Distinct texts that are remembered for one field. */
const maxShared = 65_536;
const [absent, inline, firstShared] = [0, 1, 2];

/** The columns of rows that are packed together, with nothing remembered yet. */
export function packedColumns(): readonly Column[] {
  return mappableFields.map((field) => {
    return { field, shared: ownFields.has(field) ? undefined : { numbers: new Map(), texts: [] } };
  });
}

function tagOf({ shared }: Column, value: string): number {
  if (shared === undefined) return inline;
  const known = shared.numbers.get(value);
  if (known !== undefined) return known + firstShared;
  if (shared.texts.length >= maxShared) return inline;
  const number = shared.texts.push(value) - 1;
  shared.numbers.set(value, number);
  return number + firstShared;
}

function writeNumber(bytes: Uint8Array, start: number, value: number): number {
  let end = start;
  let rest = value;
  while (rest > 0x7f) {
    bytes[end] = (rest & 0x7f) | 0x80;
    end += 1;
    rest >>>= 7;
  }
  bytes[end] = rest;
  return end + 1;
}

function writeText(bytes: Uint8Array, start: number, value: string): number {
  const begin = writeNumber(bytes, start, value.length * 2);
  let seen = 0;
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    bytes[begin + index] = unit;
    seen |= unit;
  }
  return seen > 0xff ? writeWide(bytes, start, value) : begin + value.length;
}

function writeWide(bytes: Uint8Array, start: number, value: string): number {
  let end = writeNumber(bytes, start, value.length * 2 + 1);
  for (let index = 0; index < value.length; index += 1) {
    const unit = value.charCodeAt(index);
    bytes[end] = unit;
    bytes[end + 1] = unit >>> 8;
    end += 2;
  }
  return end;
}

/** The values in the order of `mappableFields`. One by one: asking for a field by its name takes three times as long. */
function valuesOf(person: Person): readonly (string | undefined)[] {
  return [
    person.employeeNumber,
    person.numberSpace,
    person.givenName,
    person.familyName,
    person.displayName,
    person.email,
    person.department,
    person.costCenter,
    person.division,
    person.organization,
    person.title,
    person.manager,
    person.timeZone,
    person.entraObjectId,
    person.startDate,
    person.endDate,
  ];
}

/** Writes the row and gives where it ends, which is beyond the bytes when they were too few. Status and all fields of the
 * row could be read. */
export function packRow(bytes: Uint8Array, start: number, person: Person, columns: readonly Column[]): number {
  let end = writeNumber(bytes, start, person.line);
  end = writeNumber(bytes, end, person.status === "active" ? 0 : person.status === "onLeave" ? 1 : 2);
  const values = valuesOf(person);
  let index = 0;
  for (const column of columns) {
    const value = values[index];
    index += 1;
    const tag = value === undefined ? absent : tagOf(column, value);
    end = writeNumber(bytes, end, tag);
    if (value !== undefined && tag === inline) end = writeText(bytes, end, value);
  }
  return end;
}

/** The row that begins there. */
export function unpackRow(bytes: DataView, start: number, source: string, columns: readonly Column[]): Person {
  let place = start;

  function byte(): number {
    place += 1;
    return bytes.getUint8(place - 1);
  }

  function number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      value |= (next & 0x7f) << shift;
      if (next <= 0x7f) return value >>> 0;
    }
  }

  function text(): string {
    const head = number();
    let value = "";
    for (let left = head >>> 1; left > 0; left -= 1) {
      value += String.fromCharCode(head % 2 === 1 ? byte() | (byte() << 8) : byte());
    }
    return value;
  }

  const line = number();
  const state = number();
  const status = state === 0 ? "active" : state === 1 ? "onLeave" : "ended";
  const values = columns.map(({ shared }) => {
    const tag = number();
    return tag === inline ? text() : shared?.texts[tag - firstShared];
  });
  const [employeeNumber = "", numberSpace = ""] = values;
  const key = { worker: workerKey(numberSpace, employeeNumber), numberSpace, employeeNumber };
  return createPerson(key, { status, source, line, unreadable: [] }, values.slice(2));
}
