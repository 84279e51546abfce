// What HR says. "Person" is always HR's, "user" is always API Management's. Field names are SCIM's (RFC 7643).

/** `unknown` is a word of the source that no list maps: reported, never a leaver. */
export type PersonStatus = "active" | "onLeave" | "ended" | "unknown";

/** The text fields of a person that a source can map. Everything else of a row is not kept. */
export const personTextFields = [
  "givenName",
  "familyName",
  "displayName",
  "email",
  "department",
  "costCenter",
  "division",
  "organization",
  "title",
  "manager",
  "timeZone",
  "entraObjectId",
] as const;

export type PersonTextField = (typeof personTextFields)[number];

/** Calendar dates, `YYYY-MM-DD`, in the worker's own zone. */
export const personDateFields = ["startDate", "endDate"] as const;

export type PersonDateField = (typeof personDateFields)[number];

/** Everything but the key and the status, in the order in which `createPerson` takes them. */
export const personValueFields = [...personTextFields, ...personDateFields] as const;

/** Every field that `columns` or `map` of a source may name. `numberSpace` keeps employee and contingent numbers apart. */
export const mappableFields = ["employeeNumber", "numberSpace", ...personValueFields] as const;

export type MappableField = (typeof mappableFields)[number];

/** One readable row of a source: a worker's key and the facts that the source gives. */
export type Person = {
  /** The canonical text of the worker's key, from `workerKey`. */
  readonly worker: string;
  readonly numberSpace: string;
  readonly employeeNumber: string;
  readonly status: PersonStatus;
  /** Name of the source and where in it: a line (CSV, from 1) or an item's number (JSON, from 1). */
  readonly source: string;
  readonly line: number;
  /** Fields of this row that could not be read. They hold everything that gives; a stated end still counts. */
  readonly unreadable: readonly MappableField[];
  /** The source names a manager by an id of its own, and has no record with that id. */
  readonly managerNotFound?: true;
} & { readonly [F in PersonTextField | PersonDateField]?: string | undefined };

export type PersonKey = Pick<Person, "worker" | "numberSpace" | "employeeNumber">;

/** Where a row stands, and what is to be said of it beside its fields. */
export type PersonRow = Pick<Person, "status" | "source" | "line" | "unreadable">;

/** A person with the values of `personValueFields`, in that order. Written in one piece: a million rows then are objects
 * of one shape, and none of them grows field by field. */
export function createPerson(
  { worker, numberSpace, employeeNumber }: PersonKey,
  { status, source, line, unreadable }: PersonRow,
  values: readonly (string | undefined)[],
): Person {
  return {
    worker,
    numberSpace,
    employeeNumber,
    status,
    source,
    line,
    unreadable,
    givenName: values[0],
    familyName: values[1],
    displayName: values[2],
    email: values[3],
    department: values[4],
    costCenter: values[5],
    division: values[6],
    organization: values[7],
    title: values[8],
    manager: values[9],
    timeZone: values[10],
    entraObjectId: values[11],
    startDate: values[12],
    endDate: values[13],
  };
}

// Half a surrogate pair cannot be percent-encoded; a source that sends one gets the replacement character.
const loneSurrogate = /\p{Surrogate}/gu;

// Nearly every number and every space is written as it is; to see that costs a fraction of encoding it.
const plainPart = /^[A-Za-z0-9._~-]*$/;

function encodePart(text: string): string {
  if (plainPart.test(text)) return text;
  return encodeURIComponent(text.replace(loneSurrogate, "\uFFFD"));
}

/** The worker's key as one text: number space and employee number, percent-encoded, joined by a slash. */
export function workerKey(numberSpace: string, employeeNumber: string): string {
  return `${encodePart(numberSpace)}/${encodePart(employeeNumber)}`;
}

/** What a text looks like that can be a worker's key. */
export const workerKeyForm = /^[^/\s]+\/[^/\s]+$/;

/** The two parts of a worker's key. */
export function workerParts(worker: string): { readonly numberSpace: string; readonly employeeNumber: string } {
  const slash = worker.indexOf("/");
  return {
    numberSpace: decodeURIComponent(worker.slice(0, slash)),
    employeeNumber: decodeURIComponent(worker.slice(slash + 1)),
  };
}

