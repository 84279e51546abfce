// A plan from a read of one worker gives nothing that the plan from everybody's rows would not give.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeId } from "../../shared/core/change.ts";
import { draftPlan } from "../../shared/core/plan.ts";
import { rememberClaims } from "../../shared/core/remembered-claims.ts";
import { inputOf, installation } from "../helpers/core-installation.ts";

const giving = ["createUser", "adoptUser", "unblockUser", "addMember", "resumeSubscription"];

describe("a read of one worker", () => {
  it("gives nothing that a read of everybody does not give", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const input = inputOf(install);
        const whole = draftPlan(input);
        const planned = new Set(whole.whole(input.subscriptions).changes.map(changeId));
        const claims = rememberClaims(whole.claims(), "salt", 0);
        const workers = new Set(install.reads.flatMap(({ read }) => read.people.map(({ worker }) => worker)));
        for (const worker of workers) {
          const reads = install.reads.map(({ read, spaces }) => {
            const people = read.people.filter((person) => person.worker === worker);
            const evidence = { ...read.evidence, partial: "worker" } as const;
            return { read: { ...read, people, evidence, completeness: "incomplete" as const }, spaces };
          });
          const { changes } = draftPlan({ ...input, reads, claims, worker }).whole(input.subscriptions);
          const given = changes.filter(
            ({ kind, after }) => giving.includes(kind) || (kind === "updateUser" && Object.hasOwn(after, "email")),
          );

          expect(given.map(changeId).filter((id) => !planned.has(id))).toEqual([]);
        }
      }),
    );
  });
});
