// What a look knows about one subscription: what was read, the record, and what the two together say.
import { epochMs } from "./calendar.ts";
import type { Product, Subscription, User } from "./directory.ts";
import { foldId } from "./fold.ts";
import type { RequestOutcomeCode, RequestRecord, RequestStatus, ReviewReason } from "./request.ts";
import { answerLine, carriesLine } from "./state-comment.ts";

/** The owner and the product as they were read; undefined where they are not there. */
export type Gathered = {
  readonly user: User | undefined;
  readonly product: Product | undefined;
  /** The rules protect the account: nothing is decided for it. */
  readonly isProtected?: boolean;
  /** Why access that was granted has to be looked at again. */
  readonly review?: ReviewReason;
};

export type View = {
  readonly now: number;
  /** Name of the installation in marks. */
  readonly owner: string;
  /** Read after the record: where the record says that an answer was written, a submitted one was submitted again. */
  readonly subscription: Subscription | undefined;
  readonly record: RequestRecord | undefined;
  /** Absent until it is asked for with `gather`. */
  readonly gathered?: Gathered;
  /** Whether access that is there is looked at as well: not for an event, which mostly tells of our own write. */
  readonly deep: boolean;
  /** Whether the sweep has noted what was active before Rollcall began. */
  readonly baselineTaken: boolean;
  /** Somebody who was asked is not at work any more. */
  readonly approversAway?: boolean;
  /** Of the rules for leavers. */
  readonly regenerateAfterDays?: number;
};

export type Closing = { readonly code: RequestOutcomeCode; readonly text: string };

/** Where a record stands; one that failed stands where it stood before. */
export function phaseOf(record: RequestRecord): Exclude<RequestStatus, "failed"> {
  if (record.status !== "failed") return record.status;
  if (record.answer !== undefined) return record.outcome === undefined ? "decided" : "answered";
  return record.question === undefined ? "new" : "asked";
}

/** When a subscription was made, epoch milliseconds. The oldest versions of the service write no zone and mean UTC. */
export function createdAtOf({ createdDate = "" }: Pick<Subscription, "createdDate">): number | undefined {
  return epochMs(createdDate) ?? epochMs(`${createdDate}Z`);
}

/** The record, where it is about the subscription that was read and not about an older one of the same id. */
export function recordAbout(record: RequestRecord | undefined, subscription: Subscription): RequestRecord | undefined {
  const madeAt = createdAtOf(subscription);
  if (record?.createdAt === undefined || madeAt === undefined) return record;
  // Doors and versions write the instant more or less precisely.
  return Math.abs(madeAt - record.createdAt) < 1000 ? record : undefined;
}

/** Whether the service shows that the recorded answer was written. */
export function isWritten({ answer }: RequestRecord, subscription: Subscription): boolean {
  return answer !== undefined && carriesLine(subscription.stateComment, answerLine(answer));
}

function differs(recorded: string | undefined, read: string | undefined): boolean {
  return recorded !== undefined && foldId(recorded) !== foldId(read ?? "");
}

/** Whether the record's request is over, so that the subscription, which is submitted, is a new one. */
export function isOver(record: RequestRecord, subscription: Subscription): boolean {
  if (record.review !== undefined || differs(record.ownerId, subscription.ownerId)) return true;
  if (differs(record.productId, subscription.productId)) return true;
  const phase = phaseOf(record);
  if (phase === "decided") return isWritten(record, subscription);
  return phase === "answered" || (phase === "closed" && record.outcome?.code !== "limitReached");
}

export function isClosedWith(record: RequestRecord | undefined, code: RequestOutcomeCode): boolean {
  return record?.status === "closed" && record.outcome?.code === code;
}

/** Why Rollcall never decides on the subscription, if so. */
export function neverDecided({ ownerId, productId }: Subscription): Closing | undefined {
  if (ownerId === undefined)
    return { code: "ownerMissing", text: "The subscription has no owner; Rollcall decides only for people" };
  if (productId === undefined)
    return { code: "notOurs", text: "The subscription is for an API or for all; Rollcall decides only on products" };
  return undefined;
}

/** Why the request cannot be answered as things are, if so. */
export function obstacle(
  { productId = "" }: Subscription,
  { user, product, isProtected = false }: Gathered,
): Closing | undefined {
  if (user === undefined || user.state === "deleted")
    return { code: "ownerMissing", text: "The account that the subscription belongs to is not there" };
  if (isProtected) return { code: "ownerProtected", text: "The owner's account is protected by the rules" };
  if (user.state === "blocked") return { code: "ownerBlocked", text: "The account of the owner is blocked" };
  if (product === undefined) return { code: "productMissing", text: `The product "${productId}" is not there` };
  if (product.state !== "published")
    return { code: "productUnpublished", text: `The product "${product.id}" is not published` };
  return undefined;
}

/** Outcomes after which an active subscription is nothing new. */
const knownAsActive: ReadonlySet<RequestOutcomeCode | undefined> = new Set<RequestOutcomeCode | undefined>([
  "answeredElsewhere",
  "baseline",
  "unapproved",
]);

/** Whether the record tells why its subscription is active, or will: only what was refused, or closed without access,
 * does not. */
export function explainsActive(record: RequestRecord): boolean {
  const phase = phaseOf(record);
  if (phase === "closed") return knownAsActive.has(record.outcome?.code);
  return phase !== "answered" || record.answer?.answer === "approve";
}

/** Whether a look has found access that nobody approved, and has not yet reported it: nobody asked for it. */
export function isUnapprovedFind(record: RequestRecord): boolean {
  return record.review === "unapproved" && phaseOf(record) === "new";
}

/** Whether the record was closed because access, or the wish for it, had come to its end: nobody was being asked. */
export function hadEnded({ outcome }: RequestRecord): boolean {
  return outcome?.code === "expired" || outcome?.code === "withdrawn";
}
