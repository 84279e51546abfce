// Installations for properties: people in two sources, a directory with everything that can stand in one, rules. The
// universe is small, so that workers, addresses, ids and groups meet.

import fc from "fast-check";
import type { Group, Product, Subscription, User, UserIdentity } from "../../shared/core/directory.ts";
import { writeMark } from "../../shared/core/mark.ts";
import type { Completeness, Person } from "../../shared/core/person.ts";
import { type Plan, type PlanInput, type PlanPurpose, planSubscriptionOwners } from "../../shared/core/plan.ts";
import type { GroupRule, PersonRule, Policy } from "../../shared/core/policy.ts";
import { aCalendar, aPerson, aPolicy, aRead, idOf, inDepartment, owner } from "./core-builders.ts";
import type { Model } from "./core-model.ts";
import { plan } from "./core-plan.ts";

export type Installation = {
  readonly policy: Policy;
  readonly reads: PlanInput["reads"];
  readonly model: Model;
};

const numbers = ["1", "2", "3", "4", "5"];
const spaces = ["employee", "employee", "contingent"];
const departments = ["Payments", "Payments", "Payments", "Ledger", "Ledger", "Ledger", "broken", "Outside"];
const days = ["2026-02-27", "2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05"];
const zones = ["Europe/Stockholm", "Pacific/Kiritimati", "Etc/GMT+12"];
const groupIds = ["g1", "G2", "g3", "g4"];
const userIds = ["u1", "u2", "u3", "u4", "svc-1", "1", idOf("1").toUpperCase()];

const someNumber = fc.constantFrom(...numbers);
const someSpace = fc.constantFrom(...spaces);

/** `own` is the worker's own address; any other one is another worker's, or an odd one. */
const someAddress = fc.oneof(
  { weight: 9, arbitrary: fc.constant("own") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...["e1", "e2", "e3", "e4", "e5", "c1", "c2"].map((name) => `${name}@contoso.com`)),
  },
  { weight: 1, arbitrary: fc.constantFrom("E1@Contoso.com", "x@partner.com", "root@admins.contoso.com", "none") },
);

function addressOf(email: string, space: string, number: string): string {
  return email === "own" ? `${space.charAt(0)}${number}@contoso.com` : email;
}

/** The value, rarely absent. */
function mostly<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 12 });
}

function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

const row = fc
  .record({
    number: someNumber,
    space: someSpace,
    status: fc.oneof(
      { weight: 12, arbitrary: fc.constant("active" as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom("onLeave" as const, "ended" as const, "ended" as const, "unknown" as const),
      },
    ),
    facts: fc.record({
      givenName: mostly(fc.constantFrom("Ada", "Bo")),
      familyName: mostly(fc.constantFrom("Ek", "Holm")),
      email: mostly(someAddress),
      department: mostly(fc.constantFrom(...departments)),
      manager: fc.option(someNumber, { nil: undefined }),
      timeZone: rarely(fc.constantFrom(...zones)),
      startDate: rarely(fc.constantFrom(...days)),
      endDate: rarely(fc.constantFrom(...days)),
    }),
    unreadable: rarely(
      fc.constantFrom("department" as const, "endDate" as const, "timeZone" as const, "email" as const),
    ),
  })
  .map(({ number, space, status, facts, unreadable }): Person => {
    const { worker, numberSpace, employeeNumber, source, line } = aPerson(number, { numberSpace: space });
    const email = facts.email === undefined ? undefined : addressOf(facts.email, space, number);
    const known = Object.fromEntries(
      Object.entries(given({ ...facts, email })).filter(([field]) => field !== unreadable),
    );
    const broken = unreadable === undefined ? [] : [unreadable];
    return { worker, numberSpace, employeeNumber, status, source, line, unreadable: broken, ...known };
  });

/** One row for each worker, and now and then another one for one of them. */
function rows(maxLength: number): fc.Arbitrary<Person[]> {
  return fc
    .tuple(fc.uniqueArray(row, { selector: ({ worker }) => worker, maxLength }), rarely(row))
    .map(([people, extra]) => (extra === undefined ? people : [...people, extra]));
}

const completeness = fc.oneof(
  { weight: 9, arbitrary: fc.constant<Completeness>("complete") },
  { weight: 1, arbitrary: fc.constantFrom<Completeness>("incomplete", "empty") },
);

/** One or two sources; the first holds both number spaces or the employees, the second the contingents or any. */
const reads = fc
  .record({
    first: rows(6),
    second: fc.option(rows(3), { nil: undefined }),
    completeness: fc.tuple(completeness, completeness),
    spaces: fc.constantFrom<["any" | string[], "any" | string[]]>(["any", "any"], [["employee"], ["contingent"]]),
  })
  .map(({ first, second, completeness: [one, two], spaces: [mine, theirs] }) => {
    const read = (source: string, rows: readonly Person[], whole: Completeness, held: "any" | string[]) => {
      const people = (whole === "empty" ? [] : rows)
        .filter(({ numberSpace }) => held === "any" || held.includes(numberSpace))
        .map((person, index) => ({ ...person, source, line: index + 2 }));
      return { ...aRead(people, { source, completeness: whole }), spaces: held };
    };
    const hr = read("hr", first, one, mine);
    return second === undefined ? [hr] : [hr, read("agency", second, two, theirs)];
  });

const someGroups = fc.subarray(["developers", ...groupIds, "ext"]);
const someState = fc.oneof(
  { weight: 8, arbitrary: fc.constant("active" as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "blocked" as const,
      "blocked" as const,
      "blocked" as const,
      "pending" as const,
      "deleted" as const,
    ),
  },
);
const someIdentities = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<"Aad" | "Basic" | "both">("Aad", "Aad", "Basic", "both") },
  { weight: 1, arbitrary: fc.constantFrom<"none" | "Azure" | "AadByAddress">("none", "Azure", "AadByAddress") },
);

