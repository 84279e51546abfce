// Makes one change at API Management: reads the thing again, checks it, writes with the ETag that was read.
import type { Change, ChangeOf } from "../core/change.ts";
import { type AppError, asAppError } from "../core/errors.ts";
import type { Suspension } from "../core/left-suspended.ts";
import type { SkipReason } from "../core/outcome.ts";
import type { Policy } from "../core/policy.ts";
import {
  type GroupChange,
  type RecheckContext,
  recheckCreate,
  recheckGroup,
  recheckSubscription,
  recheckUser,
  type SubscriptionChange,
  type UserChange,
} from "../core/recheck.ts";
import type { Apim, Clock } from "../ports.ts";
import type { RunStore } from "../run-ports.ts";

/** What became of it, where nothing failed. */
export type Made =
  | { readonly status: "applied"; readonly text?: string }
  | { readonly status: "skipped"; readonly reason: SkipReason; readonly text: string };

export type ApplyWorld = {
  readonly policy: Policy;
  readonly apim: Apim;
  readonly clock: Clock;
  readonly store: Pick<RunStore, "rememberSuspended">;
  /** Whether somebody may have an account with the id of one that is to be made. */
  readonly idsMayBeTaken: boolean;
};

const applied: Made = { status: "applied" };

function contextOf(world: ApplyWorld): RecheckContext {
  return { owner: world.policy.owner, protect: world.policy.protect, at: new Date(world.clock.now()).toISOString() };
}

/** A PUT would write over whatever account has the id, and open one that somebody blocked. So who may have it is looked at
 * first: a run that was killed may have made the account, and somebody may have blocked it since. */
async function createUser(change: ChangeOf<"createUser">, world: ApplyWorld, signal: AbortSignal): Promise<Made> {
  const tagged = world.idsMayBeTaken ? await world.apim.getUser(change.key, signal) : undefined;
  const check = recheckCreate(change, tagged?.value, contextOf(world));
  // Counted as made: it was, by this run, and the answer did not arrive.
  if (!check.go && check.reason === "alreadySo") return { status: "applied", text: check.text };
  if (!check.go) return { status: "skipped", reason: check.reason, text: check.text };
  const result = await world.apim.putUser(change.key, check.fields, signal);
  return result === "created"
    ? applied
    : { status: "applied", text: "The account existed already under this id and was written again" };
}

async function changeUser(change: UserChange, world: ApplyWorld, signal: AbortSignal): Promise<Made> {
  const tagged = await world.apim.getUser(change.key, signal);
  const check = recheckUser(change, tagged?.value, contextOf(world));
  if (!check.go) return { status: "skipped", reason: check.reason, text: check.text };
  const etag = tagged?.etag ?? "";
  if (change.kind === "deleteUser") await world.apim.deleteUser(change.key, etag, signal);
  else await world.apim.patchUser(change.key, check.fields, etag, signal);
  return applied;
}

async function changeGroup(change: GroupChange, world: ApplyWorld, signal: AbortSignal): Promise<Made> {
  const tagged = await world.apim.getGroup(change.key, signal);
  const check = recheckGroup(change, tagged?.value, contextOf(world));
  if (!check.go) return { status: "skipped", reason: check.reason, text: check.text };
  const { displayName = "", description = "" } = check.fields;
  if (change.kind === "createGroup") await world.apim.putGroup(change.key, { displayName, description }, signal);
  else if (change.kind === "deleteGroup") await world.apim.deleteGroup(change.key, tagged?.etag ?? "", signal);
  else await world.apim.patchGroup(change.key, check.fields, tagged?.etag ?? "", signal);
  return applied;
}

async function changeSubscription(change: SubscriptionChange, world: ApplyWorld, signal: AbortSignal): Promise<Made> {
  const tagged = await world.apim.getSubscription(change.key, signal);
  const check = recheckSubscription(change, tagged?.value, contextOf(world));
  if (!check.go) return { status: "skipped", reason: check.reason, text: check.text };
  const remember = (suspension: Suspension | undefined): Promise<void> =>
    world.store.rememberSuspended(world.policy.target, new Map([[change.key, suspension]]), signal);
  // The store knows of a suspension before the service does: after a crash in between, nothing is resumed by mistake
  // (the comment is missing), and nothing that Rollcall suspended is forgotten.
  if (change.kind === "suspendSubscription") await remember({ at: world.clock.now(), ownerId: change.before.ownerId });
  await world.apim.patchSubscription(change.key, check.fields, tagged?.etag ?? "", signal);
  if (change.kind === "resumeSubscription") await remember(undefined);
  return applied;
}

function present(result: "added" | "present" | "removed" | "absent"): Made {
  if (result === "added" || result === "removed") return applied;
  return {
    status: "skipped",
    reason: "alreadySo",
    text: result === "present" ? "It was there already" : "It was gone already",
  };
}

/** What was changed between the look and the write is looked at once more: it may be another write of the same user that
 * was under way, which the service also answers with 412, a change after which this one no longer holds, or an earlier
 * attempt of this very write. That is counted as made: or a service whose answers get lost would be changed beyond the
 * guard's limits. */
async function lookAgain(make: () => Promise<Made>): Promise<Made> {
  let refusal: AppError;
  try {
    return await make();
  } catch (cause) {
    refusal = asAppError(cause);
    if (refusal.code !== "APIM_CONFLICT") throw cause;
  }
  const made = await make();
  const ours = refusal.context.mayBeDone === true && made.status === "skipped" && made.reason === "alreadySo";
  return ours ? { status: "applied", text: made.text } : made;
}

/** Makes the change, or says why it was not made.
 * @throws APIM_* when the service refuses or cannot be reached, STORE_UNAVAILABLE, ABORTED */
export async function applyChange(change: Change, world: ApplyWorld, signal: AbortSignal): Promise<Made> {
  const { apim } = world;
  switch (change.kind) {
    case "createUser":
      return createUser(change, world, signal);
    case "adoptUser":
    case "updateUser":
    case "blockUser":
    case "unblockUser":
    case "deleteUser":
      return lookAgain(() => changeUser(change, world, signal));
    case "createGroup":
    case "adoptGroup":
    case "updateGroup":
    case "deleteGroup":
      return lookAgain(() => changeGroup(change, world, signal));
    case "addMember":
      return present(await apim.addMember(change.after.group, change.after.user, signal));
    case "removeMember":
      return present(await apim.removeMember(change.before.group, change.before.user, signal));
    case "addProductLink":
      return present(await apim.addProductGroup(change.after.product, change.after.group, signal));
    case "removeProductLink":
      return present(await apim.removeProductGroup(change.before.product, change.before.group, signal));
    case "suspendSubscription":
    case "resumeSubscription":
    case "transferSubscription":
      return lookAgain(() => changeSubscription(change, world, signal));
  }
}
