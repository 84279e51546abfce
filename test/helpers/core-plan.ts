// The whole plan, and the form of it in which tests about its parts look at it.
import type { User } from "../../shared/core/directory.ts";
import type { Person } from "../../shared/core/person.ts";
import { draftPlan, type Plan, type PlanInput } from "../../shared/core/plan.ts";
import { aDirectory, aPlanInput, aRead } from "./core-builders.ts";

/** The plan, where the subscriptions are known from the start. */
export function plan(input: PlanInput): Plan {
  return draftPlan(input).whole(input.subscriptions);
}

/** The plan for these people, read completely, and these accounts: changes with the code of their reason, findings as
 * code, worker and account. */
export function planFor(people: readonly Person[], users: readonly User[], fields: Partial<PlanInput> = {}) {
  const { changes, findings } = plan(
    aPlanInput({ reads: [aRead(people)], directory: aDirectory({ users }), ...fields }),
  );
  return {
    changes: changes.map(({ reason, ...change }) => ({ ...change, because: reason.code })),
    findings: findings.map(({ code, worker, user }) => [code, worker, user]),
    reasons: changes.map(({ reason }) => reason),
    texts: findings.map(({ text }) => text),
  };
}
