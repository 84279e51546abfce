// From a raw row to a person. Only mapped fields are kept. What cannot be read becomes a problem that names the field
// and never the cell, and the field stands in `unreadable`, so that the row gives nothing.
import { type MappableField, type Person, type PersonStatus, type RowProblem, workerKey } from "../core/person.ts";
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

type PersonDraft = { -readonly [K in keyof Person]: Person[K] };
type Refusal = Extract<CellText, { readonly ok: false }>;
type Key = { readonly ok: true; readonly draft: PersonDraft } | { readonly ok: false; readonly problem: RowProblem };
type ReadStatus = (raw: RawRow, person: PersonDraft) => RowProblem | undefined;
type ReadValue = {
  readonly field: ValueReader["field"];
  readonly read: (raw: RawRow) => CellText;
};

/** Shared by all rows in which everything can be read. */
const nothing: readonly MappableField[] = [];

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
    .map((reader) => ({ field: reader.field, read: createValueReader(reader) }));
  return {
    map(raw) {
      const key = readKey(config, keyReaders, raw);
      if (!key.ok) return { person: undefined, problems: [key.problem] };
      const problems: RowProblem[] = [];
      const unreadable = fillValues(config.name, raw, values, key.draft, problems);
      key.draft.unreadable = lost.size === 0 ? unreadable : [...lost, ...unreadable];
      const status = readStatus(raw, key.draft);
      if (status !== undefined) problems.push(status);
      return { person: key.draft, problems };
    },
    mapKeyOnly(raw) {
      const key = readKey(config, keyReaders, raw);
      if (!key.ok) return { person: undefined, problems: [key.problem] };
      return { person: { ...key.draft, status: "unknown", unreadable: fields }, problems: [] };
    },
  };
}

/** Fills in what can be read; gives the fields that cannot. */
function fillValues(
  source: string,
  raw: RawRow,
  values: readonly ReadValue[],
  draft: PersonDraft,
  problems: RowProblem[],
): readonly MappableField[] {
  let unreadable: MappableField[] | undefined;
  for (const { field, read } of values) {
    const value = read(raw);
    if (!value.ok) {
      problems.push(problemOf(source, raw, field, value, draft.worker));
      unreadable = [...(unreadable ?? []), field];
    } else if (value.text !== "") draft[field] = value.text;
  }
  return unreadable ?? nothing;
}

function readKey(config: SourceConfig, keyReaders: readonly FieldReader[], raw: RawRow): Key {
  let numberSpace = config.numberSpace;
  let employeeNumber = "";
  for (const reader of keyReaders) {
    const part = readKeyPart(reader, raw);
    if (!part.ok) return { ok: false, problem: problemOf(config.name, raw, reader.field, part) };
    if (reader.field === "numberSpace") numberSpace = part.text;
    else employeeNumber = part.text;
  }
  const worker = workerKey(numberSpace, employeeNumber);
  const source = config.name;
  return {
    ok: true,
    draft: { worker, numberSpace, employeeNumber, status: "active", source, line: raw.line, unreadable: nothing },
  };
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

const activeStatus: ReadStatus = () => undefined;

const unknownStatus: ReadStatus = (_, person) => {
  person.status = "unknown";
  return undefined;
};

/** Without a status column everybody is active until the end date. @throws CONFIG_INVALID */
function createStatusReader(config: SourceConfig, input: number | undefined): ReadStatus {
  if (config.status === undefined || input === undefined) return activeStatus;
  const statusOf = createStatusTable(config.name, config.status);
  const known = new Map<unknown, PersonStatus>();
  return (raw, person) => {
    const cell = raw.cells[input];
    const before = known.get(cell);
    if (before !== undefined) {
      person.status = before;
      return undefined;
    }
    const word = cellText(cell);
    const status: PersonStatus | undefined = word.ok ? statusOf(word.text) : undefined;
    person.status = status ?? "unknown";
    if (status !== undefined) {
      known.set(cell, status);
      return undefined;
    }
    return problemOf(config.name, raw, "status", word.ok ? unknownWord(word.text) : word, person.worker);
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
