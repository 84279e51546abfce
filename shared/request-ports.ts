// What answering subscription requests needs from the world, beside `ports.ts`. Every method takes an AbortSignal;
// failures are AppErrors with a code. Adapters: requests/, notify/.
import type { AuditEntry } from "./core/audit-chain.ts";
import type { DecidedEvent, Telling } from "./core/decided-event.ts";
import type { AppError } from "./core/errors.ts";
import type { SaltedFacts } from "./core/facts.ts";
import type { Person } from "./core/person.ts";
import type { RequestRecord, RequestStatus } from "./core/request.ts";
import type { RequestBatch } from "./core/request-batch.ts";

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
  /** By object id in Microsoft Entra ID, compared folded. Undefined as well where several workers have it. */
  findObjectId(target: string, objectId: string, signal: AbortSignal): Promise<KnownWorker | undefined>;
  /** By HR's address, compared folded. Undefined as well where several workers have it. */
  findAddress(target: string, address: string, signal: AbortSignal): Promise<KnownWorker | undefined>;
  /** Forgets the targets that are not named. Gives how many. */
  keepOnly(targets: readonly string[], signal: AbortSignal): Promise<number>;
};

/** `readAt`: when HR said so, epoch milliseconds. It may be up to half an hour too early, never too late. In the
 * person, `line` is 0: where a row stood is not kept. */
export type KnownWorker = { readonly entry: RosterEntry; readonly readAt: number };

/** Requests for subscriptions, a record for each, whatever the capitals of its id: the service knows no difference. `version` guards a write: it fails when somebody wrote meanwhile. */
export type RequestStore = {
  getRequest(target: string, subscription: string, signal: AbortSignal): Promise<Versioned<RequestRecord> | undefined>;
  /** `version` undefined: only if there is no record yet. False: somebody wrote meanwhile, read again. */
  putRequest(request: RequestRecord, version: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** By `firstSeenAt`, the newest first where nothing else is said. The limit cuts off the end of that order. */
  listRequests(
    options: {
      readonly target?: string;
      readonly status?: readonly RequestStatus[];
      readonly limit: number;
      /** `oldest` passes by all that are newer: for lists that are short, the open ones. */
      readonly first?: "newest" | "oldest";
    },
    signal: AbortSignal,
  ): Promise<readonly RequestRecord[]>;
  /** Takes a one-time value (the salt of a delegation, the id of a form). False when it was taken before. It is
   * forgotten after `keepSeconds`. */
  takeOnce(kind: string, value: string, keepSeconds: number, signal: AbortSignal): Promise<boolean>;
  /** Names come from `factsName` or `leaverNoteName`, and begin with the instant from which their time is counted. */
  putFacts(name: string, facts: SaltedFacts, signal: AbortSignal): Promise<void>;
  /** Undefined when they were deleted. */
  getFacts(name: string, signal: AbortSignal): Promise<SaltedFacts | undefined>;
  /** Deletes facts (they are personal data) of decisions before the instant, but for those named in `needed`. Gives how
   * many. */
  deleteFacts(before: number, needed: ReadonlySet<string>, signal: AbortSignal): Promise<number>;
};

export type Versioned<T> = { readonly value: T; readonly version: string };

/** Only says which subscription to look at; what is true is read when it is looked at. */
export type RequestMessage = {
  readonly target: string;
  readonly subscription: string;
  readonly via: string;
  /** Not a look: the webhook could not be told of this decision, and is told now. */
  readonly telling?: Telling;
};

export type RequestQueue = {
  send(message: RequestMessage, options: { readonly delaySeconds?: number }, signal: AbortSignal): Promise<void>;
  /** As one message, which a worker spreads into one for each subscription. */
  sendBatch(batch: RequestBatch, signal: AbortSignal): Promise<void>;
};

/** A message that the host gave up, after trying it again and again. */
export type PoisonMessage = {
  readonly id: string;
  /** Where it is about one subscription. */
  readonly message?: RequestMessage;
  /** Where it is about many, which have not been spread. */
  readonly batch?: RequestBatch;
  /** The beginning of its text: a stranger's text where it has neither message nor batch. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly givenUpAt: number;
};

export type PoisonQueue = {
  /** The oldest ones, at most 32, and about how many there are. */
  listPoison(signal: AbortSignal): Promise<{ readonly messages: readonly PoisonMessage[]; readonly count: number }>;
  /** Sends messages again and takes them off: those with this message id or for this subscription (a batch
   * that names it goes as a whole), or all. What is not
   * one of our messages goes nowhere: it is only taken off. Gives how many were found. */
  takeUpPoison(
    which: { readonly id: string } | { readonly subscription: string } | "all",
    signal: AbortSignal,
  ): Promise<number>;
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
  /** The only way that it goes; absent: every one. Where that way is not configured, it goes nowhere. */
  readonly only?: NoticeWay;
  /** For machines: which decision, without names. */
  readonly decision?: DecidedEvent & { readonly target: string; readonly subscription: string };
};

export type NoticeWay = "mail" | "webhook";

export type NoticeOutcome = {
  /** The ways that took it. None here and none in `failed`: none is configured, the notice only stands in the log and on
   * the page. */
  readonly sentBy: readonly NoticeWay[];
  /** The ways that did not, with NETWORK, TIMEOUT, SECRET_UNAVAILABLE or CONFIG_INVALID. The same notice may be sent
   * again by them. */
  readonly failed: readonly { readonly way: NoticeWay; readonly error: AppError }[];
  /** Addressees that the mail server refused for good. */
  readonly refused: readonly string[];
};

export type Notifier = {
  /** Sends by every way that is configured, each whatever becomes of the others.
   * @throws ABORTED */
  send(notice: Notice, signal: AbortSignal): Promise<NoticeOutcome>;
};

export type Audit = {
  /** Resolves when it is durable. The same entry twice is two records. */
  append(entry: AuditEntry, signal: AbortSignal): Promise<void>;
  /** All records of one target and day (UTC, `YYYY-MM-DD`), as they stand. */
  read(target: string, day: string, signal: AbortSignal): Promise<readonly string[]>;
  days(target: string, signal: AbortSignal): Promise<readonly string[]>;
};
