// Values of the core for tests: whole and unremarkable, with what a test is about given by the test.
import { type Calendar, createCalendar } from "../../shared/core/calendar.ts";
import type { Directory, Group, Product, Subscription, User } from "../../shared/core/directory.ts";
import { writeMark } from "../../shared/core/mark.ts";
import { type PeopleRead, type Person, type RowProblem, type SpacedRead, workerKey } from "../../shared/core/person.ts";
import type { PlanInput } from "../../shared/core/plan.ts";
import type { GroupRule, Lifecycle, Limits, PeoplePolicy, PersonRule, Policy } from "../../shared/core/policy.ts";
import { userId } from "../../shared/core/user-id.ts";

/** Ten in the morning of 2 March in Stockholm, still 1 March in the far west, 2 March everywhere else. */
const now = Date.parse("2026-03-02T09:00:00Z");
export const owner = "contoso-platform";

export function aCalendar(at: number = now): Calendar {
  return createCalendar(at);
}

type PersonFields = Partial<Omit<Person, "worker">>;

/** An active employee of Payments. `number` makes the key, the names and the address. */
export function aPerson(number: string, fields: PersonFields = {}): Person {
  const space = fields.numberSpace ?? "employee";
  return {
    worker: workerKey(space, number),
    numberSpace: space,
    employeeNumber: number,
    status: "active",
    source: "hr",
    line: 2,
    unreadable: [],
    givenName: `Given${number}`,
    familyName: `Family${number}`,
    email: `p${number}@contoso.com`,
    department: "Payments",
    ...fields,
  };
}

/** The same person without some of the fields. */
export function without(person: Person, ...fields: readonly (keyof Person)[]): Person {
  return Object.fromEntries(
    Object.entries(person).filter(([name]) => !fields.some((field) => field === name)),
  ) as Person;
}

/** The id of the account that Rollcall makes for the employee of that number. */
export function idOf(number: string, space = "employee"): string {
  return userId(owner, space, number);
}

/** The mark's line for the employee of that number. */
export function markOf(number: string, blocked?: string, space = "employee"): string {
  return writeMark("", { owner, space, key: number, ...(blocked === undefined ? {} : { blocked }) });
}

/** An account that nobody manages, made by signing in with Entra ID. */
export function aUser(id: string, fields: Partial<User> = {}): User {
  return {
    id,
    firstName: "Any",
    lastName: "Body",
    email: `${id}@contoso.com`,
    state: "active",
    note: "",
    identities: [{ provider: "Aad", id: `object-${id}` }],
    groups: ["developers"],
    ...fields,
  };
}

/** The account of `aPerson(number)` as Rollcall made it: marked, active, with HR's values. */
export function anAccount(number: string, fields: Partial<User> = {}): User {
  const email = `p${number}@contoso.com`;
  return aUser(idOf(number), {
    firstName: `Given${number}`,
    lastName: `Family${number}`,
    email,
    note: markOf(number),
    identities: [{ provider: "Basic", id: email }],
    ...fields,
  });
}

/** The same account, blocked by Rollcall on the first of February. */
export function blockedByUs(number: string, fields: Partial<User> = {}): User {
  return anAccount(number, { state: "blocked", note: markOf(number, "2026-02-01T00:00:00Z"), ...fields });
}

export function aGroup(id: string, fields: Partial<Group> = {}): Group {
  return { id, displayName: id, description: "", builtIn: false, type: "custom", ...fields };
}

/** A group that carries our mark. */
export function ourGroup(id: string, fields: Partial<Group> = {}): Group {
  return aGroup(id, { description: `rollcall/1 owner=${owner}`, ...fields });
}

export function aProduct(id: string, groups: readonly string[] = []): Product {
  return { id, displayName: id, state: "published", approvalRequired: false, groups };
}

