// What no plan of any installation does: touch what is not Rollcall's, undo what others did, take a bad read for a leaver.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, changeId } from "../../shared/core/change.ts";
import type { Directory, Subscription, User } from "../../shared/core/directory.ts";
import { parseMark } from "../../shared/core/mark.ts";
import type { Person } from "../../shared/core/person.ts";
import { owner } from "../helpers/core-builders.ts";
import { type Installation, installation, planOf } from "../helpers/core-installation.ts";

const cases = { numRuns: 1_000 };

function ids(changes: readonly Change[]): readonly string[] {
  return changes.map(changeId);
}

/** Folded ids of everything that the change names. */
function named(change: Change): readonly string[] {
  const sides = [change.before, change.after] as ({ user?: string; group?: string; ownerId?: string } | null)[];
  const values = sides.flatMap((side) => [side?.user, side?.group, side?.ownerId].flatMap((id) => id ?? []));
  return [change.key, ...values].map((id) => id.toLowerCase());
}

function markOf(user: User): { readonly kind: string; readonly worker: string; readonly blocked: boolean } {
  const mark = parseMark(user.note);
  if (mark.kind !== "mark") return { kind: mark.kind, worker: "", blocked: false };
  const { space, key, blocked } = mark.fields;
  return {
    kind: mark.fields.owner === owner ? "ours" : "foreign",
    worker: `${space}/${key}`,
    blocked: blocked !== undefined,
  };
}

/** Accounts that no change may name, told without the planner: by hand, from the words of the rules. */
function untouchable({ model, policy }: Installation): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const { users } = model.directory;
  for (const user of users) {
    const { kind, worker } = markOf(user);
    const copies = users.filter((other) => markOf(other).kind === "ours" && markOf(other).worker === worker);
    const isProtected = user.id.startsWith("svc-") || user.email.endsWith("@admins.contoso.com");
    if (user.id === "1") found.set(user.id, "built-in");
    else if (policy.protect.length > 0 && isProtected) found.set(user.id.toLowerCase(), "protected");
    else if (kind === "foreign" || kind === "malformed") found.set(user.id.toLowerCase(), kind);
    else if (kind === "ours" && copies.length > 1) found.set(user.id.toLowerCase(), "duplicate");
  }
  return found;
}

function usersById({ users }: Directory): ReadonlyMap<string, User> {
  return new Map(users.map((user) => [user.id, user]));
}

describe("plan()", { timeout: 60_000 }, () => {
  it("never names user 1, a protected, foreign, malformed or doubly marked account, or a group that is not custom", () => {
    fc.assert(
      fc.property(installation, fc.constantFrom("sync" as const, "delete" as const), (install, purpose) => {
        const hands = new Set([...untouchable(install).keys(), "developers", "ext"]);

        const touched = planOf(install, { purpose }).changes.flatMap(named);

        expect(touched.filter((id) => hands.has(id))).toEqual([]);
      }),
      cases,
    );
  });

  it("changes an unmarked account only after adopting it or when it is remembered, and adopts only by the rules", () => {
    fc.assert(
      fc.property(installation, (install) => {
        const { model, policy } = install;
        const users = usersById(model.directory);
        const { changes } = planOf(install);
        const adopted = new Map(
          changes.flatMap((change) => (change.kind === "adoptUser" ? [[change.key, change]] : [])),
        );

        for (const change of changes) {
          const user = users.get(change.key);
          if (user === undefined || markOf(user).kind !== "none") continue;
          const { worker = "" } = change.reason;
          const [space, number] = worker.split("/");
          const remembered =
            model.links.get(worker)?.toLowerCase() === user.id.toLowerCase() || user.id.toLowerCase().startsWith("rc-");
          const byRules =
            adopted.has(user.id) &&
            policy.lifecycle.adopt === "email" &&
            user.state === "active" &&
            user.identities.length > 0 &&
            user.identities.every(({ provider }) => provider === "Aad" || provider === "AadB2C") &&
            install.reads.some(({ read }) =>
              read.people.some(
                (person) =>
                  person.numberSpace === space &&
                  person.employeeNumber === number &&
                  person.email?.toLowerCase() === user.email.toLowerCase(),
              ),
            );
          expect([changeId(change), remembered || byRules]).toEqual([changeId(change), true]);
        }
      }),
      cases,
    );
  });

  it("never unblocks, resumes or deletes what others blocked or suspended", () => {
    fc.assert(
      fc.property(installation, fc.constantFrom("sync" as const, "delete" as const), (install, purpose) => {
        const users = usersById(install.model.directory);
        const subscriptions = new Map(install.model.subscriptions.map((one): [string, Subscription] => [one.id, one]));

        for (const { kind, key } of planOf(install, { purpose }).changes) {
          if (kind === "unblockUser" || kind === "deleteUser") {
            expect(users.get(key)?.note).toMatch(/^rollcall\/1 owner=contoso-platform .* blocked=/m);
          }
          if (kind !== "resumeSubscription") continue;
          const subscription = subscriptions.get(key);
          expect(subscription?.stateComment).toBe(
            `rollcall/1 owner=contoso-platform key=${subscription?.ownerId} blocked=2026-02-01T00%3A00%3A00Z`,
          );
          expect(install.model.suspended).toContain(key);
        }
      }),
      cases,
    );
  });

  it("blocks nobody for being absent unless every source that can hold the worker was read completely", () => {
    fc.assert(
      fc.property(installation, fc.constantFrom("sync" as const, "delete" as const), (install, purpose) => {
        const absent = planOf(install, { purpose }).changes.filter(({ kind, reason: { code, worker = "" } }) => {
          const rows = install.reads.flatMap(({ read }) => read.people).filter((person) => person.worker === worker);
          return code === "leaverAbsent" || (kind === "deleteUser" && rows.length === 0);
        });

        for (const { reason } of absent) {
          const space = reason.worker?.split("/")[0] ?? "";
          const holding = install.reads.filter(({ spaces }) => spaces === "any" || spaces.includes(space));
          expect(holding.map(({ read }) => read.completeness)).toEqual(holding.map(() => "complete"));
          expect(holding.length).toBeGreaterThan(0);
        }
      }),
      cases,
    );
  });

  it("gives nothing to a worker whose only row is unreadable or of unknown status, or whose rows contradict", () => {
    const giving = new Set(["createUser", "adoptUser", "unblockUser", "addMember", "resumeSubscription"]);
    const facts = ({ source: _source, line: _line, ...rest }: Person): string => JSON.stringify(rest);
    fc.assert(
      fc.property(installation, (install) => {
        const people = install.reads.flatMap(({ read }) => read.people);
        const isDoubtful = (worker: string): boolean => {
          const rows = people.filter((row) => row.worker === worker);
          const different = new Set(rows.map(facts)).size;
          if (different > 1) return install.policy.people.employments === "conflict";
          return rows.some((row) => row.unreadable.length > 0 || row.status === "unknown");
        };

        const given = planOf(install).changes.filter(({ kind, after, reason: { worker = "" } }) => {
          const address = kind === "updateUser" && after.email !== undefined;
          return (giving.has(kind) || address) && isDoubtful(worker);
        });

        expect(ids(given)).toEqual([]);
      }),
      cases,
    );
  });
});
