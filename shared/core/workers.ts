// From rows to workers: each worker's rows, what they say together, and the addresses that several workers claim.
import type { Calendar } from "./calendar.ts";
import { foldAddress } from "./fold.ts";
import { workersBack } from "./left-out.ts";
import type { LeftOutRows, Person, RowProblem } from "./person.ts";
import type { Policy } from "./policy.ts";
import type { Beside, Claim, OtherClaims } from "./remembered-claims.ts";
import { statedEnd, todayOf } from "./row-facts.ts";
import { type AddressClaims, createAddressClaims, sharedAddressText } from "./shared-addresses.ts";
import { type Context, type Standing, standingOf, type WorkerFinding } from "./standing.ts";
import { joinStandings } from "./standings.ts";

export type Workers = {
  /** Of every worker who has a row that is not left out. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** The rows of those workers who have several. */
  readonly repeated: ReadonlyMap<string, readonly Person[]>;
  readonly problems: readonly RowProblem[];
  readonly findings: readonly WorkerFinding[];
  /** Of those of these workers all of whose rows are left out. They are leavers, who matter where they have an account. */
  leftOut(workers: Iterable<string>): ReadonlyMap<string, Standing>;
  /** Every address with each worker who claims it, also of those who are left out for being outside the scope. */
  claims(): Generator<Claim, void, undefined>;
  /** The same of the addresses that several workers claim, where one of them is within the scope at least. */
  sharedClaims(): Generator<Claim, void, undefined>;
  /** Every worker that a row names; a worker who is left out may come several times. */
  all(): Generator<string, void, undefined>;
};

/** The rows of each worker: nearly everybody has one, which then needs no list. */
type Rows = Map<string, Person | Person[]>;

function listOf(rows: Person | Person[]): readonly Person[] {
  return Array.isArray(rows) ? rows : [rows];
}

function addRows(rows: Rows, people: Iterable<Person>): Rows {
  for (const person of people) {
    const known = rows.get(person.worker);
    if (known === undefined) rows.set(person.worker, person);
    else if (Array.isArray(known)) known.push(person);
    else rows.set(person.worker, [known, person]);
  }
  return rows;
}

/** All rows of the workers of whom some row is not left out. */
function wholeRows(people: readonly Person[], leftOut: readonly LeftOutRows[], context: Context): Rows {
  const rows = addRows(new Map(), people);
  for (const each of leftOut) {
    const { policy, calendar } = context;
    for (const worker of workersBack(each, policy.people, calendar)) rows.set(worker, rows.get(worker) ?? []);
  }
  return addRows(
    rows,
    leftOut.flatMap((each) => each.find({ workers: rows })),
  );
}

function standingsOf(rows: Rows, context: Context, claims?: AddressClaims): Map<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const [worker, theirs] of rows) {
    const list = listOf(theirs);
    const standing = standingOf(context, list);
    standings.set(worker, standing);
    claims?.add(list, standing);
  }
  return standings;
}

/** Two workers who claim one address: neither is given anything until HR mends it. */
function holdSharedAddresses(
  context: Context,
  claims: AddressClaims,
  standings: Map<string, Standing>,
  others: ReadonlyMap<string, Standing>,
): void {
  for (const [, together] of claims.contested(joinStandings(standings, others))) {
    for (const worker of together) {
      context.findings.push({ code: "sharedAddress", worker, text: sharedAddressText(worker, together) });
      const standing = standings.get(worker);
      if (standing?.kind === "present") standings.set(worker, { ...standing, gives: false });
    }
  }
}

const otherClaimTexts = {
  somebody: ["sharedAddress", "The e-mail address was also that of another worker when everybody was last read"],
  unknown: [
    "addressUnproved",
    "Only some workers were read, and nothing recent shows that nobody else has the e-mail address: nothing is given",
  ],
} as const;

