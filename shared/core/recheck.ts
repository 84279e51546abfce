// The last look before a write. Between the plan and this moment somebody may have changed the thing: it was read
// again, and the change is made only when the mark, the state and the before-values still hold.
import type { AccountFields, ChangeOf } from "./change.ts";
import type { Group, Subscription, User } from "./directory.ts";
import { foldAddress, foldId } from "./fold.ts";
import { type MarkFields, parseMark, writeMark } from "./mark.ts";
import type { SkipReason } from "./outcome.ts";
import { workerKey, workerParts } from "./person.ts";
import { isManageable, isProtectedUser } from "./protect.ts";

/** What to send, or why not. */
export type Recheck<Fields> =
  | { readonly go: true; readonly fields: Fields }
  | { readonly go: false; readonly reason: SkipReason; readonly text: string };

export type RecheckContext = {
  readonly owner: string;
  readonly protect: readonly string[];
  /** ISO instant that a block or a suspension is marked with. */
  readonly at: string;
};

export type UserChange = ChangeOf<"adoptUser" | "updateUser" | "blockUser" | "unblockUser" | "deleteUser">;
export type UserPatch = Partial<AccountFields> & { readonly state?: "active" | "blocked"; readonly note?: string };

type Skip = Extract<Recheck<never>, { go: false }>;

function changed(text: string): Skip {
  return { go: false, reason: "changedMeanwhile", text };
}

function already(text: string): Skip {
  return { go: false, reason: "alreadySo", text };
}

type Whose =
  | { readonly kind: "none" }
  | { readonly kind: "foreign" }
  | { readonly kind: "ours"; readonly worker: string; readonly blocked: boolean };

function whose(note: string, owner: string): Whose {
  const mark = parseMark(note);
  if (mark.kind === "none") return mark;
  if (mark.kind === "malformed" || mark.fields.owner !== owner) return { kind: "foreign" };
  const { space = "", key = "", blocked } = mark.fields;
  return { kind: "ours", worker: workerKey(space, key), blocked: blocked !== undefined };
}

function userMark(owner: string, worker: string, blocked?: string): MarkFields {
  const { numberSpace, employeeNumber } = workerParts(worker);
  return { owner, space: numberSpace, key: employeeNumber, ...(blocked === undefined ? {} : { blocked }) };
}

/** Values of one field, before and now, equal as the service sees them. */
function same(field: keyof AccountFields, a: string, b: string): boolean {
  return field === "email" ? foldAddress(a) === foldAddress(b) : a === b;
}

const accountFieldNames = ["firstName", "lastName", "email"] as const;

function holds(values: Partial<AccountFields>, user: User): boolean {
  return accountFieldNames.every((field) => values[field] === undefined || same(field, values[field], user[field]));
}

function recheckAdopt(
  change: ChangeOf<"adoptUser">,
  user: User,
  mark: Whose,
  context: RecheckContext,
): Recheck<UserPatch> {
  if (mark.kind === "ours" && mark.worker === change.after.worker)
    return already("The account carries the mark already");
  if (mark.kind !== "none") return changed("The account carries another mark now");
  if (user.state !== change.before.state || !holds(change.before, user))
    return changed("The account is no longer as it was when it was planned");
  return { go: true, fields: { note: writeMark(user.note, userMark(context.owner, change.after.worker)) } };
}

function recheckUpdate(
  change: ChangeOf<"updateUser">,
  user: User,
  mark: Extract<Whose, { kind: "ours" }>,
  context: RecheckContext,
): Recheck<UserPatch> {
  const stale = mark.blocked && user.state === "active";
  if (!stale && holds(change.after, user)) return already("The account has these values already");
  if (!holds(change.before, user)) return changed("The account has other values than when it was planned");
  return {
    go: true,
    fields: { ...change.after, ...(stale ? { note: writeMark(user.note, userMark(context.owner, mark.worker)) } : {}) },
  };
}

function recheckBlock(
  change: ChangeOf<"blockUser">,
  user: User,
  mark: Whose,
  context: RecheckContext,
): Recheck<UserPatch> {
  const { worker } = change.after;
  if (user.state === "blocked") return already("The account is blocked already");
  const expected = change.before.marked ? mark.kind === "ours" && mark.worker === worker : mark.kind === "none";
  if (!expected) return changed("The account's mark is no longer as it was when it was planned");
  if (user.state !== change.before.state) return changed(`The account is ${user.state} now`);
  return {
    go: true,
    fields: { state: "blocked", note: writeMark(user.note, userMark(context.owner, worker, context.at)) },
  };
}

function recheckBlocked(
  change: ChangeOf<"unblockUser" | "deleteUser">,
  user: User,
  mark: Extract<Whose, { kind: "ours" }>,
  context: RecheckContext,
): Recheck<UserPatch> {
  if (user.state !== "blocked")
    return user.state === "active" && change.kind === "unblockUser"
      ? already("The account is active already")
      : changed(`The account is ${user.state} now`);
  if (!mark.blocked) return changed("The account was blocked by somebody else");
  if (change.kind === "deleteUser") return { go: true, fields: {} };
  return { go: true, fields: { state: "active", note: writeMark(user.note, userMark(context.owner, mark.worker)) } };
}

/** What to send for an account that is to be made, or why not: somebody has it under this id. `alreadySo`: it is the one
 * that was to be made, by a write whose answer was lost. A list that shifted under its reader may have hidden it. */
