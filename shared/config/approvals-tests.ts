// Decides the cases that stand in the rules file, by the rules that stand there.
import type { Decision, DecisionFacts, RequesterFacts, RequestPolicy } from "../core/decision.ts";
import { workerKey } from "../core/person.ts";
import type { PolicyTest } from "./approvals-tests-schema.ts";

/** `index` is the case's place in the list. */
export type PolicyTestFailure = { readonly index: number; readonly reason: string };

function requesterOf({ requester, today }: PolicyTest): RequesterFacts | undefined {
  if (requester === undefined) return undefined;
  const { user, groups, ...fields } = requester;
  const { employeeNumber = "1", numberSpace = "employee" } = fields;
  const worker = fields.worker ?? workerKey(numberSpace, employeeNumber);
  const given = Object.entries({ status: "active", ...fields, employeeNumber, numberSpace, worker });
  const person = Object.fromEntries(
    given.flatMap(([field, value]) => (value === undefined || value === "" ? [] : [[field, value] as const])),
  );
  return { worker, user, groups, person, today };
}

/** What the rules would see if the case were a request. */
function factsOfTest(test: PolicyTest, policy: Pick<RequestPolicy, "owners">): DecisionFacts {
  const { product: id, productFacts, request, subscriptions, today } = test;
  return {
    requester: requesterOf(test),
    product: { id, ...productFacts, displayName: productFacts.displayName ?? id, owners: policy.owners(id) },
    request: { ...request, date: request.date ?? today },
    subscriptions,
  };
}

function outcome({ answer, rule, steps }: Decision): string {
  const failed = steps.find((step) => step.result === "failed");
  if (failed !== undefined) return `${answer}: the rule "${failed.rule}" failed, ${failed.reason}`;
  return rule === "default" ? `${answer}: no rule says anything` : `${answer}, by the rule "${rule}"`;
}

function failureOf({ name, expect, rule, requester }: PolicyTest, decision: Decision): string | undefined {
  if (decision.answer === expect && (rule === undefined || decision.rule === rule)) return undefined;
  const wanted = rule === undefined ? expect : `${expect}, by the rule "${rule}"`;
  const unknown = requester === undefined ? " (no rule is asked about an account of which HR says nothing)" : "";
  return `the test "${name}" expects ${wanted}; found ${outcome(decision)}${unknown}`;
}

/** The cases that do not come out as they expect, each by the policy of its target. */
export function runPolicyTests(
  tests: readonly PolicyTest[],
  policyAt: (target: string | undefined) => RequestPolicy | undefined,
): readonly PolicyTestFailure[] {
  return tests.flatMap((test, index) => {
    const policy = policyAt(test.target);
    const reason = policy && failureOf(test, policy.decide(factsOfTest(test, policy)));
    return reason === undefined ? [] : [{ index, reason }];
  });
}
