// What the program needs from the world, but for the state of runs (run-ports.ts) and requests (request-ports.ts). Every
// method takes an AbortSignal; failures are AppErrors with a code. Adapters: apim/, people/, secrets/, clock.ts, log/.
import type { Group, Product, Subscription, SubscriptionState, User } from "./core/directory.ts";
import type { ChangesMark, PeopleRead } from "./core/person.ts";

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
