// What HR, all rows of one worker taken together, says about the worker today.
//
//   all rows say ended ............................ leaver   (whatever else is wrong with them)
//   one row (or equal rows), a field unreadable ... held     nothing changes, nothing is given
//   one row, status unknown ....................... held
//   one row, start date ahead ..................... notYet
//   one row, scope false .......................... leaver   (its own reason, its own limit)
//   one row, address or name unusable ............. held
//   one row, address shared with another worker ... present, gives nothing
//   one row ....................................... present
//   rows that contradict each other ............... conflict gives nothing; takes only what no row supports
import { accountFields } from "./account-fields.ts";
import { addDays, type Calendar } from "./calendar.ts";
import type { AccountFields } from "./change.ts";
import type { Person, RowProblem, RowProblemCode } from "./person.ts";
import type { Policy } from "./policy.ts";
import { type Fact, factsKey, type Statement, statedEnd, todayOf } from "./row-facts.ts";

export type Standing =
  | {
      readonly kind: "present";
      readonly person: Person;
      readonly fields: AccountFields;
      readonly today: string;
      /** False when something holds all that gives: creating, adopting, unblocking, an address, a membership. */
      readonly gives: boolean;
    }
  /** `person` is the first of the rows that do not state an end, `facts` are all of those. */
  | { readonly kind: "conflict"; readonly person: Person; readonly facts: readonly Fact[] }
  | { readonly kind: "held" }
  | { readonly kind: "notYet"; readonly person: Person }
  | {
      readonly kind: "leaver";
      readonly code: "leaverStated" | "outOfScope";
      readonly person: Person;
      readonly statement: Statement;
    }
  | {
      readonly kind: "leaver";
      readonly code: "leaverAbsent";
      readonly person?: undefined;
      readonly statement: Statement;
    };

export const workerFindingCodes = [
  "conflictingRows",
  "sharedAddress",
  "addressUnproved",
  "rowsMissing",
  "preHire",
  "statusUnknown",
  "unreadableFields",
] as const;

export type WorkerFindingCode = (typeof workerFindingCodes)[number];

export type WorkerFinding = { readonly code: WorkerFindingCode; readonly worker: string; readonly text: string };

/** What a standing depends on, and where problems and findings are written. */
export type Context = {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly problems: RowProblem[];
  readonly findings: WorkerFinding[];
};

function report(context: Context, person: Person, code: RowProblemCode, field: string, reason: string): void {
  context.problems.push({ code, source: person.source, line: person.line, worker: person.worker, field, reason });
}

function held(context: Context, person: Person, code: WorkerFindingCode, text: string): Standing {
  context.findings.push({ code, worker: person.worker, text });
  return { kind: "held" };
}

function inScope(context: Context, { person, today }: Fact): boolean | undefined {
  const result = context.policy.people.scope(person, today);
  if (result.ok) return result.value;
  report(context, person, "scopeFailed", "scope", `The scope rule cannot be evaluated for this row: ${result.reason}`);
  return undefined;
}

function outOfScope(person: Person): Standing {
  const { source, line } = person;
  const statement = { source, line, fields: ["scope"], text: "The person is no longer within people.scope" };
  return { kind: "leaver", code: "outOfScope", person, statement };
}

function standingOfRow(context: Context, fact: Fact): Standing {
  const { person, today } = fact;
  const { policy } = context;
  if (person.unreadable.length > 0) {
    const text = `Fields of the row cannot be read: ${person.unreadable.join(", ")}`;
    return held(context, person, "unreadableFields", text);
  }
  if (person.status === "unknown") {
    return held(context, person, "statusUnknown", "The status word of the row is in no list of the rules");
  }
  if (person.startDate !== undefined && person.startDate > addDays(today, policy.lifecycle.prehireDays)) {
    context.findings.push({ code: "preHire", worker: person.worker, text: `Starts on ${person.startDate}` });
    return { kind: "notYet", person };
  }
  const scope = inScope(context, fact);
  if (scope === undefined) return { kind: "held" };
  if (!scope) return outOfScope(person);
  const account = accountFields(person, policy);
  if (!account.ok) {
    report(context, person, account.problem.code, account.problem.field, account.problem.reason);
    return { kind: "held" };
  }
  return { kind: "present", person, fields: account.fields, today, gives: true };
}

function isSure({ person }: Fact): boolean {
  return person.unreadable.length === 0 && person.status !== "unknown";
}

/** How many rows a sentence names. */
const namedRows = 5;

function rowsText(facts: readonly Fact[]): string {
  const shown = facts.slice(0, namedRows).map(({ person }) => `${person.source} line ${person.line}`);
  return `${shown.join(", ")}${facts.length > namedRows ? ` and ${facts.length - namedRows} more` : ""}`;
}

/** `going` are the rows that do not state an end, never none. */
function conflict(context: Context, going: readonly Fact[], all: readonly Fact[]): Standing {
  const { person } = going.reduce((first) => first);
  const sure = going.every(isSure);
  if (sure && going.every((fact) => inScope(context, fact) === false)) return outOfScope(person);
  const text = `${all.length} rows say different things: ${rowsText(all)}`;
  context.findings.push({ code: "conflictingRows", worker: person.worker, text });
  return sure ? { kind: "conflict", person, facts: going } : { kind: "held" };
}

/** The employments that have begun, where there are any; all of them as soon as one cannot be relied on. */
function begun(going: readonly Fact[]): readonly Fact[] {
  const now = going.filter(({ person, today }) => person.startDate === undefined || person.startDate <= today);
  return now.length > 0 && going.every(isSure) ? now : going;
}

function compareRows({ person: a }: Fact, { person: b }: Fact): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.line - b.line;
}

/** The first of those that say the same. */
function distinctFacts(facts: readonly Fact[]): readonly Fact[] {
  if (facts.length === 1) return facts;
  return [...new Map(facts.toReversed().map((fact) => [factsKey(fact.person), fact])).values()];
}

/** What all rows of a worker say, never none. */
export function standingOf(context: Context, rows: readonly Person[]): Standing {
  const { policy, calendar } = context;
  const facts = rows.map((person) => ({ person, today: todayOf(person, policy.people, calendar) })).sort(compareRows);
  const ends = facts.map(({ person, today }) => statedEnd(person, today));
  const [firstEnd] = ends;
  if (firstEnd !== undefined && ends.every((end) => end !== undefined)) {
    const { person } = facts.reduce((first) => first);
    return { kind: "leaver", code: "leaverStated", person, statement: firstEnd };
  }
  const going = facts.filter((_, index) => ends[index] === undefined);
  const candidates = policy.people.employments === "activeWins" ? begun(going) : facts;
  const [only, second] = distinctFacts(candidates);
  return only !== undefined && second === undefined ? standingOfRow(context, only) : conflict(context, going, facts);
}
