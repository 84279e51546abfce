// Who asks for a subscription, in the facts that rules see. They exist only where HR vouches for the account: it carries
// our mark, HR's last answer is fresh and names the worker, and this is the worker's one account. A profile of API
// Management gives none of them: its owner writes it.
import { ownMark } from "./accounts.ts";
import { type Calendar, createCalendar, epochMs } from "./calendar.ts";
import type { ProductFacts, RequesterFacts, RequestFacts, RequestPolicy } from "./decision.ts";
import type { Product, Subscription, User } from "./directory.ts";
import { foldId } from "./fold.ts";
import type { Person } from "./person.ts";
import { rulePersonFields } from "./policy.ts";
import { userId } from "./user-id.ts";

/** Why there are no facts about the requester. */
export const missingFacts = {
  noOwner: "The subscription has no owner",
  noUser: "The owner's account is not there",
  notMarked: "Rollcall does not manage the owner's account, so HR says nothing about it",
  notInRoster: "HR's last answer does not name the owner",
  otherAccount: "Another account is the one of the worker whom the mark names",
  left: "HR says that the owner has left",
  tooOld: "HR's last answer is older than approvals.maxFactsAgeHours",
} as const;

export type MissingFacts = keyof typeof missingFacts;

/** What HR last said about a worker, and when. */
export type KnownPerson = {
  readonly person: Person;
  /** The worker's account as of then, if there was one. */
  readonly userId?: string;
  readonly standing: "present" | "leaver";
  /** Epoch milliseconds. */
  readonly readAt: number;
};

export type RequesterResult =
  | { readonly ok: true; readonly requester: RequesterFacts }
  | { readonly ok: false; readonly why: MissingFacts };

/** The worker's key in the account's mark; undefined for an account that is not ours. */
export function workerOf(user: User, owner: string): string | undefined {
  const mark = ownMark(user, owner);
  return typeof mark === "string" ? undefined : mark.worker;
}

/** Fields that HR gives and that could be read. */
function factsOf(person: Person): Readonly<Record<string, string>> {
  const given = rulePersonFields.flatMap((field) => {
    const value = person[field];
    const unreadable = person.unreadable.some((name) => name === field);
    return value === undefined || value === "" || unreadable ? [] : [[field, value] as const];
  });
  return Object.fromEntries(given);
}

function accountOf({ person, userId: known }: KnownPerson, owner: string): string {
  return foldId(known ?? userId(owner, person.numberSpace, person.employeeNumber));
}

/** The requester's facts from the account, its groups and what HR last said. */
export function requesterFacts(
  {
    user,
    groups,
    known,
  }: { readonly user: User; readonly groups: readonly string[]; readonly known: KnownPerson | undefined },
  owner: string,
  { maxFactsAgeMs, defaultTimeZone }: Pick<RequestPolicy, "maxFactsAgeMs" | "defaultTimeZone">,
  calendar: Calendar,
): RequesterResult {
  const worker = workerOf(user, owner);
  if (worker === undefined) return { ok: false, why: "notMarked" };
  if (known === undefined) return { ok: false, why: "notInRoster" };
  if (accountOf(known, owner) !== foldId(user.id)) return { ok: false, why: "otherAccount" };
  if (known.standing === "leaver") return { ok: false, why: "left" };
  if (calendar.now - known.readAt > maxFactsAgeMs) return { ok: false, why: "tooOld" };
  const today = calendar.today(zoneOf(known.person, defaultTimeZone));
  return { ok: true, requester: { worker, user: user.id, groups, person: factsOf(known.person), today } };
}

/** The person's own zone where HR gives one, else the rules' one. */
function zoneOf(person: Person | undefined, defaultTimeZone: string): string {
  return person?.timeZone === undefined || person.unreadable.includes("timeZone") ? defaultTimeZone : person.timeZone;
}

/** A product that is not there counts as one that nobody can use. */
export function productFacts(id: string, product: Product | undefined, owners: readonly string[]): ProductFacts {
  return {
    id: product?.id ?? id,
    displayName: product?.displayName ?? "",
    published: product?.state === "published",
    approvalRequired: product?.approvalRequired ?? true,
    groups: product?.groups ?? [],
    owners,
  };
}

/** The date is that of the subscription's creation, where the person works; today's where the service does not tell. */
export function requestFacts(
  { id, displayName, createdDate = "" }: Pick<Subscription, "id" | "displayName" | "createdDate">,
  person: Person | undefined,
  { defaultTimeZone }: Pick<RequestPolicy, "defaultTimeZone">,
  calendar: Calendar,
): RequestFacts {
  const at = epochMs(createdDate) ?? epochMs(`${createdDate}Z`);
  const made = at === undefined ? calendar : createCalendar(at);
  return { subscription: id, name: displayName, date: made.today(zoneOf(person, defaultTimeZone)) };
}
