// From a raw row to a person. Only mapped fields are kept. What cannot be read becomes a problem that names the field
// and never the cell, and the field stands in `unreadable`, so that the row gives nothing.
import {
  createPerson,
  type MappableField,
  type Person,
  type PersonKey,
  type PersonStatus,
  personValueFields,
  type RowProblem,
  workerKey,
} from "../core/person.ts";
import { type CellText, cellText, isFolded } from "./cell-text.ts";
import { createFieldReaders, type FieldReader, type FieldReaders, type RawRow, readField } from "./field-readers.ts";
import type { SourceConfig } from "./source-config.ts";
import type { RowExpressions } from "./source-deps.ts";
import { createStatusTable, shownWord } from "./status-words.ts";
import { createValueReader, isValueReader, type ValueReader } from "./value-readers.ts";

/** Without a person the worker's key could not be read, and exactly one problem says so. */
export type Mapped = { readonly person: Person | undefined; readonly problems: readonly RowProblem[] };

export type RowMapper = {
  map(raw: RawRow): Mapped;
  /** A row whose cells cannot be trusted, its key excepted: the worker counts as present, nothing else does. */
  mapKeyOnly(raw: RawRow): Mapped;
};

export type Mapping = {
  /** The columns or paths that a reader has to give, in this order. */
  readonly inputs: readonly string[];
  /** The inputs that the worker's key comes from, or undefined when an expression gives a part of it. */
  readonly keyInputs: readonly number[] | undefined;
  /** True when an expression asks for the whole row. */
  readonly needsRow: boolean;
  fieldsOf(input: string): readonly MappableField[];
  /** The mapper of one read. Fields of `missing` inputs are unreadable in each row, without a problem for each. */
  start(missing: ReadonlySet<string>): RowMapper;
};

type Refusal = Extract<CellText, { readonly ok: false }>;
type KeyDraft = { -readonly [K in keyof PersonKey]: PersonKey[K] };
/** The status, or what is wrong with it. */
type ReadStatus = (raw: RawRow, worker: string) => PersonStatus | RowProblem;
type ReadValue = {
  readonly field: ValueReader["field"];
  /** Its place in `personValueFields`. */
  readonly place: number;
  readonly read: (raw: RawRow) => CellText;
};

/** Compiles what the rules say about this source's rows. @throws CONFIG_INVALID */
export function createMapping(config: SourceConfig, expressions: RowExpressions): Mapping {
  const compiled = createFieldReaders(config, expressions);
  const { inputs, readers } = compiled;
  const keyReaders = readers.filter((reader) => !isValueReader(reader));
  const keyInputs = keyReaders.flatMap((reader) => (reader.kind === "column" ? [reader.input] : []));
  const readStatus = createStatusReader(config, compiled.statusInput);
  const fieldsOf = (input: string) =>
    readers.filter((reader) => reader.kind === "column" && inputs[reader.input] === input).map(({ field }) => field);
  return {
    inputs,
    keyInputs: keyInputs.length === keyReaders.length ? keyInputs : undefined,
    needsRow: readers.some(({ kind }) => kind === "map"),
    fieldsOf,
    start(missing) {
      const statusLost = config.status !== undefined && missing.has(config.status.column);
      const lost = new Set(inputs.filter((input) => missing.has(input)).flatMap(fieldsOf));
      return createRowMapper(config, compiled, lost, statusLost ? unknownStatus : readStatus);
    },
  };
}

function createRowMapper(
  config: SourceConfig,
  { readers }: FieldReaders,
  lost: ReadonlySet<MappableField>,
  readStatus: ReadStatus,
): RowMapper {
  const fields = readers.map(({ field }) => field);
  const keyReaders = readers.filter((reader) => !isValueReader(reader));
  const values: readonly ReadValue[] = readers
    .filter(isValueReader)
    .filter(({ field }) => !lost.has(field))
    .map((reader) => ({
      field: reader.field,
      place: personValueFields.indexOf(reader.field),
      read: createValueReader(reader),
    }));
  const source = config.name;
  /** What changes with each row and is copied into its person: a million rows need not make a million of each. */
  const key: KeyDraft = { worker: "", numberSpace: config.numberSpace, employeeNumber: "" };
  const texts: (string | undefined)[] = personValueFields.map(() => undefined);
  return {
    map(raw) {
      const keyProblem = readKey(config, keyReaders, raw, key);
      if (keyProblem !== undefined) return { person: undefined, problems: [keyProblem] };
      const { unreadable: refused, problems } = fillValues(source, raw, values, key.worker, texts);
      const unreadable = lost.size === 0 ? refused : [...lost, ...refused];
      const status = readStatus(raw, key.worker);
      const { line } = raw;
      if (typeof status === "string")
        return { person: createPerson(key, { status, source, line, unreadable }, texts), problems };
      const unknown = { status: "unknown", source, line, unreadable } as const;
      return { person: createPerson(key, unknown, texts), problems: [...problems, status] };
    },
    mapKeyOnly(raw) {
      const keyProblem = readKey(config, keyReaders, raw, key);
      if (keyProblem !== undefined) return { person: undefined, problems: [keyProblem] };
      const row = { status: "unknown", source, line: raw.line, unreadable: fields } as const;
      return { person: createPerson(key, row, []), problems: [] };
    },
  };
}

