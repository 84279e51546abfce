// Puts the invented company into a simulator as Rollcall would have left it: accounts and groups with marks, members.
import type { ApimSimulator } from "../dev/apim/apim-simulator.ts";
import { writeMark } from "../shared/core/mark.ts";
import { userId } from "../shared/core/user-id.ts";
import type { Company } from "./company.ts";
import { owner } from "./company-files.ts";
import type { Employee } from "./employee.ts";

const space = "employee";
const registered = Date.UTC(2024, 0, 8, 9, 30, 0, 120);

/** The id of the person's account. */
export function accountId(number: string): string {
  return userId(owner, space, number);
}

/** The note of the person's account. */
export function accountNote(number: string): string {
  return writeMark("", { owner, space, key: number });
}

/** The service as it was in step with the company before anything changed. */
export function fillService({ store }: ApimSimulator, company: Company, today: string): void {
  for (const { id, displayName } of company.groups) {
    const description = writeMark("", { owner });
    store.putGroup({ id, displayName, description, builtIn: false, type: "custom", externalId: null });
  }
  for (let index = 0; index < company.size.people; index += 1) {
    const employee = company.known(index);
    if (employee !== undefined) putAccount(store, employee, company, today);
  }
}

function putAccount(store: ApimSimulator["store"], employee: Employee, company: Company, today: string): void {
  const id = accountId(employee.number);
  const { firstName, lastName, email, number } = employee;
  const identities = [{ provider: "Basic", id: email }];
  const note = accountNote(number);
  store.putUser({ id, firstName, lastName, email, state: "active", registrationDate: registered, note, identities });
  store.members.add("developers", id);
  for (const group of company.groups) if (group.holds(employee, today)) store.members.add(group.id, id);
}
