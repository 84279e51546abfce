// An invented company for the benchmarks: people by number, the same on every machine, with a share that changed since
// the service was last in step.
import { companyGroups, type GroupSpec } from "./company-groups.ts";
import { divisions, type Employee } from "./employee.ts";

export type CompanySize = {
  readonly people: number;
  readonly groups: number;
  /** 0 to 1: people whom HR shows otherwise than the service. */
  readonly changedShare: number;
};

export type Company = {
  readonly size: CompanySize;
  readonly groups: readonly GroupSpec[];
  /** How HR shows the person with this number, from 0. */
  employee(index: number): Employee;
  /** How the service knew the person before the change; undefined for those who joined since. */
  known(index: number): Employee | undefined;
};

const firstNames =
  "Ada Åsa Bela Bram Cara Chidi Dilan Elif Émile Farid Gita Hana Ines Jana Kaito Leila Mateo Noor".split(" ");
const lastNames = "Abbott Bergström Cho Duarte Eriksen Fonseca Grünwald Holm Ito Kaya Lopes Moreau Nyberg Okafor".split(
  " ",
);
const ranks = ["", "Junior ", "Senior ", "Lead ", "Principal "];
const trades = "Engineer Analyst Architect Buyer Consultant Designer Accountant Planner Tester Writer".split(" ");
const organizations = ["Contoso", "Fabrikam", "Woodgrove"];
const zones = ["Europe/Stockholm", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney"];
const dayMs = 86_400_000;
const costCenters = 50;

/** A number below `below` that depends on the person and on what it is for. Multiplicative hashing, no state. */
function lot(index: number, purpose: number, below: number): number {
  let hash = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) % below;
}

function pick(words: readonly string[], index: number, purpose: number): string {
  return words[lot(index, purpose, words.length)] ?? "";
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function unchanged(index: number, departments: number): Employee {
  const firstName = pick(firstNames, index, 1);
  const lastName = pick(lastNames, index, 2);
  const plain = `${firstName}.${lastName}.${index}`.normalize("NFD").replace(/[^A-Za-z0-9.]/g, "");
  const domain = lot(index, 3, 10) === 0 ? "partners.contoso.com" : "contoso.com";
  return {
    number: String(100_000 + index),
    status: "Active",
    firstName,
    lastName,
    email: `${plain.toLowerCase()}@${domain}`,
    department: `Department ${lot(index, 4, departments)}`,
    costCenter: `CC${lot(index, 5, costCenters)}`,
    division: `Division ${lot(index, 6, divisions)}`,
    organization: pick(organizations, index, 7),
    title: `${pick(ranks, index, 8)}${pick(trades, index, 9)}`,
    startDate: isoDate(Date.UTC(2005, 0, 1) + lot(index, 10, 7_000) * dayMs),
    timeZone: pick(zones, index, 11),
  };
}

type Edit = (employee: Employee, index: number, departments: number) => Employee;

/** What happened to those who changed, in equal parts; the fifth part joined and has no account. */
const edits: readonly Edit[] = [
  (employee) => ({ ...employee, lastName: `${employee.lastName}-Ek` }),
  (employee, index, departments) => ({ ...employee, department: `Department ${lot(index, 20, departments)}` }),
  (employee) => ({ ...employee, status: "Ended" }),
  (employee, index) => ({ ...employee, email: `moved.${index}@contoso.com` }),
  (employee) => employee,
];

const joined = edits.length - 1;

/** The company of that size. */
export function createCompany(size: CompanySize): Company {
  const groups = companyGroups(size.groups);
  const departments = Math.max(2, Math.round(size.groups * 0.8));
  const every = size.changedShare === 0 ? Number.POSITIVE_INFINITY : Math.round(1 / size.changedShare);
  /** Which edit the person had, if any. */
  const editOf = (index: number): number | undefined =>
    index % every === 0 && every !== Number.POSITIVE_INFINITY ? (index / every) % edits.length : undefined;
  return {
    size,
    groups,
    employee(index) {
      const employee = unchanged(index, departments);
      const edit = editOf(index);
      return (edit === undefined ? undefined : edits[edit])?.(employee, index, departments) ?? employee;
    },
    known: (index) => (editOf(index) === joined ? undefined : unchanged(index, departments)),
  };
}

/** Every person as HR shows it. */
export function* employees(company: Company): Generator<Employee> {
  for (let index = 0; index < company.size.people; index += 1) yield company.employee(index);
}
