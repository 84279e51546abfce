// Puts a request before people: chooses whom, records the question, and has it handed to each of them. The question stands
// before anybody is told; who has not been told yet is told by a later look.
import type { Candidate } from "../core/approvers.ts";
import type { Decision } from "../core/decision.ts";
import { createQuestion, isAskedOfNobody, sentOf, withoutOldRefusals } from "../core/question.ts";
import type { Asked, Question, RequestRecord } from "../core/request.ts";
import { isUnsent } from "../core/webhook-copy.ts";
import { withClaim } from "./audit-once.ts";
import { chooseApprovers } from "./choose-approvers.ts";
import { factsOf, type Look, put, putAndKeep, type SeenBoth, type Stepped } from "./look.ts";
import type { GatheredFacts } from "./request-facts.ts";
import { sendingId, sendQuestion } from "./send-question.ts";

function toBeAsked(chosen: readonly Candidate[], { world }: Look): readonly Asked[] {
  return chosen.map((each) => ({ ...each, nonce: world.createNonce(), sentAt: 0 }));
}

/** Records the question and hands it on. @throws STORE_UNAVAILABLE, APIM_* */
export async function putQuestion(
  record: RequestRecord,
  version: string | undefined,
  decision: Decision,
  seen: Pick<SeenBoth, "subscription"> & { readonly gathered: GatheredFacts },
  look: Look,
): Promise<Stepped> {
  const { ask, rule } = decision;
  const chosen = await chooseApprovers([ask.approvers, ask.escalateTo, [{ kind: "owners" }]], seen.gathered, [], look);
  const approvers = toBeAsked(chosen, look);
  const now = look.world.clock.now();
  const question = createQuestion(ask, approvers, rule, now);
  const id = sendingId(record, question);
  const written = await putAndKeep(withClaim({ ...record, status: "asked", question }, id, now, look), version, look);
  if (written === undefined) return "again";
  look.own.set(id, { as: "mine", record: written });
  look.log.info("request.asked", { rule, approvers: approvers.length });
  if (approvers.length === 0) look.log.warn("request.asked.nobody", { rule });
  return sendQuestion({ ...seen, record: written }, look);
}

/** Puts the question before those whom the rules name for it, beside those who were asked. */
export async function escalateQuestion(seen: SeenBoth, look: Look): Promise<Stepped> {
  const request = seen.record.value;
  const { question } = request;
  if (question === undefined) return "done";
  const gathered = await factsOf(seen, look);
  const { ask } = look.target.policy.decide(gathered.facts);
  const asked = question.approvers.map(({ address }) => address);
  const chosen = await chooseApprovers([ask.escalateTo], gathered, asked, look);
  await put({ ...request, question: escalated(question, chosen, look) }, seen.record.version, look);
  return "again";
}

/** The question beside those who have it already. */
function escalated(question: Question, chosen: readonly Candidate[], { world }: Look): Question {
  const more = chosen.map((each): Asked => ({ ...each, role: "escalation", nonce: world.createNonce(), sentAt: 0 }));
  return { ...question, approvers: [...question.approvers, ...more], escalatedAt: world.clock.now() };
}

/** The question is before nobody: by what is true now, it goes to the first list that has somebody. Where the mail server
 * refuses everybody who was asked, that is the list of those whom it is escalated to. */
export async function chooseAnew(seen: SeenBoth, look: Look): Promise<Stepped> {
  const request = seen.record.value;
  const { question } = request;
  if (question === undefined) return "done";
  const gathered = await factsOf(seen, look);
  const { ask } = look.target.policy.decide(gathered.facts);
  const refused = question.approvers.map(({ address }) => address);
  const isFirst = refused.length === 0;
  const lists = isFirst ? [ask.approvers, ask.escalateTo] : [ask.escalateTo, ask.approvers];
  const chosen = await chooseApprovers([...lists, [{ kind: "owners" }]], gathered, refused, look);
  if (chosen.length === 0) return tryRefusedAgain({ ...seen, gathered }, question, look);
  const next = isFirst ? { ...question, approvers: toBeAsked(chosen, look) } : escalated(question, chosen, look);
  look.log.info("request.asked", { rule: question.rule, approvers: chosen.length });
  await put({ ...request, question: next }, seen.record.version, look);
  return "again";
}

/** There is nobody else: who was refused is tried again once a day. */
async function tryRefusedAgain(seen: SeenBoth, question: Question, look: Look): Promise<Stepped> {
  const request = seen.record.value;
  const now = look.world.clock.now();
  const approvers = withoutOldRefusals(question.approvers, now);
  if (!isAskedOfNobody({ approvers })) {
    await put({ ...request, question: { ...question, approvers } }, seen.record.version, look);
    return "again";
  }
  // The webhook's copies go on; and a record that failed has been looked at well.
  const waits = approvers.some((asked) => isUnsent(sentOf(asked), now));
  return waits || request.error !== undefined ? sendQuestion(seen, look) : "done";
}

/** Nobody answered: the answer that the rules name for that is recorded. */
export async function finalAnswer(seen: SeenBoth, look: Look): Promise<Stepped> {
  const request = seen.record.value;
  const { question } = request;
  if (question === undefined) return "done";
  const answer = { answer: question.finalAnswer, rule: "final", at: look.world.clock.now() };
  await put({ ...request, status: "decided", answer }, seen.record.version, look);
  return "again";
}
