// From a cell to the value of one field: text as it is, a date, a time zone.
import type { PersonDateField, PersonTextField } from "../core/person.ts";
import { createRepeatedText } from "../core/repeated-text.ts";
import { createTextMap } from "../core/text-map.ts";
import { type CalendarDate, parseCalendarDate, parseEndDate } from "./calendar-date.ts";
import type { CellText } from "./cell-text.ts";
import { type FieldReader, type RawRow, readField } from "./field-readers.ts";

type ValueField = PersonTextField | PersonDateField;
export type ValueReader = FieldReader & { readonly field: ValueField };

const maxInterned = 50_000;
const unshared: ReadonlySet<ValueField> = new Set(["email", "displayName", "entraObjectId"] as const);

/** False for the readers of the worker's key. */
export function isValueReader(reader: FieldReader): reader is ValueReader {
  return reader.field !== "employeeNumber" && reader.field !== "numberSpace";
}

/** The reader of a value with its memory: what was read once is not checked, parsed or kept twice. */
export function createValueReader(reader: ValueReader): (raw: RawRow) => CellText {
  const parse = parserOf(reader.field);
  const fresh = (raw: RawRow) => {
    const text = readField(reader, raw);
    return text.ok ? parse(text.text, text) : text;
  };
  if (unshared.has(reader.field)) return fresh;
  if (reader.kind === "map") return onceEach(fresh);
  const known = createTextMap<CellText>();
  return (raw) => {
    const cell = raw.cells[reader.input];
    if (typeof cell !== "string") return fresh(raw);
    const before = known.get(cell);
    if (before !== undefined) return before;
    const value = fresh(raw);
    if (known.size() < maxInterned) known.set(cell, value);
    return value;
  };
}

/** The same answer for equal texts, as long as there are few. */
function onceEach(read: (raw: RawRow) => CellText): (raw: RawRow) => CellText {
  const once = createRepeatedText();
  return (raw) => {
    const value = read(raw);
    return value.ok ? { ok: true, text: once(value.text) } : value;
  };
}

type Parser = (text: string, read: CellText) => CellText;

function parserOf(field: ValueField): Parser {
  if (field === "startDate") return (text) => dateText(parseCalendarDate(text));
  if (field === "endDate") return (text) => dateText(parseEndDate(text));
  if (field === "timeZone") return zoneText;
  return (_, read) => read;
}

function dateText(parsed: CalendarDate): CellText {
  if (parsed.kind === "invalid") {
    return {
      ok: false,
      code: "dateInvalid",
      reason: "it is no date, expected YYYY-MM-DD, an ISO date-time or /Date(milliseconds)/",
    };
  }
  return { ok: true, text: parsed.kind === "date" ? parsed.date : "" };
}

function zoneText(text: string, read: CellText): CellText {
  if (text === "" || isZoneName(text)) return read;
  return { ok: false, code: "zoneUnknown", reason: "it is no time zone, expected a name such as Europe/Stockholm" };
}

/** Offsets such as "+02:00" are refused: some versions of Node take them, and they know nothing of summer. */
function isZoneName(text: string): boolean {
  try {
    return /^[A-Za-z]/.test(text) && new Intl.DateTimeFormat("en", { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}
