// What HR knows of one person of the invented company.
export type Employee = {
  readonly number: string;
  readonly status: "Active" | "Ended";
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly department: string;
  readonly costCenter: string;
  readonly division: string;
  readonly organization: string;
  readonly title: string;
  readonly startDate: string;
  readonly timeZone: string;
};

/** How many divisions the company has. */
export const divisions = 20;
