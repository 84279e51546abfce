// From rows to workers: what HR, all rows taken together, says about each one today.
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
import { foldAddress } from "./fold.ts";
import { type Person, personDateFields, personTextFields, type RowProblem, type RowProblemCode } from "./person.ts";
import type { Policy } from "./policy.ts";

export type LeaverCode = "leaverStated" | "leaverAbsent" | "outOfScope";

/** Where the statement stands, for the reason of a change. */
export type Statement = {
  readonly source?: string;
  readonly line?: number;
  readonly fields: readonly string[];
  readonly text: string;
};

/** A row, and the date where its person works. */
export type Fact = { readonly person: Person; readonly today: string };

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
  | { readonly kind: "leaver"; readonly code: LeaverCode; readonly person?: Person; readonly statement: Statement };

export type WorkerFindingCode = "conflictingRows" | "sharedAddress" | "preHire" | "statusUnknown" | "unreadableFields";

export type WorkerFinding = { readonly code: WorkerFindingCode; readonly worker: string; readonly text: string };

export type Workers = {
  /** The caller's own: those in no row may be added. */
  readonly standings: Map<string, Standing>;
  readonly problems: readonly RowProblem[];
  readonly findings: readonly WorkerFinding[];
};

type Context = {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly problems: RowProblem[];
  readonly findings: WorkerFinding[];
};

/** The zone in which a day ends last: nobody's last day is over before it is over there. */
const latestZone = "Etc/GMT+12";

/** Today's date where the person works; where the zone cannot be read, the latest date that may still be today. */
function todayOf(person: Person, policy: Policy, calendar: Calendar): string {
  if (person.unreadable.includes("timeZone")) return calendar.today(latestZone);
  return calendar.today(person.timeZone ?? policy.people.defaultTimeZone);
}

const factFields = ["status", ...personTextFields, ...personDateFields] as const;

function sameFacts(a: Person, b: Person): boolean {
  return factFields.every((field) => a[field] === b[field]) && a.unreadable.join() === b.unreadable.join();
}

/** What the row states about the end of the work, or undefined where it states none. */
function statedEnd(person: Person, today: string): Statement | undefined {
  const at = { source: person.source, line: person.line };
  if (person.status === "ended") return { ...at, fields: ["status"], text: "HR says that the work has ended" };
  if (person.status === "unknown") return undefined;
  if (person.endDate !== undefined && person.endDate < today) {
    return { ...at, fields: ["endDate"], text: `The last day, ${person.endDate}, has passed` };
  }
  return undefined;
}

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

/** `going` are the rows that do not state an end, never none. */
function conflict(context: Context, going: readonly Fact[], all: readonly Fact[]): Standing {
  const { person } = going.reduce((first) => first);
  const sure = going.every(isSure);
  if (sure && going.every((fact) => inScope(context, fact) === false)) return outOfScope(person);
  const rows = all.map((fact) => `${fact.person.source} line ${fact.person.line}`).join(", ");
  const text = `${all.length} rows say different things: ${rows}`;
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

function standingOf(context: Context, rows: readonly Person[]): Standing {
  const { policy, calendar } = context;
  const facts = rows.map((person) => ({ person, today: todayOf(person, policy, calendar) })).sort(compareRows);
  const ends = facts.map(({ person, today }) => statedEnd(person, today));
  const [firstEnd] = ends;
  if (firstEnd !== undefined && ends.every((end) => end !== undefined)) {
    const { person } = facts.reduce((first) => first);
    return { kind: "leaver", code: "leaverStated", person, statement: firstEnd };
  }
  const going = facts.filter((_, index) => ends[index] === undefined);
  const candidates = policy.people.employments === "activeWins" ? begun(going) : facts;
  const distinct = candidates.filter(
    ({ person }, index) => candidates.findIndex((other) => sameFacts(person, other.person)) === index,
  );
  const [only, second] = distinct;
  return only !== undefined && second === undefined ? standingOfRow(context, only) : conflict(context, going, facts);
}

/** Who has left claims no address any more, who has not begun claims none yet. */
function claimsAddress(standing: Standing | undefined): boolean {
  if (standing === undefined || standing.kind === "notYet") return false;
  return standing.kind !== "leaver" || standing.code !== "leaverStated";
}

/** Each claimed address, folded, with a worker who claims it. */
function* addressClaims(
  byWorker: ReadonlyMap<string, readonly Person[]>,
  standings: ReadonlyMap<string, Standing>,
): Generator<{ readonly address: string; readonly worker: string }> {
  for (const [worker, rows] of byWorker) {
    if (!claimsAddress(standings.get(worker))) continue;
    for (const { email = "" } of rows) if (email !== "") yield { address: foldAddress(email), worker };
  }
}

/** The workers of each address that several claim. */
function contestedAddresses(
  claims: Iterable<{ readonly address: string; readonly worker: string }>,
): Iterable<ReadonlySet<string>> {
  const first = new Map<string, string>();
  const contested = new Map<string, Set<string>>();
  for (const { address, worker } of claims) {
    const other = first.get(address);
    if (other === undefined) first.set(address, worker);
    else if (other !== worker) contested.set(address, (contested.get(address) ?? new Set([other])).add(worker));
  }
  return contested.values();
}

/** Two workers who claim one address: neither is given anything until HR mends it. */
function holdSharedAddresses(
  context: Context,
  byWorker: ReadonlyMap<string, readonly Person[]>,
  standings: Map<string, Standing>,
): void {
  for (const workers of contestedAddresses(addressClaims(byWorker, standings))) {
    for (const worker of workers) {
      const others = [...workers].filter((other) => other !== worker).sort();
      const text = `The e-mail address is also that of ${others.join(", ")}`;
      context.findings.push({ code: "sharedAddress", worker, text });
      const standing = standings.get(worker);
      if (standing?.kind === "present") standings.set(worker, { ...standing, gives: false });
    }
  }
}

/** Every worker that a row names, with its standing. The order of the rows makes no difference. */
export function resolveWorkers(people: readonly Person[], policy: Policy, calendar: Calendar): Workers {
  const context: Context = { policy, calendar, problems: [], findings: [] };
  const byWorker = new Map<string, Person[]>();
  for (const person of people) {
    const rows = byWorker.get(person.worker);
    if (rows === undefined) byWorker.set(person.worker, [person]);
    else rows.push(person);
  }
  const standings = new Map<string, Standing>();
  for (const [worker, rows] of byWorker) standings.set(worker, standingOf(context, rows));
  holdSharedAddresses(context, byWorker, standings);
  return { standings, problems: context.problems, findings: context.findings };
}
