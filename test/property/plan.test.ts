// What holds for every plan of every installation: it can be carried out, settles, and is the same for the same facts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stillHolding } from "../../shared/core/accept.ts";
import { type Change, changeId } from "../../shared/core/change.ts";
import type { Directory, User } from "../../shared/core/directory.ts";
import type { Person } from "../../shared/core/person.ts";
import type { GroupRule, PersonRule } from "../../shared/core/policy.ts";
import { type Installation, inputOf, installation, planOf } from "../helpers/core-installation.ts";
import { applyToModel, type Model } from "../helpers/core-model.ts";
import { plan } from "../helpers/core-plan.ts";

const at = "2026-03-02T09:00:00Z";
const cases = { numRuns: 1_000 };

function run(install: Installation, changes: readonly Change[]): Installation {
  return { ...install, model: applyToModel(install.model, changes, at) };
}

function ids(changes: readonly Change[]): readonly string[] {
  return changes.map(changeId);
}

function byId<T extends { readonly id: string }>(things: readonly T[]): readonly T[] {
  return [...things].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function foldGroups<T extends { readonly groups: readonly string[] }>(thing: T): T {
  return { ...thing, groups: thing.groups.map((id) => id.toLowerCase()).sort() };
}

/** The service, so that two of them can be compared: nothing in it depends on the order of the writes. */
function stateOf({ directory, subscriptions, suspended }: Model): unknown {
  return {
    users: byId(directory.users).map(foldGroups),
    groups: byId(directory.groups),
    products: byId(directory.products).map(foldGroups),
    subscriptions: byId(subscriptions),
    suspended: [...suspended].sort(),
  };
}

function markLine({ numberSpace, employeeNumber }: Person): string {
  return `rollcall/1 owner=contoso-platform space=${numberSpace} key=${employeeNumber}`;
}

function holds({ email, identities }: User, address: string): boolean {
  return [email, ...identities.map(({ id }) => id)].some((text) => text.toLowerCase() === address.toLowerCase());
}

/** A worker about whom there is nothing to doubt: one readable row without dates, a whole name, an address that is no
 * other worker's, in scope. */
function isPlain(person: Person, people: readonly Person[]): boolean {
  const {
    status,
    unreadable,
    startDate,
    endDate,
    givenName,
    familyName,
    email = "none",
    department = "broken",
  } = person;
  const sole = people.filter((other) => other.worker === person.worker).length === 1;
  const address = people.filter((other) => other.email?.toLowerCase() === email.toLowerCase()).length === 1;
  const certain = unreadable.length === 0 && status !== "unknown" && startDate === undefined && endDate === undefined;
  const usable = email.endsWith("@contoso.com") && !["broken", "Outside"].includes(department);
  return sole && certain && address && usable && givenName !== undefined && familyName !== undefined;
}

/** Workers whose accounts Rollcall keeps its hands off: marked twice, protected, or blocked by somebody else. */
function untouched({ model }: Installation): ReadonlySet<string> {
  const marked = model.directory.users.flatMap((user) => {
    const [, space, key] = /^rollcall\/1 owner=contoso-platform space=(\w+) key=(\w+)/m.exec(user.note) ?? [];
    return space === undefined ? [] : [{ user, worker: `${space}/${key}` }];
  });
  const twice = marked.filter(({ worker }) => marked.filter((other) => other.worker === worker).length > 1);
  const malformed = marked.filter(({ user }) => user.note.endsWith("owner="));
  const guarded = marked.filter(({ user }) => /^(svc-1|1)$/.test(user.id) || user.email.includes("@admins."));
  return new Set([...twice, ...malformed, ...guarded].map(({ worker }) => worker));
}

/** Names are HR's, the address is held by somebody now, and memberships of our groups are what the rules say. */
function expectAsWanted(user: User, person: Person, { users, groups }: Directory, rules: readonly GroupRule[]): void {
  expect([user.firstName, user.lastName]).toEqual([person.givenName, person.familyName]);
  expect(users.some((other) => holds(other, person.email ?? ""))).toBe(true);
  const ours = rules.filter(({ id }) =>
    groups.some((group) => group.id.toLowerCase() === id && !group.description.includes("somebody-else")),
  );
  const joined = ours.filter(({ id }) => user.groups.some((group) => group.toLowerCase() === id));
  const wanted = ours.filter(({ members }) => isIn(members, person));
  expect(joined.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
}

function isIn(rule: PersonRule, person: Person): boolean {
  const result = rule(person, "2026-03-02");
  return result.ok && result.value;
}

const shuffle = fc.infiniteStream(fc.nat()).map((stream) => <T>(things: readonly T[]): T[] => {
  const keyed = things.map((thing) => ({ thing, key: stream.next().value ?? 0 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ thing }) => thing);
});

describe("plan()", { timeout: 60_000 }, () => {
  it("gives changes that can be carried out in their order, and none again afterwards", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const after = run(install, planOf(install).changes);

        expect(ids(planOf(after).changes)).toEqual([]);
      }),
      cases,
    );
  });

  it("leaves the accounts of plain workers as HR wants them, and no account of a plain leaver active", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const people = install.reads.flatMap(({ read }) => read.people);
        const apart = untouched(install);
        const { directory } = run(install, planOf(install).changes).model;

        for (const person of people.filter((one) => isPlain(one, people) && !apart.has(one.worker))) {
          const own = directory.users.filter(
            ({ note, state }) => note.includes(markLine(person)) && state === "active",
          );
          if (person.status === "ended") expect(own).toEqual([]);
          else for (const user of own) expectAsWanted(user, person, directory, install.policy.groups);
        }
      }),
      cases,
    );
  });

  it("comes to the same end when it is cut off after any change and made afresh", () => {
    fc.assert(
      fc.property(installation, fc.nat(), (install, where) => {
        const { changes } = planOf(install);
        const whole = run(install, changes);

        const cut = run(install, changes.slice(0, where % (changes.length + 1)));
        const resumed = run(cut, planOf(cut).changes);

        expect(stateOf(resumed.model)).toEqual(stateOf(whole.model));
      }),
      cases,
    );
  });

  it("is the same in every order of people, users, groups and reads", () => {
    fc.assert(
      fc.property(installation, shuffle, (install, mix) => {
        const input = inputOf(install);
        const reads = mix(input.reads).map(({ read, spaces }) => ({
          spaces,
          read: { ...read, people: mix(read.people) },
        }));
        const { users, groups, products } = input.directory;
        const directory = { users: mix(users), groups: mix(groups), products: mix(products) };
        const policy = { ...input.policy, groups: mix(input.policy.groups) };
        const links = new Map(mix([...input.links]));

        const mixed = plan({ ...input, reads, directory, policy, links });

        const straight = plan(input);
        expect(ids(mixed.changes)).toEqual(ids(straight.changes));
        expect(mixed.digest).toBe(straight.digest);
      }),
      cases,
    );
  });

  it("is the same whether rules say what they need or are asked about everybody", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const input = inputOf(install);
        const groups = input.policy.groups.map(({ needs: _, ...rule }) => rule);

        const asked = plan({ ...input, policy: { ...input.policy, groups } });

        expect(plan(input).changes).toEqual(asked.changes);
      }),
      cases,
    );
  });

  it("for one worker is a part of the whole plan, about this worker alone, and can be carried out by itself", () => {
    fc.assert(
      fc.property(installation, fc.constantFrom("employee/1", "employee/2", "contingent/1"), (install, worker) => {
        const whole = new Map(planOf(install).changes.map((change) => [changeId(change), change]));

        const { changes } = planOf(install, { worker });

        run(install, changes);
        for (const change of changes) expect(change).toEqual(whole.get(changeId(change)));
        const workers = new Set(changes.flatMap(({ reason }) => reason.worker ?? []));
        expect([...workers].filter((other) => other !== worker)).toEqual([]);
      }),
      cases,
    );
  });

  it("for deleting holds nothing else, and can be carried out", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const { changes } = planOf(install, { purpose: "delete" });

        const after = run(install, changes);

        expect(changes.filter(({ kind }) => kind !== "deleteUser")).toEqual([]);
        expect(planOf(after, { purpose: "delete" }).changes).toEqual([]);
        expect(planOf(install).changes.filter(({ kind }) => kind === "deleteUser")).toEqual([]);
      }),
      cases,
    );
  });
});

describe("stillHolding()", { timeout: 60_000 }, () => {
  it("adds no change, keeps only what a fresh plan has too, and what it keeps can be carried out", () => {
    fc.assert(
      fc.property(installation, installation, fc.boolean(), (install, other, newPeople) => {
        const accepted = planOf(install).changes;
        const later = newPeople ? { ...install, reads: other.reads } : { ...install, model: other.model };
        const fresh = planOf(later).changes;

        const { holding, dropped } = stillHolding(accepted, fresh);

        run(later, holding);
        expect(ids([...holding, ...dropped]).toSorted()).toEqual(ids(accepted).toSorted());
        expect(holding.filter((change) => !ids(fresh).includes(changeId(change)))).toEqual([]);
      }),
      cases,
    );
  });
});
