// What `rollcall check` looks at beyond the file's form: the cases in it, and what is allowed but probably not meant.
import { createRequestPolicy } from "./approvals.ts";
import { runPolicyTests } from "./approvals-tests.ts";
import { approvalsWarnings } from "./approvals-warnings.ts";
import type { OpenedRules } from "./open-rules.ts";
import { problemText } from "./rules.ts";

/** Each line begins with file, line and column. */
export type RulesCheck = {
  readonly warnings: readonly string[];
  /** Cases of `approvals.tests` that come out otherwise than they expect. */
  readonly failures: readonly string[];
  readonly tests: number;
};

/** Decides the cases of the file and gives warnings. Pure: asks no service. */
export function checkRules({ rules, expressions, at }: Pick<OpenedRules, "rules" | "expressions" | "at">): RulesCheck {
  const tests = rules.approvals?.tests ?? [];
  const policies = new Map(
    tests.map(({ target }) => [target, createRequestPolicy(rules, expressions, target)] as const),
  );
  const failed = runPolicyTests(tests, (target) => policies.get(target));
  return {
    warnings: approvalsWarnings(rules, expressions).map(({ path, reason }) => problemText(at(path, reason))),
    failures: failed.map(({ index, reason }) => problemText(at(["approvals", "tests", index, "expect"], reason))),
    tests: tests.length,
  };
}
