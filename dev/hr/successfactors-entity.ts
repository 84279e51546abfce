// A person as PerPerson of a simulated SAP SuccessFactors gives it, and what `$select` and `$expand` leave of it.
import type { HrWorld } from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

export type Entity = Readonly<Record<string, unknown>>;

const statusCodes = { active: "A", onLeave: "U", ended: "T" } as const;
const navigations: readonly string[] = ["manager", "empInfo"];

/** The person of these employments, whole. */
export function entityOf(employments: readonly HrWorker[], world: HrWorld): Entity {
  const [first] = employments;
  if (first === undefined) throw new Error("Cannot give a person without an employment");
  return {
    personIdExternal: first.employeeNumber,
    dateOfBirth: dateOf(first.birthDate),
    personalInfoNav: {
      results: [{ firstName: first.givenName, lastName: first.familyName, startDate: dateOf(first.startDate) }],
    },
    emailNav: {
      results: [
        { emailAddress: `${first.employeeNumber}@home.example.com`, isPrimary: false },
        { emailAddress: first.email, isPrimary: true },
      ],
    },
    homeAddressNavDEFLT: { results: [{ address1: first.homeAddress }] },
    employmentNav: { results: employments.map((each) => employmentOf(each, world)) },
  };
}

function employmentOf(worker: HrWorker, { workers, now }: HrWorld): Entity {
  const manager = workers.find(({ employeeNumber }) => employeeNumber === worker.manager);
  const hasBegun = worker.startDate <= new Date(now).toISOString().slice(0, 10);
  const empInfo = manager && { personIdExternal: manager.employeeNumber };
  const job = {
    jobTitle: worker.title,
    costCenter: worker.costCenter,
    departmentNav: { externalCode: "D1", name: worker.department },
    emplStatusNav: { externalCode: statusCodes[worker.status] },
  };
  return {
    userId: worker.id,
    startDate: dateOf(worker.startDate),
    endDate: worker.endDate === undefined ? null : dateOf(worker.endDate),
    userNav: { timeZone: worker.timeZone, manager: empInfo === undefined ? null : { empInfo } },
    compInfoNav: { results: [{ annualSalary: String(worker.salary) }] },
    // Job information is that of today.
    jobInfoNav: { results: hasBegun ? [job] : [] },
  };
}

function dateOf(date: string): string {
  return `/Date(${Date.parse(date)})/`;
}

/** What is left of the entity; undefined where a selected path is not expanded or leads nowhere. */
export function project(entity: Entity, query: URLSearchParams): Entity | undefined {
  const selected = (query.get("$select") ?? "").split(",").filter((path) => path !== "");
  const expanded = (query.get("$expand") ?? "").split(",").filter((path) => path !== "");
  const isExpanded = (path: string) => expanded.some((each) => each === path || each.startsWith(`${path}/`));
  const parentsOf = (path: string) => path.split("/").slice(0, -1).join("/");
  if (selected.some((path) => path.includes("/") && !isExpanded(parentsOf(path)))) return undefined;
  if (selected.some((path) => !path.includes("/") && !Object.hasOwn(entity, path))) return undefined;
  return cut(entity, "", selected, isExpanded);
}

function cut(
  entity: Entity,
  prefix: string,
  selected: readonly string[],
  isExpanded: (path: string) => boolean,
): Entity {
  const kept = Object.entries(entity).flatMap(([name, value]): readonly [string, unknown][] => {
    const path = `${prefix}${name}`;
    if (!name.includes("Nav") && !navigations.includes(name))
      return selected.length === 0 || selected.includes(path) ? [[name, value]] : [];
    if (!isExpanded(path)) return selected.length === 0 ? [[name, { __deferred: { uri: path } }]] : [];
    return [[name, cutAll(value, (each) => cut(each, `${path}/`, selected, isExpanded))]];
  });
  return Object.fromEntries(kept);
}

function cutAll(value: unknown, each: (entity: Entity) => Entity): unknown {
  if (!isEntity(value)) return value;
  return Array.isArray(value.results) ? { results: value.results.filter(isEntity).map(each) } : each(value);
}

function isEntity(value: unknown): value is Entity {
  return typeof value === "object" && value !== null;
}