type Filled = { readonly unreadable: readonly MappableField[]; readonly problems: readonly RowProblem[] };

/** Shared by all rows in which everything can be read. */
const everything: Filled = { unreadable: [], problems: [] };

/** Puts what can be read into its places, nothing into the others; gives the fields that cannot be read, and why. */
function fillValues(
  source: string,
  raw: RawRow,
  values: readonly ReadValue[],
  worker: string,
  texts: (string | undefined)[],
): Filled {
  let filled = everything;
  for (const { field, place, read } of values) {
    const value = read(raw);
    texts[place] = value.ok && value.text !== "" ? value.text : undefined;
    if (value.ok) continue;
    const problem = problemOf(source, raw, field, value, worker);
    filled = { unreadable: [...filled.unreadable, field], problems: [...filled.problems, problem] };
  }
  return filled;
}

/** Fills in the key, or says why it cannot be read. */
function readKey(
  config: SourceConfig,
  keyReaders: readonly FieldReader[],
  raw: RawRow,
  key: KeyDraft,
): RowProblem | undefined {
  for (const reader of keyReaders) {
    const part = readKeyPart(reader, raw);
    if (!part.ok) return problemOf(config.name, raw, reader.field, part);
    if (reader.field === "numberSpace") key.numberSpace = part.text;
    else key.employeeNumber = part.text;
  }
  key.worker = workerKey(key.numberSpace, key.employeeNumber);
  return undefined;
}

/** Whatever is wrong with a part of the key, the worker is not known: one code for all of it. */
function readKeyPart(reader: FieldReader, raw: RawRow): CellText {
  const part = readField(reader, raw);
  if (!part.ok) return { ok: false, code: "keyMissing", reason: part.reason };
  if (part.text === "") return { ok: false, code: "keyMissing", reason: "it is empty, expected the worker's key" };
  if (reader.kind === "column" && isFolded(raw.cells[reader.input])) {
    return { ok: false, code: "keyMissing", reason: "it holds a line break or a tab, expected the worker's key" };
  }
  return part;
}

const activeStatus: ReadStatus = () => "active";

const unknownStatus: ReadStatus = () => "unknown";

/** Without a status column everybody is active until the end date. @throws CONFIG_INVALID */
function createStatusReader(config: SourceConfig, input: number | undefined): ReadStatus {
  if (config.status === undefined || input === undefined) return activeStatus;
  const statusOf = createStatusTable(config.name, config.status);
  const known = new Map<unknown, PersonStatus>();
  return (raw, worker) => {
    const cell = raw.cells[input];
    const before = known.get(cell);
    if (before !== undefined) return before;
    const word = cellText(cell);
    const status: PersonStatus | undefined = word.ok ? statusOf(word.text) : undefined;
    if (status === undefined)
      return problemOf(config.name, raw, "status", word.ok ? unknownWord(word.text) : word, worker);
    known.set(cell, status);
    return status;
  };
}

function unknownWord(word: string): Refusal {
  const shown = word === "" ? "it is empty" : `the word ${shownWord(word)} is in no list`;
  return { ok: false, code: "wordUnknown", reason: `${shown}, expected one of the status words` };
}

function problemOf(source: string, raw: RawRow, field: string, refusal: Refusal, worker?: string): RowProblem {
  const reason = `The field ${field} cannot be read: ${refusal.reason}`;
  return {
    code: refusal.code,
    source,
    line: raw.line,
    ...(worker === undefined ? {} : { worker }),
    field,
    reason,
  };
}
