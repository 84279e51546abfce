// A plan from a read of one worker, or from one that broke off, does nothing to a worker that the plan from everybody's
// rows would not do.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeId } from "../../shared/core/change.ts";
import { draftPlan, type Plan } from "../../shared/core/plan.ts";
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

/** What these reads, whole, would change, and what they leave behind for reads that are not. */
function whole(input: ReturnType<typeof inputOf>, sharedOnly: boolean) {
  const draft = draftPlan(input);
  return {
    planned: new Set(draft.whole(input.subscriptions).changes.map(changeId)),
    claims: rememberClaims(draft.show(sharedOnly), "salt", 0),
  };
}

/** Changes of other things than those planned. Whom a leaver's keys go to may differ: nobody is proved absent by a read that
 * broke off, so the account that the rules name may be there yet. */
function unplanned(changes: Plan["changes"], planned: ReadonlySet<string>): readonly string[] {
  return changes
    .filter(({ kind }) => kind !== "transferSubscription")
    .map(changeId)
    .filter((id) => !planned.has(id));
}

describe("a read that broke off", () => {
  it("does nothing to anybody's account, keys and memberships that a read of everybody does not do", () => {
    fc.assert(
      fc.property(installation, fc.infiniteStream(fc.boolean()), fc.boolean(), (install, coin, sharedOnly) => {
        const input = inputOf(install);
        const { planned, claims } = whole(input, sharedOnly);
        const reads = install.reads.map(({ read, spaces }) => {
          if (coin.next().value) return { read, spaces };
          const people = read.people.filter(() => coin.next().value);
          const completeness = people.length === 0 && coin.next().value ? ("empty" as const) : ("incomplete" as const);
          return { read: { ...read, people, completeness }, spaces };
        });

        const { changes } = draftPlan({ ...input, reads, claims }).whole(input.subscriptions);

        expect(unplanned(changes, planned)).toEqual([]);
      }),
    );
  });

  it("does nothing to the one worker who was asked for, either", () => {
    fc.assert(
      fc.property(installation, fc.infiniteStream(fc.boolean()), fc.boolean(), (install, coin, isOld) => {
        const input = inputOf(install);
        const { planned, claims: fresh } = whole(input, false);
        const claims = isOld ? { ...fresh, provesNothing: true as const } : fresh;
        for (const worker of new Set(install.reads.flatMap(({ read }) => read.people.map((each) => each.worker)))) {
          const reads = install.reads.map(({ read, spaces }) => {
            const came = coin.next().value;
            const people = came ? read.people.filter((person) => person.worker === worker) : [];
            const partial = { ...read.evidence, partial: "worker", ...(!came && { brokeOff: true as const }) } as const;
            const evidence = came || coin.next().value ? partial : read.evidence;
            return { read: { ...read, people, evidence, completeness: "incomplete" as const }, spaces };
          });

          const { changes } = draftPlan({ ...input, reads, claims, worker }).whole(input.subscriptions);

          expect(unplanned(changes, planned)).toEqual([]);
        }
      }),
    );
  });
});
