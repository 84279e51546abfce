// The last look before a write: as long as nobody came in between it says go, and after the write it says "already so".
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../shared/core/change.ts";
import type { Group, Subscription, User } from "../../shared/core/directory.ts";
import {
  type Recheck,
  type RecheckContext,
  recheckCreate,
  recheckGroup,
  recheckSubscription,
  recheckUser,
} from "../../shared/core/recheck.ts";
import { owner } from "../helpers/core-builders.ts";
import { installation, planOf } from "../helpers/core-installation.ts";
import { applyToModel, type Model } from "../helpers/core-model.ts";

const at = "2026-03-02T09:00:00Z";

function find<T extends { readonly id: string }>(things: readonly T[], id: string): T | undefined {
  return things.find((thing) => thing.id.toLowerCase() === id.toLowerCase());
}

/** The change looked at in this state of the service; undefined for kinds that are not looked at again. */
function recheck(
  change: Change,
  { directory, subscriptions }: Model,
  context: RecheckContext,
): Recheck<object> | undefined {
  switch (change.kind) {
    case "createUser":
      return recheckCreate(change, find(directory.users, change.key), context);
    case "adoptUser":
    case "updateUser":
    case "blockUser":
    case "unblockUser":
    case "deleteUser":
      return recheckUser(change, find(directory.users, change.key), context);
    case "createGroup":
    case "adoptGroup":
    case "updateGroup":
    case "deleteGroup":
      return recheckGroup(change, find(directory.groups, change.key), context);
    case "suspendSubscription":
    case "resumeSubscription":
    case "transferSubscription":
      return recheckSubscription(change, find(subscriptions, change.key), context);
    default:
      return undefined;
  }
}

function target(change: Change, { directory, subscriptions }: Model): User | Group | Subscription | undefined {
  const things: readonly (User | Group | Subscription)[] = change.kind.endsWith("User")
    ? directory.users
    : change.kind.endsWith("Group")
      ? directory.groups
      : subscriptions;
  return find(things, change.key);
}

describe("recheck", { timeout: 60_000 }, () => {
  it("recheckUser(), recheckGroup() and recheckSubscription() go when nothing changed, send what leads to the planned state, and a second time find it already so", () => {
    fc.assert(
      fc.property(installation, fc.constantFrom("sync" as const, "delete" as const), (install, purpose) => {
        const context = { owner, protect: install.policy.protect, at };
        let { model } = install;
        for (const change of planOf(install, { purpose }).changes) {
          const next = applyToModel(model, [change], at);
          const first = recheck(change, model, context);
          const second = recheck(change, next, context);

          if (first === undefined) {
            model = next;
            continue;
          }
          expect(first.go).toBe(true);
          const after = target(change, next);
          if (first.go && after !== undefined) expect(after).toMatchObject(first.fields);
          expect(second).toMatchObject({ go: false, reason: "alreadySo" });
          model = next;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