/** `empty` is a source that answered properly with nobody in it; `incomplete` could not be proved whole. */
export type Completeness = "complete" | "empty" | "incomplete";

/** Codes of a row problem, each a sentence in `docs/sources.md`. */
export type RowProblemCode =
  | "keyMissing"
  | "fieldCount"
  | "quote"
  | "encoding"
  | "columnMissing"
  | "expressionFailed"
  | "wordUnknown"
  | "dateInvalid"
  | "zoneUnknown"
  | "tooLong"
  | "notText"
  | "valueMissing"
  | "addressInvalid"
  | "addressOutsideDomains"
  | "addressProtected"
  | "scopeFailed"
  | "groupRuleFailed";

/** Something wrong with one row. It never carries the row's values, only where it is and what was expected. */
export type RowProblem = {
  readonly code: RowProblemCode;
  readonly source: string;
  readonly line: number;
  readonly worker?: string;
  /** The person's field or the source's column. */
  readonly field?: string;
  /** A full sentence: what is wrong, what was expected. */
  readonly reason: string;
};

/** Why a read counts as it does. Absent numbers are those that the source does not offer. */
export type Evidence = {
  readonly rows: number;
  /** Rows whose worker is known, left out or not. */
  readonly people: number;
  readonly problems: number;
  readonly bytes?: number;
  readonly expectedBytes?: number;
  readonly pages?: number;
  readonly expectedRows?: number;
  readonly etag?: string;
  /** Epoch milliseconds of the file's or the answer's own time stamp. */
  readonly modifiedAt?: number;
  /** Set where only a part was asked for: one worker, or who changed since a whole read. Such a read is `incomplete` by
   * intent. */
  readonly partial?: "worker" | "changes";
  /** Of the part that was asked for, something did not come. */
  readonly brokeOff?: true;
  /** Sentences, one for each thing that made the read incomplete. Empty for a complete read. */
  readonly incompleteBecause: readonly string[];
};

/** Texts to look for: a set of them, or a map by them. */
export type Texts = Pick<ReadonlyMap<string, unknown>, "has" | "keys" | "size">;

/** Whose rows to look for: a row is meant when its worker or its folded address is among them. */
export type RowQuery = { readonly workers?: Texts; readonly addresses?: Texts };

/** Rows that give nobody anything, because they state an end or are outside the scope: kept small, and whole again
 * when they turn out to matter. Each of them could be read without a problem. */
export type LeftOutRows = {
  readonly size: () => number;
  /** How many of them are outside the scope and state no end. */
  readonly outside: () => number;
  find(query: RowQuery): readonly Person[];
  all(): Iterable<Person>;
  /** The text of the scope rule that left them out. */
  readonly scope: string;
  /** The date that it was in each of their zones; "" is the zone of those whose row names none. */
  readonly todays: ReadonlyMap<string, string>;
};

/** One read of one source, whole. */
export type PeopleRead = {
  readonly source: string;
  readonly completeness: Completeness;
  readonly evidence: Evidence;
  /** Everybody, without those of `leftOut`. */
  readonly people: readonly Person[];
  readonly leftOut?: LeftOutRows;
  readonly problems: readonly RowProblem[];
  /** When it began (epoch milliseconds), where it serves several runs: it may be minutes ago. */
  readonly began?: number;
  /** A whole read of a system that tells what changed: from where its changes count. */
  readonly changesFrom?: ChangesMark;
  /** A read of changes: the instant of the whole read since which they count (epoch milliseconds). */
  readonly changesSince?: number;
};

/** A system's own token for a state of its data, and the instant of the whole read that saw it (epoch milliseconds). */
export type ChangesMark = { readonly token: string; readonly at: number };

/** The number spaces whose workers a source can hold; `any` where its rows name their own. */
export type Spaces = readonly string[] | "any";

/** Whether a source of these number spaces can hold workers of this one. */
export function holdsSpace(spaces: Spaces, numberSpace: string): boolean {
  return spaces === "any" || spaces.includes(numberSpace);
}

/** A source's read, with the number spaces whose workers it can hold. */
export type SpacedRead = { readonly read: PeopleRead; readonly spaces: Spaces };