export function recheckCreate(
  change: ChangeOf<"createUser">,
  user: User | undefined,
  context: RecheckContext,
): Recheck<AccountFields & { readonly note: string }> {
  const { worker, ...fields } = change.after;
  if (user === undefined)
    return { go: true, fields: { ...fields, note: writeMark("", userMark(context.owner, worker)) } };
  const mark = whose(user.note, context.owner);
  const isTheOne = mark.kind === "ours" && mark.worker === worker && user.state === "active" && holds(fields, user);
  return isTheOne
    ? already("The account was made already")
    : changed(`An account has this id now, state ${user.state}; the next run looks at it as it is`);
}

/** What to send for a change of an account that was just read, or why to leave it. */
export function recheckUser(change: UserChange, user: User | undefined, context: RecheckContext): Recheck<UserPatch> {
  if (user === undefined)
    return change.kind === "deleteUser" ? already("The account is gone already") : changed("The account is gone");
  if (isProtectedUser(user, context.protect)) return changed("The account is protected now");
  const mark = whose(user.note, context.owner);
  if (change.kind === "adoptUser") return recheckAdopt(change, user, mark, context);
  if (change.kind === "blockUser") return recheckBlock(change, user, mark, context);
  if (mark.kind !== "ours" || mark.worker !== change.reason.worker)
    return changed("The account no longer carries this worker's mark");
  return change.kind === "updateUser"
    ? recheckUpdate(change, user, mark, context)
    : recheckBlocked(change, user, mark, context);
}

export type GroupChange = ChangeOf<"createGroup" | "adoptGroup" | "updateGroup" | "deleteGroup">;
export type GroupFields = { readonly displayName?: string; readonly description?: string };

function recheckAdoptGroup(
  change: ChangeOf<"adoptGroup">,
  group: Group,
  kind: Whose["kind"],
  mark: MarkFields,
): Recheck<GroupFields> {
  if (kind === "ours") return already("The group carries the mark already");
  const asPlanned = kind === "none" && group.displayName === change.before.displayName;
  if (!asPlanned) return changed("The group is no longer as it was when it was planned");
  return {
    go: true,
    fields: { displayName: change.after.displayName, description: writeMark(group.description, mark) },
  };
}

/** What to send for a change of a group that was just read, or why to leave it. */
export function recheckGroup(
  change: GroupChange,
  group: Group | undefined,
  context: RecheckContext,
): Recheck<GroupFields> {
  const mark = { owner: context.owner };
  if (group === undefined) {
    if (change.kind === "createGroup")
      return { go: true, fields: { displayName: change.after.displayName, description: writeMark("", mark) } };
    return change.kind === "deleteGroup" ? already("The group is gone already") : changed("The group is gone");
  }
  if (!isManageable(group)) return changed("The group is built-in or belongs to a directory outside");
  const { kind } = whose(group.description, context.owner);
  if (change.kind === "createGroup")
    return kind === "ours" ? already("The group exists already") : changed("Somebody else made the group meanwhile");
  if (change.kind === "adoptGroup") return recheckAdoptGroup(change, group, kind, mark);
  if (kind !== "ours") return changed("The group no longer carries our mark");
  if (change.kind === "deleteGroup") return { go: true, fields: {} };
  if (group.displayName === change.after.displayName) return already("The group has this display name already");
  if (group.displayName !== change.before.displayName)
    return changed("The group has another display name than when it was planned");
  return { go: true, fields: { displayName: change.after.displayName } };
}

export type SubscriptionChange = ChangeOf<"suspendSubscription" | "resumeSubscription" | "transferSubscription">;
export type SubscriptionPatch = {
  readonly state?: "suspended" | "active";
  readonly stateComment?: string;
  readonly ownerId?: string;
};

/** What to send for a change of a subscription that was just read, or why to leave it. */
export function recheckSubscription(
  change: SubscriptionChange,
  subscription: Subscription | undefined,
  context: RecheckContext,
): Recheck<SubscriptionPatch> {
  if (subscription === undefined) return changed("The subscription is gone");
  const owner = foldId(subscription.ownerId ?? "");
  if (change.kind === "transferSubscription" && owner === foldId(change.after.ownerId))
    return already("The subscription is handed over already");
  if (owner !== foldId(change.before.ownerId)) return changed("The subscription has another owner now");
  if (change.kind === "transferSubscription") {
    const mark = { owner: context.owner, key: change.before.ownerId, transferred: context.at };
    const stateComment = writeMark(subscription.stateComment, mark);
    return { go: true, fields: { ownerId: change.after.ownerId, stateComment } };
  }
  if (subscription.state === change.after.state) return already(`The subscription is ${subscription.state} already`);
  if (subscription.state !== change.before.state) return changed(`The subscription is ${subscription.state} now`);
  if (change.kind === "suspendSubscription") {
    const stateComment = writeMark(subscription.stateComment, {
      owner: context.owner,
      key: change.before.ownerId,
      blocked: context.at,
    });
    return { go: true, fields: { state: "suspended", stateComment } };
  }
  const mark = parseMark(subscription.stateComment);
  const { owner: by, key = "", blocked } = mark.kind === "mark" ? mark.fields : { owner: undefined };
  if (by !== context.owner || blocked === undefined || foldId(key) !== owner)
    return changed("The subscription's comment no longer says that Rollcall suspended it");
  return {
    go: true,
    fields: { state: "active", stateComment: writeMark(subscription.stateComment, { owner: context.owner }) },
  };
}
