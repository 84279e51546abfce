// The record of one request for a subscription: where it stands, who was asked, what was decided and what became of it.
// It holds ids, names of rules and the approvers' addresses; facts about the requester stand in a blob of their own.
import type { DecisionAnswer } from "./decision.ts";
import type { ErrorCode } from "./errors.ts";

/** How Rollcall came to look. */
export type RequestVia = "event" | "sweep" | "delegation" | "cli" | "page";

/** `new`: nobody has looked yet. `asked`: people were asked. `decided`: the answer stands, but is not yet written to API
 * Management. `answered`: written. `closed`: nothing to answer any more, see `outcome`. `failed`: looking at it failed
 * again and again, see `error`; it waits for somebody to take it up again. */
export type RequestStatus = "new" | "asked" | "decided" | "answered" | "closed" | "failed";

/** Why a request was closed without an answer, or how the writing of one ended. None of them is a failure. */
export type RequestOutcomeCode =
  | "approved"
  | "rejected"
  | "expired"
  | "unapproved"
  | "withdrawn"
  | "answeredElsewhere"
  | "limitReached"
  | "ownerBlocked"
  | "ownerMissing"
  | "ownerProtected"
  | "productUnpublished"
  | "productMissing"
  | "notOurs"
  | "baseline";

export type RequestOutcome = { readonly code: RequestOutcomeCode; readonly text: string; readonly at: number };

/** Where the webhook's copy of a notice stands that mail took, or could not take yet. */
export type WebhookCopy = {
  /** First tried at, epoch milliseconds. */
  readonly since: number;
  /** Tried again at. Absent: the webhook has it, or it was given up. */
  readonly nextAt?: number;
};

/** One person or mailbox that was asked. `nonce` makes their link; a link is good for one question. */
export type Asked = {
  readonly address: string;
  /** Worker's key, where the rules name a role in HR (the manager). */
  readonly worker?: string;
  readonly role: "manager" | "owner" | "named" | "escalation";
  readonly nonce: string;
  /** 0 until the question was handed to the way out that decides: mail, or the webhook where there is no mail. */
  readonly sentAt: number;
  /** The mail server refuses the address for good: nobody was told by it. */
  readonly refusedAt?: number;
  readonly remindedAt?: number;
  /** The webhook's, where mail decides: of the question, and of its reminder. */
  readonly copy?: WebhookCopy;
  readonly reminderCopy?: WebhookCopy;
};

/** Instants are epoch milliseconds. */
export type Question = {
  readonly askedAt: number;
  readonly approvers: readonly Asked[];
  readonly remindAt?: number;
  /** When the first of them was reminded. */
  readonly remindedAt?: number;
  readonly escalateAt?: number;
  readonly escalatedAt?: number;
  readonly finalAt: number;
  readonly finalAnswer: "approve" | "reject";
  /** Why people are asked: the rule, or that one failed. */
  readonly rule: string;
};

export type Answer = {
  readonly answer: Exclude<DecisionAnswer, "ask">;
  /** Name of the rule that decided, or `person`, `final` (nobody answered in time). */
  readonly rule: string;
  /** Name of the signed-in person, where one decided. */
  readonly by?: string;
  /** What the approver or the rule says to the developer. */
  readonly comment?: string;
  readonly at: number;
};

/** What an answer brings with it, kept from the decision until the answer is written. */
export type Terms = {
  readonly days?: number;
  readonly warnDays: number;
  readonly notify: boolean;
};

/** Why access that is there is put before the approvers (again). */
export type ReviewReason = "changed" | "ownerLeft" | "unapproved";

/** What was granted, and how far its end has come. */
export type Access = {
  /** Epoch milliseconds; absent for no end. */
  readonly until?: number;
  readonly warnDays: number;
  readonly warnedAt?: number;
  readonly warnCopy?: WebhookCopy;
  /** The warning reached nobody: there is no address, or the mail server refuses it for good. */
  readonly warnedNobody?: boolean;
  readonly expiredAt?: number;
};

/** One look is writing a decision, `id`, into the audit, or telling people, until then; the others leave it alone. */
export type Claim = {
  readonly id: string;
  /** The first claim of it: nothing of it was recorded before. */
  readonly since: number;
  readonly until: number;
};

export type RequestRecord = {
  readonly target: string;
  /** Id of the subscription in API Management. */
  readonly subscription: string;
  /** 1 for the first request under this id, one more each time that it is submitted again. */
  readonly round: number;
  readonly status: RequestStatus;
  readonly via: RequestVia;
  readonly productId?: string;
  /** User id of the owner. */
  readonly ownerId?: string;
  /** Worker's key of the owner, where the account is ours. */
  readonly worker?: string;
  readonly firstSeenAt: number;
  readonly updatedAt: number;
  readonly question?: Question;
  readonly answer?: Answer;
  readonly outcome?: RequestOutcome;
  readonly access?: Access;
  readonly terms?: Terms;
  /** The question, or the answer, is about access that is there already; a refusal suspends it. */
  readonly review?: ReviewReason;
  /** When the subscription was made, epoch milliseconds: another instant is another request under the same id. */
  readonly createdAt?: number;
  /** Name of the blob with the facts that the decision rested on, and their salted hash, for the audit. */
  readonly facts?: { readonly blob: string; readonly hash: string };
  readonly claim?: Claim;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly at: number };
};