function identitiesOf(kind: string, id: string, email: string): readonly UserIdentity[] {
  const aad = { provider: "Aad", id: `object-${id}` };
  if (kind === "Aad") return [aad];
  if (kind === "AadByAddress") return [{ provider: "Aad", id: email }];
  if (kind === "Basic") return [{ provider: "Basic", id: email }];
  if (kind === "both") return [aad, { provider: "Basic", id: email }];
  return kind === "none" ? [] : [{ provider: kind, id: email }];
}

const blockedAt = fc.constantFrom("2026-03-01T12:00:00Z", "2025-10-01T00:00:00Z", "somewhen");
const note = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("ours" as const), blocked: rarely(blockedAt) }) },
  { weight: 4, arbitrary: fc.constant({ kind: "none" as const, blocked: undefined }) },
  { weight: 1, arbitrary: fc.constant({ kind: "foreign" as const, blocked: undefined }) },
  { weight: 1, arbitrary: fc.constant({ kind: "malformed" as const, blocked: undefined }) },
);

function noteOf(kind: string, space: string, key: string, blocked: string | undefined): string {
  const mark = { owner, space, key, ...(blocked === undefined ? {} : { blocked }) };
  if (kind === "ours") return writeMark("kept by the admins", mark);
  if (kind === "foreign") return writeMark("", { ...mark, owner: "somebody-else" });
  return kind === "malformed" ? `${writeMark("", mark)}\nrollcall/1 owner=` : "met at the fair";
}

/** An account with or without a mark, under the worker's own id or another one. */
const user = fc
  .record({
    number: someNumber,
    space: someSpace,
    id: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: fc.constantFrom(...userIds) },
    ),
    email: someAddress,
    firstName: fc.constantFrom("Ada", "Bo"),
    lastName: fc.constantFrom("Ek", "-"),
    state: someState,
    identities: someIdentities,
    note,
    groups: someGroups,
  })
  .map((spec): User => {
    const { number, space, firstName, lastName, groups } = spec;
    const email = addressOf(spec.email, space, number);
    const id = spec.id ?? idOf(number, space);
    const blocked =
      spec.note.blocked ?? (spec.state === "blocked" && number < "4" ? "2025-10-01T00:00:00Z" : undefined);
    const text = noteOf(spec.note.kind, space, number, blocked);
    const identities = identitiesOf(spec.identities, id, email);
    return { id, email, firstName, lastName, state: spec.state, note: text, identities, groups };
  });

