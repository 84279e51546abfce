// The recorded answer goes to API Management, under the ETag of the subscription that was looked at; then the record and
// the audit say so. A look that dies in between finds the answer's line in the comment and goes on behind it.
import { accessOf } from "../core/access.ts";
import { answeredEvent, decisionId } from "../core/decided-event.ts";
import { AppError } from "../core/errors.ts";
import type { Answer, RequestRecord } from "../core/request.ts";
import { decidedNotice } from "../core/request-notices.ts";
import { type Closing, phaseOf, recordAbout } from "../core/request-view.ts";
import { answerLine, commentWith, whoDecided } from "../core/state-comment.ts";
import type { SubscriptionFields } from "../ports.ts";
import { claimRecord, claimWrite, ownWrite, recordOnce } from "./audit-once.ts";
import { aboutOf, factsOf, type Look, newRecord, put, type Seen, type SeenBoth, type Stepped, tell } from "./look.ts";
import { tellDecision } from "./tell-decision.ts";

function fieldsOf(request: RequestRecord, answer: Answer, { value }: SeenBoth["subscription"]): SubscriptionFields {
  const approves = answer.answer === "approve";
  const stateComment = commentWith(value.stateComment, answerLine(answer), approves ? "keep" : "drop");
  const notify = request.terms?.notify ?? false;
  if (!approves) return { state: request.review === undefined ? "rejected" : "suspended", stateComment, notify };
  if (request.review === "changed" || request.review === "ownerLeft") return { stateComment };
  const until = accessOf(request)?.until;
  const end = until === undefined && value.expiresAt === undefined ? {} : { expiresAt: until ?? null };
  return request.review === undefined ? { state: "active", stateComment, notify, ...end } : { stateComment, ...end };
}

function byOf({ by, rule }: Answer): string {
  if (by !== undefined) return by;
  return rule === "final" ? "final answer" : `rule ${rule}`;
}

/** Says in audit and record that the answer stands at the service. */
export async function settle(seen: SeenBoth, look: Look): Promise<Stepped> {
  const known = seen.record.value;
  const { answer } = known;
  if (answer === undefined) return "done";
  const { id } = answeredEvent(known, answer);
  const claimed = await claimRecord(seen.record, { id, since: answer.at, found: true }, look);
  if (typeof claimed === "string") return claimed;
  const { review, claim: _, ...request } = claimed.value;
  const approves = answer.answer === "approve";
  const text = `${approves ? "Approved" : "Rejected"} ${whoDecided(answer)}`;
  const at = look.world.clock.now();
  const access = accessOf(known);
  const settled: RequestRecord = {
    ...request,
    // Refused access stays marked as what was refused; kept access is access like any other.
    ...(review !== undefined && !approves && { review }),
    ...(access !== undefined && { access }),
    status: "answered",
    outcome: { code: approves ? "approved" : "rejected", text, at },
  };
  const action = approves ? "approved" : "rejected";
  await recordOnce(claimed.value, { id, action, by: byOf(answer), text }, look);
  // Before the record says that all is done: a look that dies here tells it again, with the same id.
  await tellDecision(look.message, answeredEvent(settled, answer), look.world, look.signal);
  if (!(await put(settled, claimed.version, look))) return "again";
  look.log.info("request.answered", { answer: answer.answer, rule: answer.rule });
  await tellDecided(settled, answer, seen, look);
  return "done";
}

/** People hear of it who were asked, and by mail only: the webhook has its own word, without names. */
async function tellDecided(request: RequestRecord, answer: Answer, seen: SeenBoth, look: Look): Promise<void> {
  const to = request.question?.approvers.map(({ address }) => address) ?? [];
  if (to.length === 0) return;
  const about = aboutOf(seen.subscription, await factsOf(seen, look));
  await tell("decided", to, { ...decidedNotice(request, answer, about), only: "mail" }, look);
}

/** Closes the request without an answer, or without its answer being written. */
export async function closeRequest(seen: Seen, { code, text }: Closing, look: Look): Promise<Stepped> {
  const known = seen.record?.value;
  const subscription = seen.subscription;
  const about = known === undefined || subscription === undefined ? known : recordAbout(known, subscription.value);
  // What was answered keeps its record; the next submission under this id is another request.
  const isAnotherRound =
    about === undefined || (subscription?.value.state === "submitted" && phaseOf(about) === "answered");
  const base =
    isAnotherRound && subscription !== undefined
      ? newRecord(subscription, (known?.round ?? 0) + 1, undefined, look)
      : about;
  if (base === undefined) return "done";
  const at = look.world.clock.now();
  const id = decisionId(base, `closed/${code}`);
  const claimed = await claimRecord(
    { value: base, version: seen.record?.version },
    { id, since: at, found: false },
    look,
  );
  if (typeof claimed === "string") return claimed;
  const { claim: _, ...request } = claimed.value;
  const closed: RequestRecord = { ...request, status: "closed", outcome: { code, text, at } };
  await recordOnce(claimed.value, { id, action: "closed", by: "rollcall", text: `${code}: ${text}` }, look);
  if (!(await put(closed, claimed.version, look))) return "again";
  look.log.info("request.closed", { outcome: code });
  return "done";
}

/** Writes the answer. @throws APIM_*, NETWORK, TIMEOUT, STORE_UNAVAILABLE, ABORTED */
export async function writeAnswer(seen: SeenBoth, look: Look): Promise<Stepped> {
  const { answer } = seen.record.value;
  if (answer === undefined) return "done";
  const { id } = answeredEvent(seen.record.value, answer);
  const record = await claimWrite(seen.record, id, answer.at, look);
  if (record === undefined) return "again";
  const request = record.value;
  const { value, etag } = seen.subscription;
  const fields = fieldsOf(request, answer, seen.subscription);
  try {
    await look.target.apim.patchSubscription(value.id, fields, etag, look.signal);
  } catch (error) {
    if (error instanceof AppError && error.context.limitReached === true) {
      const text = "The product's limit of subscriptions for one user is reached; end another one first";
      return closeRequest({ ...seen, record }, { code: "limitReached", text }, look);
    }
    throw error;
  }
  // The ETag lets one write through: nobody else has come so far with this answer.
  ownWrite(record, id, look);
  return settle({ ...seen, record }, look);
}
