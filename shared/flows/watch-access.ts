// Access that is there: warns before its end, ends it, puts it before people again, and sees to keys that a leaver knows.
import { warningOf } from "../core/access.ts";
import { decisionId, expiredEvent } from "../core/decided-event.ts";
import { parseMark, writeMark } from "../core/mark.ts";
import type { RequestRecord, ReviewReason } from "../core/request.ts";
import { accessEndedNotice, accessEndsNotice, unapprovedNotice } from "../core/request-notices.ts";
import { isUnapprovedFind } from "../core/request-view.ts";
import { commentWith, expiredLine } from "../core/state-comment.ts";
import { putQuestion } from "./ask-people.ts";
import { claimRecord, claimWrite, ownWrite, recordOnce } from "./audit-once.ts";
import { keepFacts, termsOf } from "./decide-request.ts";
import { deliver } from "./deliver.ts";
import {
  aboutOf,
  audit,
  factsOf,
  type Look,
  newRecord,
  put,
  type Seen,
  type SeenBoth,
  type Stepped,
  tell,
} from "./look.ts";
import type { GatheredFacts } from "./request-facts.ts";
import { tellDecision } from "./tell-decision.ts";

function ownerAddress({ known, user }: GatheredFacts): readonly string[] {
  const address = known?.entry.person.email ?? user?.email;
  return address === undefined || address === "" ? [] : [address];
}

/** Tells the owner that access is about to end. Not sent: the next sweep tries again, by the way that has not had it. */
export async function warnOfEnd(seen: SeenBoth, until: number, look: Look): Promise<Stepped> {
  const id = decisionId(seen.record.value, `warned/${until}`);
  const claim = { id, since: look.world.clock.now(), found: false };
  const claimed = await claimRecord(seen.record, claim, look);
  if (typeof claimed === "string") return claimed;
  const { claim: _, ...request } = claimed.value;
  const gathered = await factsOf(seen, look);
  const text = accessEndsNotice(request, aboutOf(seen.subscription, gathered), until);
  const known = { warnDays: 0, ...request.access };
  const before = warningOf(known, until);
  const notice = { kind: "accessEnds", to: ownerAddress(gathered), ...text } as const;
  const { told, copy, refused } = await deliver(notice, before, look.world, look.signal);
  const isNew = told && !before.told;
  const warnedNobody = notice.to.length === refused.length;
  const said = warnedNobody
    ? "Could not warn the owner that access ends: there is no address that takes mail"
    : "Warned the owner that access ends";
  if (isNew) await audit(request, { action: warnedNobody ? "unreached" : "warned", by: "rollcall", text: said }, look);
  const access = {
    ...known,
    ...(isNew && { warnedAt: look.world.clock.now(), warnedNobody }),
    ...(copy !== undefined && { warnCopy: copy }),
  };
  const kept = await put({ ...request, access }, claimed.version, look);
  return kept && !told ? "done" : "again";
}

/** Ends access whose time is over: API Management keeps the date and does nothing about it. */
export async function endAccess(seen: SeenBoth, until: number, look: Look): Promise<Stepped> {
  const { value, etag } = seen.subscription;
  const at = look.world.clock.now();
  const { id } = expiredEvent(seen.record.value, until);
  const known = value.state === "expired" ? seen.record : await claimWrite(seen.record, id, at, look);
  if (known === undefined) return "again";
  const gathered = await factsOf(seen, look);
  if (value.state !== "expired") {
    const request = known.value;
    const stateComment = commentWith(value.stateComment, expiredLine(until), "drop");
    const notify = request.terms?.notify ?? false;
    await look.target.apim.patchSubscription(value.id, { state: "expired", stateComment, notify }, etag, look.signal);
    ownWrite(known, id, look);
  }
  const claimed = await claimRecord(known, { id, since: Math.min(until, at), found: true }, look);
  if (typeof claimed === "string") return claimed;
  const { claim: _, ...request } = claimed.value;
  const text = "Access ended at the end of its time";
  await recordOnce(claimed.value, { id, action: "expired", by: "rollcall", text }, look);
  const access = { warnDays: 0, ...request.access, expiredAt: at };
  const ended: RequestRecord = { ...request, status: "closed", access, outcome: { code: "expired", text, at } };
  await tellDecision(look.message, expiredEvent(request, until), look.world, look.signal);
  if (!(await put(ended, claimed.version, look))) return "again";
  const notice = accessEndedNotice(request, aboutOf(seen.subscription, gathered), until);
  await tell("accessEnded", ownerAddress(gathered), notice, look);
  return "done";
}