/** As the service has them: one account for each id and each address. */
function possible(users: readonly User[]): readonly User[] {
  const taken = new Set<string>();
  return users.filter(({ id, email, identities }) => {
    const names = new Set([
      `id ${id.toLowerCase()}`,
      ...[email, ...identities.map((one) => one.id)].map((one) => one.toLowerCase()),
    ]);
    if ([...names].some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  });
}

const group = fc
  .record({
    id: fc.constantFrom(...groupIds),
    displayName: fc.constantFrom("One", "Two"),
    owner: fc.constantFrom(owner, owner, "", "somebody-else"),
  })
  .map(({ id, displayName, owner: by }): Group => {
    const description = by === "" ? "for the fair" : writeMark("for the fair", { owner: by });
    return { id, displayName, description, builtIn: false, type: "custom" };
  });

const ours = writeMark("", { owner });
const alwaysThere: readonly Group[] = [
  { id: "developers", displayName: "Developers", description: ours, builtIn: true, type: "system" },
  { id: "ext", displayName: "External", description: ours, builtIn: false, type: "external" },
];

const groups = fc.uniqueArray(group, { selector: ({ id }) => id.toLowerCase() });
const products = fc.uniqueArray(
  fc.record({ id: fc.constantFrom("p1", "P2"), groups: fc.subarray([...groupIds, "developers"]) }).map(
    ({ id, groups: linked }): Product => ({
      id,
      displayName: id,
      state: "published",
      approvalRequired: false,
      groups: linked,
    }),
  ),
  { selector: ({ id }) => id },
);

const scope: PersonRule = (person) =>
  person.department === "broken" && person.familyName === undefined
    ? { ok: false, reason: "no such field" }
    : { ok: true, value: person.department !== "Outside" };

/** A rule that says what it needs: false for every other department, whatever else is the case. */
function needing(department: string): Pick<GroupRule, "members" | "needs"> {
  const members: PersonRule = (person) => {
    if (person.department !== department) return { ok: true, value: false };
    return person.familyName === undefined ? { ok: false, reason: "no such field" } : { ok: true, value: true };
  };
  return { members, needs: [{ field: "department", values: [department] }] };
}

const groupRule = fc
  .record({
    id: fc.constantFrom(...groupIds.map((id) => id.toLowerCase())),
    displayName: fc.constantFrom("One", "Two"),
    asks: fc.constantFrom<Pick<GroupRule, "members" | "needs">>(
      { members: inDepartment("Payments") },
      { members: inDepartment("Ledger") },
      needing("Payments"),
      needing("Ledger"),
    ),
    products: fc.option(fc.subarray(["p1", "p2", "p3"]), { nil: undefined }),
  })
  .map(({ products: linked, asks, ...rule }) => ({
    ...rule,
    ...asks,
    ...(linked === undefined ? {} : { products: linked }),
  }));

const leaverSubscriptions = fc.constantFrom<Policy["lifecycle"]["leaver"]["subscriptions"]>(
  { kind: "keep" },
  { kind: "suspend" },
  { kind: "transfer", to: { manager: true } },
  { kind: "transfer", to: { user: "U1" } },
);

const policy = fc
  .record({
    groups: fc.uniqueArray(groupRule, { selector: ({ id }) => id }),
    people: fc.record({
      employments: fc.constantFrom("conflict" as const, "activeWins" as const),
      emailDomains: fc.constantFrom<string[]>([], ["contoso.com", "admins.contoso.com"]),
      scope: fc.constantFrom<PersonRule>(scope, () => ({ ok: true, value: true })),
    }),
    lifecycle: fc.record({
      provision: fc.constantFrom("create" as const, "create" as const, "existing" as const),
      adopt: fc.constantFrom("email" as const, "email" as const, "never" as const),
      prehireDays: fc.constantFrom(0, 2),
      removedGroups: fc.constantFrom("keep" as const, "delete" as const),
      leaver: leaverSubscriptions.map((subscriptions) => ({ subscriptions, deleteAfterDays: 90 })),
    }),
    protect: fc.constantFrom([], ["svc-*", "*@admins.contoso.com"]),
  })
  .map((fields) => aPolicy(fields));

const subscription = fc.record({
  user: fc.nat(20),
  state: fc.constantFrom(
    "active" as const,
    "active" as const,
    "suspended" as const,
    "suspended" as const,
    "submitted" as const,
  ),
  byUs: fc.constantFrom(true, true, true, false),
  remembered: fc.constantFrom(true, true, true, false),
});

function subscriptionsOf(
  users: readonly User[],
  specs: readonly { user: number; state: Subscription["state"]; byUs: boolean }[],
) {
  return specs.flatMap((spec, index): Subscription[] => {
    const holder = users[spec.user % Math.max(1, users.length)];
    if (holder === undefined) return [];
    const comment = spec.byUs
      ? writeMark("", { owner, key: holder.id, blocked: "2026-02-01T00:00:00Z" })
      : "late invoice";
    const stateComment = spec.state === "suspended" ? comment : "";
    const id = `s${index}`;
    return [
      {
        id,
        displayName: id,
        ownerId: holder.id,
        scope: "/products/p1",
        productId: "p1",
        state: spec.state,
        stateComment,
      },
    ];
  });
}

/** Everything that a plan is made from, as one value. */
export const installation: fc.Arbitrary<Installation> = fc
  .record({
    policy,
    reads,
    users: fc.array(user, { minLength: 2, maxLength: 7 }),
    groups,
    products,
    subscriptions: fc.array(subscription, { maxLength: 5 }),
    links: fc.array(fc.tuple(someNumber, someSpace, fc.option(fc.constantFrom(...userIds), { nil: undefined })), {
      maxLength: 4,
    }),
  })
  .map((spec) => {
    const existing = [...alwaysThere, ...spec.groups];
    const inGroups = <T extends { readonly groups: readonly string[] }>(thing: T): T => {
      const known = thing.groups.filter((id) => existing.some((one) => one.id.toLowerCase() === id.toLowerCase()));
      return { ...thing, groups: known };
    };
    const users = possible(spec.users).map(inGroups);
    const subscriptions = subscriptionsOf(users, spec.subscriptions);
    const suspended = spec.subscriptions.flatMap(({ remembered }, index) => (remembered ? [`s${index}`] : []));
    const links = spec.links.map(([number, space, id]) => [`${space}/${number}`, id ?? idOf(number, space)] as const);
    const directory = { users, groups: existing, products: spec.products.map(inGroups) };
    const model = { owner, directory, subscriptions, links: new Map(links), suspended: new Set(suspended) };
    return { policy: spec.policy, reads: spec.reads, model };
  });

const calendar = aCalendar();

function byOwner(
  subscriptions: readonly Subscription[],
  owners: ReadonlySet<string>,
): ReadonlyMap<string, readonly Subscription[]> {
  const found = new Map<string, readonly Subscription[]>();
  for (const one of subscriptions) {
    const { ownerId } = one;
    if (ownerId !== undefined && owners.has(ownerId)) found.set(ownerId, [...(found.get(ownerId) ?? []), one]);
  }
  return found;
}

export type PlanOptions = { readonly purpose?: PlanPurpose; readonly worker?: string };

/** What a plan is made from, with the subscriptions that it needs to see: of those whose accounts change state, and
 * those that Rollcall remembers to have suspended. */
export function inputOf(install: Installation, { purpose = "sync", worker }: PlanOptions = {}): PlanInput {
  const { policy: rules, reads: read, model } = install;
  const { directory, links, suspended, subscriptions } = model;
  const only = worker === undefined ? {} : { worker };
  const base = { policy: rules, calendar, purpose, reads: read, directory, links, suspended, ...only };
  if (subscriptions.length === 0) return { ...base, subscriptions: new Map() };
  const first = plan({ ...base, subscriptions: new Map() });
  const waiting = subscriptions.flatMap(({ id, ownerId }) => (suspended.has(id) ? (ownerId ?? []) : []));
  const owners = new Set([...planSubscriptionOwners(first, rules), ...waiting]);
  return { ...base, subscriptions: byOwner(subscriptions, owners) };
}

export function planOf(install: Installation, options: PlanOptions = {}): Plan {
  return plan(inputOf(install, options));
}
