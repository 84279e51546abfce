// The groups of the invented company. Each rule stands here twice: in the rules' language for Rollcall, and as a
// function for the scripts that it is measured against and for filling the simulator.
import { divisions, type Employee } from "./employee.ts";

export type GroupSpec = {
  readonly id: string;
  readonly displayName: string;
  readonly rule: string;
  holds(employee: Employee, today: string): boolean;
};

type Kind = (number: number) => Pick<GroupSpec, "rule" | "holds">;

const byDepartment: Kind = (number) => {
  const department = `Department ${number}`;
  return {
    rule: `person.department == "${department}"`,
    holds: (employee) => employee.department === department,
  };
};

const byDepartmentsAndCostCenters: Kind = (number) => {
  const departments = [`Department ${number}`, `Department ${number + 1}`];
  const costCenters = [`CC${number % 50}`, `CC${(number + 7) % 50}`, `CC${(number + 19) % 50}`];
  return {
    rule: `person.department in ${JSON.stringify(departments)} && person.costCenter in ${JSON.stringify(costCenters)}`,
    holds: ({ department, costCenter }) => departments.includes(department) && costCenters.includes(costCenter),
  };
};

const byTitle: Kind = (number) => {
  const division = `Division ${number % divisions}`;
  return {
    rule: `person.title.startsWith("Senior ") && person.division == "${division}"`,
    holds: (employee) => employee.title.startsWith("Senior ") && employee.division === division,
  };
};

const byTitlePattern: Kind = (number) => {
  const division = `Division ${(number + 3) % divisions}`;
  return {
    rule: `person.title.matches("^(Lead|Principal) ") && person.division.endsWith("${division}")`,
    holds: (employee) => /^(Lead|Principal) /.test(employee.title) && employee.division.endsWith(division),
  };
};

const byStartDate: Kind = (number) => {
  const division = `Division ${(number + 5) % divisions}`;
  return {
    rule: `person.startDate >= "2022-01-01" && person.startDate <= today && person.division == "${division}"`,
    holds: ({ startDate, division: own }, today) => startDate >= "2022-01-01" && startDate <= today && own === division,
  };
};

const byAddress: Kind = (number) => {
  const division = `Division ${(number + 7) % divisions}`;
  return {
    rule: `person.email.endsWith("@partners.contoso.com") && person.division.endsWith("${division}")`,
    holds: (employee) => employee.email.endsWith("@partners.contoso.com") && employee.division.endsWith(division),
  };
};

/** Of twenty rules: twelve by one department, four by departments and cost centres, one each of the others. */
const mix: readonly Kind[] = [
  ...Array.from({ length: 12 }, () => byDepartment),
  ...Array.from({ length: 4 }, () => byDepartmentsAndCostCenters),
  byTitle,
  byTitlePattern,
  byStartDate,
  byAddress,
];

/** So many groups, in the proportions of the mix. */
export function companyGroups(count: number): readonly GroupSpec[] {
  return Array.from({ length: count }, (_, number) => {
    const kind = mix[number % mix.length] ?? byDepartment;
    return { id: `group-${number}`, displayName: `Group ${number}`, ...kind(number) };
  });
}
