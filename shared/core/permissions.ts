// What each role may do on the page. Who was asked about one request sees that request, and answers it, without any role.
import type { Principal } from "./principal.ts";

export type Permissions = {
  /** All requests, open and over, with the facts of who asks. */
  readonly seeRequests: boolean;
  readonly answer: boolean;
  /** Runs with their plans, and what failed. */
  readonly seeRuns: boolean;
  /** Accept a blocked plan, take up again what failed. */
  readonly operate: boolean;
};

/** An approver answers requests and sees no plans; an operator runs the machine and answers nobody. */
export function permissionsOf({ roles }: Pick<Principal, "roles">): Permissions {
  const isReader = roles.includes("reader");
  const isApprover = roles.includes("approver");
  const isOperator = roles.includes("operator");
  return {
    seeRequests: isReader || isApprover || isOperator,
    answer: isApprover,
    seeRuns: isReader || isOperator,
    operate: isOperator,
  };
}