/** Beside a read of some workers: who may have an address that is also another's is given nothing. */
function holdOtherClaims(
  { findings }: Context,
  rows: Rows,
  standings: Map<string, Standing>,
  others: OtherClaims,
): void {
  for (const [worker, theirs] of rows) {
    const standing = standings.get(worker);
    if (standing?.kind !== "present" || !standing.gives) continue;
    const addresses = listOf(theirs).flatMap(({ email }) => email ?? []);
    const claims = addresses.map((address) => others(foldAddress(address), worker));
    const claim = claims.find((each) => each !== "nobody");
    if (claim === undefined) continue;
    const [code, text] = otherClaimTexts[claim];
    findings.push({ code, worker, text });
    standings.set(worker, { ...standing, gives: false });
  }
}

const missingRowsText =
  "The worker had several rows when everybody was last read, and of a source that had one not all came now: nothing changes";

/** Beside a read that broke off: one of several rows says too little, also of whoever seems to have left. */
function holdMissingRows(
  { findings }: Context,
  standings: Map<string, Standing>,
  { mayMissRows }: Pick<Beside, "mayMissRows">,
): void {
  for (const worker of standings.keys()) {
    if (!mayMissRows(worker)) continue;
    findings.push({ code: "rowsMissing", worker, text: missingRowsText });
    standings.set(worker, { kind: "held" });
  }
}

/** Those of these workers, all of whose rows are left out, who have not left: they are outside the scope. */
function outsideOf(
  leftOut: readonly LeftOutRows[],
  known: ReadonlyMap<string, Standing>,
  { policy, calendar }: Context,
): ReadonlySet<string> {
  const outside = new Set<string>();
  for (const rows of leftOut.filter((each) => each.outside() > 0)) {
    for (const person of rows.all()) {
      const end = statedEnd(person, todayOf(person, policy.people, calendar));
      if (end === undefined && !known.has(person.worker)) outside.add(person.worker);
    }
  }
  return outside;
}

/** What these workers claim by rows that are left out. */
function* claimsOf(workers: ReadonlySet<string>, leftOut: readonly LeftOutRows[]): Generator<Claim, void, undefined> {
  if (workers.size === 0) return;
  for (const rows of leftOut) {
    for (const { worker, email } of rows.all()) {
      if (email !== undefined && workers.has(worker)) yield [foldAddress(email), worker];
    }
  }
}

/** What is said about every worker that a row names. The order of the rows makes no difference, nor does which of the
 * rows that give nobody anything were left out. `beside`: where not everybody was read, what is known of the rest. */
export function resolveWorkers(
  people: readonly Person[],
  policy: Policy,
  calendar: Calendar,
  leftOut: readonly LeftOutRows[] = [],
  beside?: Beside,
): Workers {
  const context: Context = { policy, calendar, problems: [], findings: [] };
  const rows = wholeRows(people, leftOut, context);
  const claims = createAddressClaims();
  const standings = standingsOf(rows, context, claims);

  function leftOutAlone(workers: Iterable<string>, theirClaims?: AddressClaims): Map<string, Standing> {
    const alone = new Set<string>();
    for (const worker of workers) if (!standings.has(worker)) alone.add(worker);
    const theirs = leftOut.flatMap((each) => each.find({ workers: alone }));
    return standingsOf(addRows(new Map(), theirs), context, theirClaims);
  }

  const sharing = leftOut.flatMap((each) => each.find({ addresses: claims.addresses }));
  const outside = leftOutAlone(
    sharing.map(({ worker }) => worker),
    claims,
  );
  holdSharedAddresses(context, claims, standings, outside);
  if (beside !== undefined) {
    holdOtherClaims(context, rows, standings, beside.others);
    holdMissingRows(context, standings, beside);
  }
  return {
    standings,
    repeated: new Map([...rows].flatMap(([worker, theirs]) => (Array.isArray(theirs) ? [[worker, theirs]] : []))),
    problems: context.problems,
    findings: context.findings,
    leftOut(workers) {
      const gone = leftOutAlone(workers);
      if (beside !== undefined) holdMissingRows(context, gone, beside);
      return gone;
    },
    *claims() {
      yield* claims.all();
      yield* claimsOf(outsideOf(leftOut, standings, context), leftOut);
    },
    *sharedClaims() {
      for (const [address, together] of claims.contested(joinStandings(standings, outside))) {
        for (const worker of together) yield [address, worker];
      }
    },
    *all() {
      yield* standings.keys();
      for (const each of leftOut) for (const { worker } of each.all()) yield worker;
    },
  };
}
