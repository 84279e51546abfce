// The records of a simulated Personio, as its two versions write them.
import type { HrWorld } from "./hr-system.ts";
import type { HrWorker } from "./workers.ts";

export function employeeOf(worker: HrWorker, world: HrWorld, shown: readonly string[] | undefined): unknown {
  const all: Readonly<Record<string, unknown>> = {
    id: idOf(worker),
    first_name: worker.givenName,
    last_name: worker.familyName,
    email: worker.email,
    status: { active: "active", onLeave: "leave", ended: "inactive" }[worker.status],
    position: worker.title,
    department: record("Department", { id: unitId(worker, world), name: worker.department }),
    supervisor:
      worker.manager === undefined
        ? null
        : record("Employee", { id: wrapped("ID", idOf({ employeeNumber: worker.manager })) }),
    cost_centers: [record("CostCenter", { id: 1, name: worker.costCenter, percentage: 100 })],
    hire_date: `${worker.startDate}T00:00:00+02:00`,
    termination_date: worker.endDate === undefined ? null : `${worker.endDate}T00:00:00+02:00`,
    dynamic_7: `E${worker.employeeNumber}`,
    birthday: worker.birthDate,
    fix_salary: worker.salary,
    street: worker.homeAddress,
  };
  const attributes = Object.entries(all).filter(([name]) => shown?.includes(name) ?? true);
  return {
    type: "Employee",
    attributes: Object.fromEntries(attributes.map(([name, value]) => [name, wrapped(name, value)])),
  };
}

function wrapped(label: string, value: unknown): unknown {
  return { label, value, type: "standard", universal_id: label };
}

function record(type: string, attributes: unknown): unknown {
  return { type, attributes };
}

export function personOf(worker: HrWorker, url: URL): unknown {
  const custom = (id: string, name: string, value: string) => ({
    id,
    type: "STRING",
    global_id: name,
    label: name,
    value,
  });
  return {
    id: worker.employeeNumber,
    email: worker.email,
    first_name: worker.givenName,
    last_name: worker.familyName,
    preferred_name: "",
    gender: "UNSPECIFIED",
    status: worker.status === "ended" ? "INACTIVE" : "ACTIVE",
    custom_attributes: [
      custom("dynamic_7", "staff_number", `E${worker.employeeNumber}`),
      custom("dynamic_8", "unit", worker.department),
      custom("dynamic_9", "birthday", worker.birthDate),
      custom("dynamic_10", "street", worker.homeAddress),
    ],
    employments: [{ id: worker.id }],
    _meta: { links: { employments: { href: `${url.origin}/v2/persons/${worker.employeeNumber}/employments` } } },
  };
}

/** Everybody worked here before: the old employment comes first. */
export function employmentsOf(worker: HrWorker, world: HrWorld): readonly unknown[] {
  const before = {
    id: `${worker.id}-before`,
    status: "INACTIVE",
    employment_start_date: "2001-01-01",
    position: { title: "Trainee" },
  };
  const present = {
    id: worker.id,
    person: { id: worker.employeeNumber },
    status: { active: "ACTIVE", onLeave: "LEAVE", ended: "INACTIVE" }[worker.status],
    position: { title: worker.title },
    employment_start_date: worker.startDate,
    employment_end_date: worker.endDate ?? null,
    supervisor: worker.manager === undefined ? null : { id: worker.manager },
    org_units: [
      { type: "team", id: "99" },
      { type: "department", id: unitId(worker, world) },
    ],
    weekly_working_hours: 40,
  };
  return [before, present];
}

export function departmentsOf({ workers }: HrWorld): readonly string[] {
  return [...new Set(workers.map(({ department }) => department))];
}

function unitId({ department }: HrWorker, world: HrWorld): string {
  return String(departmentsOf(world).indexOf(department) + 1);
}

/** Ids are numbers in version 1. */
function idOf({ employeeNumber }: Pick<HrWorker, "employeeNumber">): number | null {
  return employeeNumber === "" ? null : Number(employeeNumber);
}
