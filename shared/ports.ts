// Everything that the program needs from the world, on one page. Every method takes an AbortSignal; failures are
// AppErrors with a code. Adapters: apim/, people/, runs/, secrets/, clock.ts, log/.
import type { Group, Product, Subscription, SubscriptionState, User } from "./core/directory.ts";
import type { AppliedChange } from "./core/guard.ts";
import type { Suspension } from "./core/left-suspended.ts";
import type { Outcome } from "./core/outcome.ts";
import type { PeopleReport } from "./core/people-report.ts";
import type { ChangesMark, PeopleRead } from "./core/person.ts";
import type { Plan } from "./core/plan.ts";
import type { RememberedClaims } from "./core/remembered-claims.ts";
import type { RunRecord } from "./core/run.ts";
import type { SharedRead, SharedReadKey } from "./core/shared-read.ts";

export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with ABORTED when the signal fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** `event` is a static dotted name; everything that varies is a field. Never a secret, a name or an address. */
export type Log = {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A log that puts these fields on each line. */
  with(fields: LogFields): Log;
  /** False where debug lines are dropped, so that the making of their fields can be saved. */
  readonly writesDebug?: boolean;
};

export type Secrets = {
  /** The secret's current text. `fresh` reads past the cache. @throws SECRET_UNAVAILABLE, SECRET_MALFORMED */
  get(name: string, options: { readonly fresh?: boolean; readonly signal: AbortSignal }): Promise<string>;
};

/** An entity with the ETag that the service gave for it. */
export type Tagged<T> = { readonly value: T; readonly etag: string };

export type UserFields = {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly state?: "active" | "blocked";
  readonly note?: string;
};

export type NewUser = {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly note: string;
};

export type SubscriptionQuery = {
  readonly ownerId?: string;
  readonly state?: SubscriptionState;
  readonly productId?: string;
  readonly partial?: "allowed";
};

export type SubscriptionFields = {
  readonly state?: SubscriptionState;
  readonly stateComment?: string;
  readonly ownerId?: string;
  /** Epoch milliseconds; null takes the end away. The service does not enforce it. */
  readonly expiresAt?: number | null;
  /** Whether the service mails the owner about the state. Absent: no. */
  readonly notify?: boolean;
};

export type NewSubscription = {
  readonly productId: string;
  readonly ownerId: string;
  readonly displayName: string;
  readonly state: SubscriptionState;
};

/** The one client of API Management, whichever door it uses. Reads of one entity give undefined for a 404;
 * updates and deletes take the ETag that was read and throw APIM_CONFLICT when it no longer holds. */
