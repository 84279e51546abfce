// A plan from a read of one worker, or from one that broke off, does nothing to a worker that the plan from everybody's
// rows would not do.
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
        const claims = rememberClaims(whole.show(false), "salt", 0);
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

describe("a read that broke off", () => {
  it("does nothing to anybody's account, keys and memberships that a read of everybody does not do", () => {
    fc.assert(
      fc.property(installation, fc.infiniteStream(fc.boolean()), fc.boolean(), (install, comes, sharedOnly) => {
        const input = inputOf(install);
        const whole = draftPlan(input);
        const planned = new Set(whole.whole(input.subscriptions).changes.map(changeId));
        const claims = rememberClaims(whole.show(sharedOnly), "salt", 0);
        const reads = install.reads.map(({ read, spaces }) => {
          const people = read.people.filter(() => comes.next().value);
          return { read: { ...read, people, completeness: "incomplete" as const }, spaces };
        });

        const { changes } = draftPlan({ ...input, reads, claims }).whole(input.subscriptions);

        expect(changes.map(changeId).filter((id) => !planned.has(id))).toEqual([]);
      }),
    );
  });
});
