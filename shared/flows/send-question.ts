// Hands a question, and later its reminder, to each of those who were asked, with a link of their own. Who could not be
// told is told by a later look, and nobody is told twice because of somebody else, nor because several looks find at once
// that it is due: one of them claims it in the record.
import { decisionId } from "../core/decided-event.ts";
import { type AppError, asAppError } from "../core/errors.ts";
import { isAskedOfNobody, reminderIsDue, reminderOf, sentOf } from "../core/question.ts";
import type { Asked, Question, RequestRecord } from "../core/request.ts";
import { questionNotice } from "../core/request-notices.ts";
import { isUnsent, type Sent } from "../core/webhook-copy.ts";
import { claimRecord } from "./audit-once.ts";
import { type Delivered, deliver } from "./deliver.ts";
import { aboutOf, audit, factsOf, type Look, type SeenBoth, type Stepped } from "./look.ts";
import type { GatheredFacts } from "./request-facts.ts";

type Kind = "ask" | "remind" | "escalate" | "review";

type Sending = {
  readonly request: RequestRecord;
  readonly question: Question;
  readonly subscription: SeenBoth["subscription"];
  readonly gathered: GatheredFacts;
  readonly look: Look;
};

/** Tells one approver, by the ways that have not had it. */
async function tellOne(
  { request, question, subscription, gathered, look }: Sending,
  { asked, index }: { readonly asked: Asked; readonly index: number },
  kind: Kind,
  before: Sent,
): Promise<Delivered> {
  const { world, log, signal } = look;
  try {
    const { target, subscription: id } = request;
    const link = { target, subscription: id, nonce: asked.nonce, expiresAt: question.finalAt };
    const url = await world.decisionUrl(link, signal);
    const text = questionNotice(request, aboutOf(subscription, gathered), kind, index);
    const answerHere = url === undefined ? {} : { link: { text: "Answer the request", url } };
    const result = await deliver(
      { kind, to: [asked.address], ...text, ...answerHere },
      before,
      { ...world, log },
      signal,
    );
    if (result.error !== undefined) log.warn("request.question.unsent", { kind, code: result.error.code });
    return result;
  } catch (cause) {
    const error = asAppError(cause);
    if (error.code === "ABORTED") throw error;
    log.warn("request.question.unsent", { kind, code: error.code });
    return { ...before, refused: [], ...(!before.told && { error }) };
  }
}

function kindFor(request: RequestRecord, { role }: Asked): Kind {
  if (role === "escalation") return "escalate";
  return request.review === undefined ? "ask" : "review";
}

type Told = { readonly asked: Asked; readonly error?: AppError | undefined };

/** The approver after what was due to them. */
async function tellApprover(sending: Sending, asked: Asked, index: number): Promise<Told> {
  const { request, question, look } = sending;
  const now = look.world.clock.now();
  if (isUnsent(sentOf(asked), now)) {
    const before = sentOf(asked);
    const result = await tellOne(sending, { asked, index }, kindFor(request, asked), before);
    const told = result.told && !before.told ? toldAt("sentAt", now, result) : {};
    return {
      asked: { ...asked, ...told, ...(result.copy !== undefined && { copy: result.copy }) },
      error: result.error,
    };
  }
  if (!reminderIsDue(asked, question, now)) return { asked };
  const before = reminderOf(asked);
  const result = await tellOne(sending, { asked, index }, "remind", before);
  const told = result.told && !before.told ? toldAt("remindedAt", now, result) : {};
  const copy = result.copy === undefined ? {} : { reminderCopy: result.copy };
  return { asked: { ...asked, ...told, ...copy }, error: result.error };
}

/** An address that the mail server refuses for good was not told. */
function toldAt(field: "sentAt" | "remindedAt", now: number, { refused }: Delivered): Partial<Asked> {
  return refused.length > 0 ? { refusedAt: now } : { [field]: now };
}

/** Says in the audit who was told just now. */
async function auditTold(
  request: RequestRecord,
  question: Question,
  approvers: readonly Asked[],
  look: Look,
): Promise<void> {
  const isNew = (field: "sentAt" | "remindedAt" | "refusedAt") => (asked: Asked, index: number) =>
    (asked[field] ?? 0) !== (question.approvers[index]?.[field] ?? 0);
  const names = (some: readonly Asked[]) => some.map(({ address }) => address).join(", ");
  const asked = approvers.filter(isNew("sentAt"));
  const reminded = approvers.filter(isNew("remindedAt"));
  const refused = approvers.filter(isNew("refusedAt"));
  if (asked.length > 0)
    await audit(request, { action: "asked", by: `rule ${question.rule}`, text: `Asked ${names(asked)}` }, look);
  if (reminded.length > 0)
    await audit(request, { action: "reminded", by: "rollcall", text: `Reminded ${names(reminded)}` }, look);
  const unreached = `Could not tell ${names(refused)}: the mail server refuses the address for good`;
  if (refused.length > 0) await audit(request, { action: "unreached", by: "rollcall", text: unreached }, look);
}

/** Names the handing out of a question, for the claim of the look that does it. */
export function sendingId(request: RequestRecord, { askedAt }: Question): string {
  return decisionId(request, `asked/${askedAt}`);
}

/** Hands out what is due: the question, or its reminder. A way out that is down leaves it for the next sweep, and its
 * failure in the record; what others got meanwhile stands there as well. Where it reaches nobody, others are chosen. */
export async function sendQuestion(seen: SeenBoth, look: Look): Promise<Stepped> {
  const known = seen.record.value.question;
  if (known === undefined) return "done";
  const id = sendingId(seen.record.value, known);
  const claim = { id, since: look.world.clock.now(), found: false };
  const claimed = await claimRecord(seen.record, claim, look);
  if (typeof claimed === "string") return claimed;
  const { claim: _, error: __, ...request } = claimed.value;
  const { question = known } = request;
  const { subscription } = seen;
  const sending: Sending = { request, question, subscription, gathered: await factsOf(seen, look), look };
  const told: Told[] = [];
  for (const [index, asked] of question.approvers.entries()) told.push(await tellApprover(sending, asked, index));
  const approvers = told.map(({ asked }) => asked);
  await auditTold(request, question, approvers, look);
  const now = look.world.clock.now();
  const failure = told.find(({ error }) => error !== undefined)?.error;
  const remindedAt = question.remindedAt ?? approvers.find((asked) => asked.remindedAt !== undefined)?.remindedAt;
  const next: RequestRecord = {
    ...request,
    question: { ...question, approvers, ...(remindedAt !== undefined && { remindedAt }) },
    updatedAt: now,
    ...(failure !== undefined && { error: { code: failure.code, message: failure.message, at: now } }),
  };
  if (!(await look.world.requests.putRequest(next, claimed.version, look.signal))) return "again";
  // Whom it goes to next, in this look too, is another claim.
  look.own.delete(id);
  if (isAskedOfNobody(question) || !isAskedOfNobody({ approvers })) return "done";
  look.log.warn("request.asked.nobody", { rule: question.rule, refused: approvers.length });
  return "again";
}