export type Apim = {
  /** All users with the ids of their groups. Where the version cannot expand groups, the members of the groups are
   * read group by group. @throws APIM_UNEXPECTED when the list kept shifting under the reader or its total is wrong */
  listUsers(signal: AbortSignal): Promise<readonly User[]>;
  listGroups(signal: AbortSignal): Promise<readonly Group[]>;
  /** All products with the ids of their groups. */
  listProducts(signal: AbortSignal): Promise<readonly Product[]>;
  /** The product with the ids of its groups, or undefined for a 404. */
  getProduct(id: string, signal: AbortSignal): Promise<Product | undefined>;
  /** Ids of the groups that the user is a member of, built-in ones included. @throws APIM_NOT_FOUND for a missing user */
  listUserGroups(userId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** All subscriptions, or those of one user, one state, one product. While others change states, a list of one state
   * may hold still in no reading; `partial: "allowed"` gives what came then.
   * @throws APIM_UNEXPECTED when the list kept shifting under the reader */
  listSubscriptions(options: SubscriptionQuery, signal: AbortSignal): Promise<readonly Subscription[]>;
  getUser(id: string, signal: AbortSignal): Promise<Tagged<User> | undefined>;
  /** Makes the account, silently (no mail). `updated` means that the id existed already. */
  putUser(id: string, user: NewUser, signal: AbortSignal): Promise<"created" | "updated">;
  patchUser(id: string, fields: UserFields, etag: string, signal: AbortSignal): Promise<void>;
  /** Deletes the account with its subscriptions, follows a 202 to its end. */
  deleteUser(id: string, etag: string, signal: AbortSignal): Promise<void>;
  getGroup(id: string, signal: AbortSignal): Promise<Tagged<Group> | undefined>;
  putGroup(
    id: string,
    group: { readonly displayName: string; readonly description: string },
    signal: AbortSignal,
  ): Promise<"created" | "updated">;
  patchGroup(
    id: string,
    fields: { readonly displayName?: string; readonly description?: string },
    etag: string,
    signal: AbortSignal,
  ): Promise<void>;
  deleteGroup(id: string, etag: string, signal: AbortSignal): Promise<void>;
  addMember(groupId: string, userId: string, signal: AbortSignal): Promise<"added" | "present">;
  removeMember(groupId: string, userId: string, signal: AbortSignal): Promise<"removed" | "absent">;
  addProductGroup(productId: string, groupId: string, signal: AbortSignal): Promise<"added" | "present">;
  removeProductGroup(productId: string, groupId: string, signal: AbortSignal): Promise<"removed" | "absent">;
  getSubscription(id: string, signal: AbortSignal): Promise<Tagged<Subscription> | undefined>;
  /** Makes the subscription, silently, or writes it again. `updated` means that the id existed already.
   * @throws APIM_INVALID where the product's limit is reached, or the product or the owner is not there */
  putSubscription(id: string, subscription: NewSubscription, signal: AbortSignal): Promise<"created" | "updated">;
  patchSubscription(id: string, fields: SubscriptionFields, etag: string, signal: AbortSignal): Promise<void>;
  /** Makes both keys anew; who knows the old ones can no longer call. */
  regenerateSubscriptionKeys(id: string, signal: AbortSignal): Promise<void>;
  /** A token that signs the user in to the developer portal, at most 30 days long. It is a secret.
   * @throws APIM_NOT_FOUND for a missing user */
  createUserToken(userId: string, expiresAt: number, signal: AbortSignal): Promise<string>;
};

/** One HR source. Never throws for what a file or an answer holds: that is completeness, evidence and problems.
 * @throws SOURCE_UNAVAILABLE when nothing could be read, SECRET_UNAVAILABLE, CONFIG_INVALID, ABORTED */
export type PeopleSource = {
  readonly name: string;
  read(signal: AbortSignal): Promise<PeopleRead>;
  /** All rows of one worker by the employee number, where the system can be asked for one; none of them when some did not
   * come. Always `incomplete`: who is not in it has not left. */
  readWorker?(employeeNumber: string, signal: AbortSignal): Promise<PeopleRead>;
  /** The employee numbers of the workers whom these ids of the system stand for, each once. Undefined where the number of one
   * of them is not found. Absent: nobody knows what they stand for. @throws as `readWorker` */
  numbersOf?(ids: readonly string[], signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** Where changes are asked for: milliseconds after which everybody is read whatever changed. */
  readonly wholeEveryMs?: number;
  /** Everybody who changed since a whole read, each with all rows and all that is mapped. Always `incomplete`. Undefined when a whole
   * read is due: its token has expired, too much changed, or it is too long ago. */
  readChanges?(since: ChangesMark, signal: AbortSignal): Promise<PeopleRead | undefined>;
};

/** What is remembered of a source's last complete read. `changes` is where a target's next changes begin,
 * and the digest of the rules under which the rest was brought in order. */
export type SourceMemory = {
  readonly at: number;
  readonly people: number;
  readonly changes?: ChangesMark & { readonly rules: string };
};

/** What is remembered of a target beside API Management itself. */
export type TargetMemory = {
  /** Worker key → user id, of every account that was ever made or adopted and not deleted. */
  readonly links: ReadonlyMap<string, string>;
  /** The subscriptions that Rollcall suspended, by id. */
  readonly suspended: ReadonlyMap<string, Suspension>;
};

export type Acceptance = {
  readonly target: string;
  readonly digest: string;
  /** The run whose stored plan is accepted. */
  readonly planRunId: string;
  /** The signed-in principal, or the name of the function key. */
  readonly by: string;
  readonly at: number;
  readonly expiresAt: number;
};

export type Lease = {
  /** Keeps the lease. @throws STORE_UNAVAILABLE; with `lost` in its context when the lease is no longer the caller's */
  renew(signal: AbortSignal): Promise<void>;
  release(signal: AbortSignal): Promise<void>;
};

/** State of runs. Everything that is written under a lease is safe against a second writer. */
export type RunStore = {
  putRun(run: RunRecord, signal: AbortSignal): Promise<void>;
  /** Writes the record only where it stands as it was read: for who writes without the lease of the run's target.
   * False where somebody else has written it since. */
  replaceRun(was: RunRecord, run: RunRecord, signal: AbortSignal): Promise<boolean>;
  getRun(id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Newest first. */
  listRuns(
    options: { readonly target?: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly RunRecord[]>;
  putPlan(runId: string, plan: Plan, signal: AbortSignal): Promise<void>;
  getPlan(runId: string, signal: AbortSignal): Promise<Plan | undefined>;
  /** What HR should know about the rows of the run's sources; deleted with the plan. */
  putProblems(runId: string, report: PeopleReport, signal: AbortSignal): Promise<void>;
  getProblems(runId: string, signal: AbortSignal): Promise<PeopleReport | undefined>;
  /** A slice of the run begins, under the lease: another instance may have written since the one before, so its journal
   * goes on in a new place. Until then an append that failed makes all later ones fail, because its slice has to stop. */
  openJournal(runId: string): void;
  /** Appends to the run's journal; resolves when it is durable. */
  appendOutcomes(runId: string, outcomes: readonly Outcome[], signal: AbortSignal): Promise<void>;
  /** All outcomes of the run, in the order in which they were appended; the last one of a change counts. */
  getOutcomes(runId: string, signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Asks that the run stop between two changes. */
  requestCancel(runId: string, by: string, signal: AbortSignal): Promise<void>;
  /** Who asked that the run stop, if anybody did. */
  cancelRequestedBy(runId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Deletes what names people in runs that were asked for before the instant: plans, journals, and who was meant by a
   * run for one worker. The records stay, with their counts and with who asked for, accepted or stopped the run. Gives how
   * many blobs and rows went. */
  deleteDetails(before: number, signal: AbortSignal): Promise<number>;
  putAcceptance(acceptance: Acceptance, signal: AbortSignal): Promise<void>;
  /** Takes an acceptance that has not expired at `now`, so that one run uses it. The same run may take it again: it may
   * have died before it stored what it took. */
  takeAcceptance(
    taken: { readonly target: string; readonly digest: string; readonly runId: string },
    now: number,
    signal: AbortSignal,
  ): Promise<Acceptance | undefined>;
  /** Changes applied to the target at or after the instant. */
  appliedSince(target: string, since: number, signal: AbortSignal): Promise<readonly AppliedChange[]>;
  recordApplied(target: string, changes: readonly AppliedChange[], signal: AbortSignal): Promise<void>;
  getTargetMemory(target: string, signal: AbortSignal): Promise<TargetMemory>;
  /** `undefined` forgets. */
  rememberLinks(target: string, links: ReadonlyMap<string, string | undefined>, signal: AbortSignal): Promise<void>;
  rememberSuspended(
    target: string,
    subscriptions: ReadonlyMap<string, Suspension | undefined>,
    signal: AbortSignal,
  ): Promise<void>;
  /** By the source's name, or `target/source` for what one target has taken up of it. */
  getSourceMemory(source: string, signal: AbortSignal): Promise<SourceMemory | undefined>;
  putSourceMemory(source: string, memory: SourceMemory, signal: AbortSignal): Promise<void>;
  /** Who claimed which address in the target's last whole read. */
  getClaims(target: string, signal: AbortSignal): Promise<RememberedClaims | undefined>;
  putClaims(target: string, claims: RememberedClaims, signal: AbortSignal): Promise<void>;
  /** A read for the other runs of its tick, in whichever instance; it holds what is mapped of everybody. */
  putSharedRead(key: SharedReadKey, shared: SharedRead, signal: AbortSignal): Promise<void>;
  /** Undefined also for one that began before the instant (epoch milliseconds). */
  getSharedRead(key: SharedReadKey, notBefore: number, signal: AbortSignal): Promise<SharedRead | undefined>;
  /** Deletes the reads of ticks before the instant, and the leases under which they were made (`read/…`). */
  deleteSharedReads(before: number, signal: AbortSignal): Promise<void>;
  /** The target's next tick is due, because something changed at the instant (epoch milliseconds). The latest counts. */
  markDue(target: string, at: number, signal: AbortSignal): Promise<void>;
  markedDue(target: string, signal: AbortSignal): Promise<number | undefined>;
  /** The lease of that name for so long, or undefined while somebody else holds it. */
  acquireLease(name: string, seconds: number, signal: AbortSignal): Promise<Lease | undefined>;
};

/** A message of the run queue: only names a run; everything else is in the run's record. */
export type RunMessage = { readonly runId: string };

export type RunQueue = {
  send(message: RunMessage, options: { readonly delaySeconds?: number }, signal: AbortSignal): Promise<void>;
};