export function aSubscription(id: string, ownerId: string, fields: Partial<Subscription> = {}): Subscription {
  return {
    id,
    displayName: id,
    ownerId,
    scope: "/products/p",
    productId: "p",
    state: "active",
    stateComment: "",
    ...fields,
  };
}

/** The comment of a subscription that Rollcall suspended when this user left. */
export function suspensionOf(user: string): string {
  return writeMark("", { owner, key: user, blocked: "2026-02-01T00:00:00Z" });
}

const everybody: PersonRule = () => ({ ok: true, value: true });
export const nobody: PersonRule = () => ({ ok: true, value: false });
export const broken: PersonRule = () => ({ ok: false, reason: "no such field" });

/** Everybody of a department; fails for the department "broken". */
export function inDepartment(department: string): PersonRule {
  return (person) =>
    person.department === "broken"
      ? { ok: false, reason: "no such field" }
      : { ok: true, value: person.department === department };
}

export function aGroupRule(id: string, members: PersonRule = everybody, fields: Partial<GroupRule> = {}): GroupRule {
  return { id, displayName: id, members, ...fields };
}

const wide = { count: 1_000_000, ignoreBelow: 5 };

/** Limits that nothing reaches. */
export const wideLimits: Limits = {
  createUser: wide,
  adoptUser: wide,
  updateUser: wide,
  blockUser: wide,
  unblockUser: wide,
  deleteUser: wide,
  createGroup: wide,
  adoptGroup: wide,
  updateGroup: wide,
  deleteGroup: wide,
  addMember: wide,
  removeMember: wide,
  addProductLink: wide,
  removeProductLink: wide,
  suspendSubscription: wide,
  resumeSubscription: wide,
  transferSubscription: wide,
  outOfScope: wide,
  firstLoad: wide,
};

type PolicyFields = Partial<Omit<Policy, "people" | "lifecycle">> & {
  readonly people?: Partial<PeoplePolicy>;
  readonly lifecycle?: Partial<Lifecycle>;
};

/** Makes accounts ahead, adopts by address, suspends leavers' subscriptions, never deletes; no groups, wide limits. */
export function aPolicy({ people, lifecycle, ...fields }: PolicyFields = {}): Policy {
  return {
    owner,
    target: "contoso",
    people: {
      defaultTimeZone: "Europe/Stockholm",
      emailDomains: [],
      employments: "conflict",
      missingFamilyName: "-",
      scope: everybody,
      ...people,
    },
    groups: [],
    lifecycle: {
      provision: "create",
      adopt: "email",
      adoptIdentities: ["Aad", "AadB2C"],
      prehireDays: 0,
      leaver: { subscriptions: { kind: "suspend" } },
      removedGroups: "keep",
      ...lifecycle,
    },
    protect: [],
    limits: wideLimits,
    ...fields,
  };
}

/** A complete read of the source `hr`, which holds employees. */
export function aRead(people: readonly Person[], fields: Partial<PeopleRead> = {}): SpacedRead {
  const problems: readonly RowProblem[] = [];
  const evidence = { rows: people.length, people: people.length, problems: 0, incompleteBecause: [] };
  const completeness = people.length === 0 ? "empty" : "complete";
  return { read: { source: "hr", completeness, evidence, people, problems, ...fields }, spaces: ["employee"] };
}

export function aDirectory(fields: Partial<Directory> = {}): Directory {
  return { users: [], groups: [], products: [], ...fields };
}

/** Nobody in HR, nothing in the directory, nothing remembered. */
export function aPlanInput(fields: Partial<PlanInput> = {}): PlanInput {
  return {
    policy: aPolicy(),
    calendar: aCalendar(),
    purpose: "sync",
    reads: [aRead([])],
    directory: aDirectory(),
    links: new Map(),
    suspended: new Set(),
    subscriptions: new Map(),
    ...fields,
  };
}

/** Somebody else in HR and in the directory, so that a read without the person under test is a complete one. */
export const bystander = aPerson("999", { department: "Other" });
