// From rows to workers: each worker's rows, what they say together, and the addresses that several workers claim.
import type { Calendar } from "./calendar.ts";
import { workersBack } from "./left-out.ts";
import type { LeftOutRows, Person, RowProblem, Texts } from "./person.ts";
import type { Policy } from "./policy.ts";
import { type Claimant, createAddressClaims, sharedAddressText } from "./shared-addresses.ts";
import { type Context, type Standing, standingOf, type WorkerFinding } from "./standing.ts";

export type Workers = {
  /** Of every worker who has a row that is not left out. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** The rows of those workers. */
  readonly rows: ReadonlyMap<string, readonly Person[]>;
  readonly problems: readonly RowProblem[];
  readonly findings: readonly WorkerFinding[];
  /** Of those of these workers all of whose rows are left out. They are leavers, who matter where they have an account. */
  leftOut(workers: Iterable<string>): ReadonlyMap<string, Standing>;
  /** Every worker that a row names; a worker who is left out may come several times. */
  all(): Generator<string, void, undefined>;
};

type Rows = Map<string, Person[]>;

function addRows(rows: Rows, people: Iterable<Person>): Rows {
  for (const person of people) {
    const known = rows.get(person.worker);
    if (known === undefined) rows.set(person.worker, [person]);
    else known.push(person);
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

function claimantsOf(rows: Rows, context: Context): readonly Claimant[] {
  const claimants: Claimant[] = [];
  for (const [worker, theirs] of rows) claimants.push({ worker, rows: theirs, standing: standingOf(context, theirs) });
  return claimants;
}

/** Two workers who claim one address: neither is given anything until HR mends it. */
function holdSharedAddresses(
  context: Context,
  claimants: readonly Claimant[],
  othersWith: (addresses: Texts) => readonly Claimant[],
  standings: Map<string, Standing>,
): void {
  const claims = createAddressClaims();
  for (const claimant of claimants) claims.add(claimant);
  for (const claimant of othersWith(claims.addresses)) claims.add(claimant);
  for (const together of claims.contested()) {
    for (const [worker, { standing }] of together) {
      context.findings.push({ code: "sharedAddress", worker, text: sharedAddressText(worker, together) });
      if (standing.kind === "present") standings.set(worker, { ...standing, gives: false });
    }
  }
}

/** What is said about every worker that a row names. The order of the rows makes no difference, nor does which of the
 * rows that give nobody anything were left out. */
export function resolveWorkers(
  people: readonly Person[],
  policy: Policy,
  calendar: Calendar,
  leftOut: readonly LeftOutRows[] = [],
): Workers {
  const context: Context = { policy, calendar, problems: [], findings: [] };
  const rows = wholeRows(people, leftOut, context);
  const claimants = claimantsOf(rows, context);
  const standings = new Map<string, Standing>();
  for (const { worker, standing } of claimants) standings.set(worker, standing);

  function leftOutAlone(workers: Iterable<string>): readonly Claimant[] {
    const alone = new Set<string>();
    for (const worker of workers) if (!standings.has(worker)) alone.add(worker);
    const theirs = leftOut.flatMap((each) => each.find({ workers: alone }));
    return claimantsOf(addRows(new Map(), theirs), context);
  }

  const leftOutWith = (addresses: Texts): readonly Claimant[] =>
    leftOutAlone(leftOut.flatMap((each) => each.find({ addresses })).map(({ worker }) => worker));
  holdSharedAddresses(context, claimants, leftOutWith, standings);
  return {
    standings,
    rows,
    problems: context.problems,
    findings: context.findings,
    leftOut: (workers) => new Map(leftOutAlone(workers).map(({ worker, standing }) => [worker, standing])),
    *all() {
      yield* standings.keys();
      for (const each of leftOut) for (const { worker } of each.all()) yield worker;
    },
  };
}
