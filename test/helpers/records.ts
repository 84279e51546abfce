// Records of runs, plans, outcomes and changes for tests: whole, with what a test is about given by the test.
import type { AppliedChange } from "../../shared/core/guard.ts";
import type { Outcome } from "../../shared/core/outcome.ts";
import type { Plan } from "../../shared/core/plan.ts";
import type { RunRecord } from "../../shared/core/run.ts";

export const startOfTime = Date.parse("2026-03-02T08:00:00Z");

/** An id as `createRunId` makes it, so many minutes after `startOfTime`. */
export function runIdAt(minutes: number, tail = "abcdefgh"): string {
  return `${startOfTime + minutes * 60_000}-${tail}`;
}

export function aRun(id: string, fields: Partial<RunRecord> = {}, target = "contoso"): RunRecord {
  return {
    id,
    request: { target, mode: "plan", purpose: "sync" },
    trigger: "timer",
    status: "waiting",
    createdAt: startOfTime,
    updatedAt: startOfTime,
    slices: 0,
    ...fields,
  };
}

export function aPlan(changes: number): Plan {
  return {
    format: "rollcall-plan/1",
    target: "contoso",
    owner: "contoso-platform",
    purpose: "sync",
    digest: "0".repeat(64),
    base: { users: changes, active: changes, members: { payments: 0 } },
    changes: Array.from({ length: changes }, (_, index) => ({
      kind: "addMember",
      key: `payments/rc-${index}`,
      before: null,
      after: { group: "payments", user: `rc-${index}` },
      reason: { code: "groupRuleHolds", rule: "payments", text: "The rule of the group holds" },
    })),
    findings: [],
    problems: [],
  };
}

export function anOutcome(number: number, fields: Partial<Outcome> = {}): Outcome {
  return {
    id: `blockUser:rc-${number}`,
    kind: "blockUser",
    key: `rc-${number}`,
    status: "applied",
    at: startOfTime + number,
    ...fields,
  };
}

export function anAppliedChange(number: number, fields: Partial<AppliedChange> = {}): AppliedChange {
  return { at: startOfTime + number, runId: runIdAt(0), kind: "blockUser", key: `rc-${number}`, ...fields };
}