/** Puts access that is there before people. */
export async function reviewAccess(seen: Seen, reason: ReviewReason, look: Look): Promise<Stepped> {
  const { record, subscription } = seen;
  if (subscription === undefined) return "done";
  const gathered = await factsOf({ subscription, ...(seen.gathered && { gathered: seen.gathered }) }, look);
  const decision = look.target.policy.decide(gathered.facts);
  const facts = await keepFacts(gathered, decision, look);
  const known = reason === "unapproved" ? undefined : record?.value;
  const base = known ?? newRecord(subscription, (record?.value.round ?? 0) + 1, gathered.worker, look);
  const { answer: _, outcome: __, question: ___, ...rest } = base;
  const asked: RequestRecord = { ...rest, review: reason, facts, terms: base.terms ?? termsOf(decision) };
  return putQuestion(asked, record?.version, decision, { subscription, gathered }, look);
}

/** Access to a product with approval that nobody approved: reported once, asked about, or suspended, by the rules. */
export async function handleUnapproved(seen: Seen, look: Look): Promise<Stepped> {
  const { record, subscription } = seen;
  const { unapproved } = look.target.policy.review;
  if (subscription === undefined) return "done";
  if (unapproved === "ask") return reviewAccess(seen, "unapproved", look);
  const gathered = await factsOf({ subscription, ...(seen.gathered && { gathered: seen.gathered }) }, look);
  const base =
    record !== undefined && isUnapprovedFind(record.value)
      ? record.value
      : newRecord(subscription, (record?.value.round ?? 0) + 1, gathered.worker, look);
  const at = look.world.clock.now();
  if (unapproved === "suspend") {
    const decision = look.target.policy.decide(gathered.facts);
    const facts = await keepFacts(gathered, decision, look);
    const answer = { answer: "reject", rule: "unapproved", at } as const;
    const decided: RequestRecord = {
      ...base,
      status: "decided",
      review: "unapproved",
      facts,
      terms: termsOf(decision),
      answer,
    };
    await put(decided, record?.version, look);
    return "again";
  }
  const text = "An active subscription of a product with approval, which nobody approved";
  const id = decisionId(base, "unapproved");
  const value: RequestRecord = { ...base, review: "unapproved" };
  const claimed = await claimRecord({ value, version: record?.version }, { id, since: at, found: false }, look);
  if (typeof claimed === "string") return claimed;
  const { claim: _, review: __, ...request } = claimed.value;
  const found: RequestRecord = { ...request, status: "closed", outcome: { code: "unapproved", text, at } };
  await recordOnce(claimed.value, { id, action: "unapproved", by: "rollcall", text }, look);
  if (!(await put(found, claimed.version, look))) return "again";
  await tell("review", gathered.facts.product.owners, unapprovedNotice(found, aboutOf(subscription, gathered)), look);
  return "done";
}

/** Makes both keys anew that a leaver still knows. The mark that says so goes last: a look that dies does it again. */
export async function regenerateKeys(seen: Seen, look: Look): Promise<Stepped> {
  const { subscription } = seen;
  const mark = parseMark(subscription?.value.stateComment ?? "");
  if (subscription === undefined || mark.kind !== "mark") return "done";
  const { apim } = look.target;
  const { id } = subscription.value;
  await apim.regenerateSubscriptionKeys(id, look.signal);
  const fresh = await apim.getSubscription(id, look.signal);
  if (fresh === undefined) return "again";
  const { transferred: _, ...fields } = mark.fields;
  const stateComment = writeMark(fresh.value.stateComment, fields);
  await apim.patchSubscription(id, { stateComment }, fresh.etag, look.signal);
  const text = "Made both keys anew: whoever handed the subscription over knew the old ones";
  const about = seen.record?.value ?? newRecord(subscription, 1, undefined, look);
  await audit(about, { action: "keysRegenerated", by: "rollcall", text }, look);
  return "again";
}
