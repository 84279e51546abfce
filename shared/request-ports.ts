// What answering subscription requests needs from the world, beside `ports.ts`. Every method takes an AbortSignal;
// failures are AppErrors with a code. Adapters: requests/, notify/.
import type { Person } from "./core/person.ts";
import type { RequestRecord, RequestStatus } from "./core/request.ts";

/** What the last sync knew of one worker. Only workers about whom HR's rows agree are in it. */
export type RosterEntry = {
  readonly person: Person;
  /** The worker's account in the target, if there is one. */
  readonly userId?: string;
  readonly standing: "present" | "leaver";
};

/** HR's facts as of the last run of a target, for decisions between two runs. Written by the sync, read by requests. */
export type Roster = {
  /** Writes only what differs from what is there. */
  put(target: string, entries: readonly RosterEntry[], at: number, signal: AbortSignal): Promise<void>;
  /** @throws STORE_UNAVAILABLE */
  findWorker(target: string, worker: string, signal: AbortSignal): Promise<KnownWorker | undefined>;
  /** By object id in Microsoft Entra ID, compared folded. */
  findObjectId(target: string, objectId: string, signal: AbortSignal): Promise<KnownWorker | undefined>;
};

/** `readAt`: when HR said so, epoch milliseconds. */
export type KnownWorker = { readonly entry: RosterEntry; readonly readAt: number };

/** Requests for subscriptions, a record for each. `version` guards a write: it fails when somebody wrote meanwhile. */
export type RequestStore = {
  getRequest(target: string, subscription: string, signal: AbortSignal): Promise<Versioned<RequestRecord> | undefined>;
  /** `version` undefined: only if there is no record yet. False: somebody wrote meanwhile, read again. */
  putRequest(request: RequestRecord, version: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Newest first. */
  listRequests(
    options: {
      readonly target?: string;
      readonly status?: readonly RequestStatus[];
      readonly limit: number;
    },
    signal: AbortSignal,
  ): Promise<readonly RequestRecord[]>;
  /** Takes a one-time value (the salt of a delegation, the id of a form). False when it was taken before. It is
   * forgotten after `keepSeconds`. */
  takeOnce(kind: string, value: string, keepSeconds: number, signal: AbortSignal): Promise<boolean>;
  putFacts(name: string, facts: unknown, signal: AbortSignal): Promise<void>;
  getFacts(name: string, signal: AbortSignal): Promise<unknown>;
};

export type Versioned<T> = { readonly value: T; readonly version: string };

/** Only says which subscription to look at; what is true is read when it is looked at. */
export type RequestMessage = { readonly target: string; readonly subscription: string; readonly via: string };

export type RequestQueue = {
  send(message: RequestMessage, options: { readonly delaySeconds?: number }, signal: AbortSignal): Promise<void>;
};

/** One thing to tell people. Texts are plain; a way out escapes for itself. */
export type Notice = {
  readonly kind: "ask" | "remind" | "escalate" | "decided" | "accessEnds" | "accessEnded" | "review" | "leaverKeys";
  /** Makes a repeated sending the same sending: the same notice twice has the same id. */
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly lines: readonly string[];
  /** Signed, for one addressee. */
  readonly link?: { readonly text: string; readonly url: string };
};

export type Notifier = {
  /** @throws NETWORK, TIMEOUT, SECRET_UNAVAILABLE, CONFIG_INVALID */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
};

/** One thing that happened, as it is recorded. Facts are referenced, never held. */
export type AuditEntry = {
  readonly at: number;
  readonly target: string;
  readonly action: string;
  readonly subscription?: string;
  readonly user?: string;
  readonly product?: string;
  /** The rule or the signed-in person. */
  readonly by: string;
  readonly text: string;
  /** Salted hash of the facts blob that the decision rested on, and its name. */
  readonly facts?: { readonly blob: string; readonly hash: string };
};

export type AuditRecord = AuditEntry & {
  /** From 1, one chain for each target and day. */
  readonly number: number;
  /** SHA-256 of the record before, as it stands in the blob; zeros for the first. */
  readonly previous: string;
};

export type Audit = {
  /** Resolves when it is durable. The same entry twice is two records. */
  append(entry: AuditEntry, signal: AbortSignal): Promise<void>;
  /** All records of one target and day (UTC, `YYYY-MM-DD`), as they stand. */
  read(target: string, day: string, signal: AbortSignal): Promise<readonly string[]>;
  days(target: string, signal: AbortSignal): Promise<readonly string[]>;
};
