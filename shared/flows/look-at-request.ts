// One message → one look at one subscription: what is true is read, the next step is made, until nothing is left to do.
// The message is never believed: it only says where to look. Whatever a look did before it died, the next one sees.
import { reviewReason } from "../core/access.ts";
import { AppError, asAppError } from "../core/errors.ts";
import { type NextStep, nextStep } from "../core/next-step.ts";
import { isProtectedUser } from "../core/protect.ts";
import { type Gathered, phaseOf } from "../core/request-view.ts";
import type { RequestMessage } from "../request-ports.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import { chooseAnew, escalateQuestion, finalAnswer } from "./ask-people.ts";
import { giveUpClaims } from "./audit-once.ts";
import { baselineName } from "./baseline.ts";
import { decideRequest } from "./decide-request.ts";
import { factsOf, type Look, put, type Seen, type SeenBoth, type Stepped, viaOf } from "./look.ts";
import { noteFailure } from "./note-failure.ts";
import { awayApprovers, passQuestionOn } from "./pass-question-on.ts";
import { sendQuestion } from "./send-question.ts";
import { endAccess, handleUnapproved, regenerateKeys, reviewAccess, warnOfEnd } from "./watch-access.ts";
import { closeRequest, settle, writeAnswer } from "./write-answer.ts";

export type LookOptions = {
  /** A failure now is final: the record says `failed`, and the message goes to the poison queue. */
  readonly lastAttempt: boolean;
};

/** `noRules`: the rules say nothing about requests. */
export type Looked = "done" | "noRules";

/** Readings of one look. A subscription that others change all the time is looked at again later. */
const mostReadings = 25;

/** What the next reading makes good: somebody wrote between reading and writing, or something is gone. */
const changedMeanwhile: ReadonlySet<string> = new Set(["APIM_CONFLICT", "APIM_NOT_FOUND"]);

/** The record first: where it says that an answer was written, a submitted subscription was submitted again. */
async function read(look: Look): Promise<Seen> {
  const { message, target, world, signal } = look;
  const record = await world.requests.getRequest(target.name, message.subscription, signal);
  const subscription = await target.apim.getSubscription(message.subscription, signal);
  return { record, subscription };
}

/** The same with the service's own spelling of the id, which events and people write as they like: so records, audit
 * and notices have one. */
function asSpelled({ record, subscription }: Seen, look: Look): { readonly seen: Seen; readonly own: Look } {
  const id = subscription?.value.id ?? record?.value.subscription ?? look.message.subscription;
  const spelled = record && { ...record, value: { ...record.value, subscription: id } };
  return {
    seen: { record: spelled, subscription },
    own: { ...look, message: { ...look.message, subscription: id } },
  };
}

async function reviewOf(seen: Seen, gathered: Seen["gathered"], { target, world, signal }: Look) {
  const facts = seen.record?.value.facts;
  const known = gathered?.known;
  const isGranted = seen.record?.value.answer?.answer === "approve";
  if (!isGranted || known === undefined) return undefined;
  if (world.clock.now() - known.readAt > target.policy.maxFactsAgeMs) return undefined;
  const then = facts === undefined ? undefined : await world.requests.getFacts(facts.blob, signal);
  return reviewReason(then?.facts, known.entry, target.policy.review.whenChanged);
}

/** Whether somebody who was asked is not at work any more. */
async function isSomebodyAway({ record }: Seen, { target, world, signal }: Look): Promise<boolean> {
  const { question } = record?.value ?? {};
  if (record === undefined || question === undefined || phaseOf(record.value) !== "asked") return false;
  return (await awayApprovers(target.name, question, world.roster, signal)).length > 0;
}

/** The step, with what had to be read for it. */
async function stepFor(seen: Seen, deep: boolean, look: Look): Promise<{ step: NextStep; seen: Seen }> {
  const { target, world, signal } = look;
  const baseline = deep ? await world.requests.getFacts(baselineName(target.name), signal) : undefined;
  const { regenerateAfterDays } = target.leaver;
  const view = {
    now: world.clock.now(),
    owner: target.owner,
    subscription: seen.subscription?.value,
    record: seen.record?.value,
    deep,
    baselineTaken: baseline !== undefined,
    approversAway: deep && (await isSomebodyAway(seen, look)),
    ...(regenerateAfterDays !== undefined && { regenerateAfterDays }),
  };
  const step = nextStep(view);
  if (step.kind !== "gather" || seen.subscription === undefined) return { step, seen };
  const facts = await factsOf({ subscription: seen.subscription }, look);
  const review = deep ? await reviewOf(seen, facts, look) : undefined;
  const { user, product } = facts;
  const isProtected = user !== undefined && isProtectedUser(user, target.protect);
  const gathered: Gathered = { user, product, isProtected, ...(review !== undefined && { review }) };
  return { step: nextStep({ ...view, gathered }), seen: { ...seen, gathered: facts } };
}

/** A record that failed and has nothing to do any more stands where it stood before. */
async function rest(seen: Seen, look: Look): Promise<Stepped> {
  const { record } = seen;
  if (record?.value.error === undefined) return "done";
  await put({ ...record.value, status: phaseOf(record.value) }, record.version, look);
  return "done";
}

/** Steps about a record that is there. */
async function makeKnown(step: NextStep, known: SeenBoth, look: Look): Promise<Stepped> {
  switch (step.kind) {
    case "write":
      return writeAnswer(known, look);
    case "settle":
      return settle(known, look);
    case "send":
      return sendQuestion(known, look);
    case "choose":
      return chooseAnew(known, look);
    case "escalate":
      return escalateQuestion(known, look);
    case "passOn":
      return passQuestionOn(known, look);
    case "finalAnswer":
      return finalAnswer(known, look);
    case "warn":
      return warnOfEnd(known, step.until, look);
    case "expire":
      return endAccess(known, step.until, look);
    case "review":
      return reviewAccess(known, step.reason, look);
    case "unapproved":
    case "regenerateKeys":
    case "decide":
    case "close":
    case "gather":
    case "nothing":
      return "done";
  }
}

async function make(step: NextStep, seen: Seen, look: Look): Promise<Stepped> {
  const { record, subscription, gathered } = seen;
  if (step.kind === "nothing") return rest(seen, look);
  if (step.kind === "close") return closeRequest(seen, step.outcome, look);
  if (subscription === undefined) return "done";
  const read = { subscription, ...(gathered !== undefined && { gathered }) };
  if (step.kind === "decide") return decideRequest({ ...read, record }, step.round, look);
  if (step.kind === "unapproved") return handleUnapproved(seen, look);
  if (step.kind === "regenerateKeys") return regenerateKeys(seen, look);
  if (record === undefined) return "done";
  const value = { ...record.value, status: phaseOf(record.value) };
  return makeKnown(step, { ...read, record: { ...record, value } }, look);
}

async function lookOnce(look: Look): Promise<Stepped> {
  const deep = ["sweep", "cli"].includes(viaOf(look.message));
  try {
    const { seen: found, own } = asSpelled(await read(look), look);
    const { step, seen } = await stepFor(found, deep, own);
    look.log.debug("request.step", { step: step.kind });
    return await make(step, seen, own);
  } catch (cause) {
    const error = asAppError(cause);
    if (!changedMeanwhile.has(error.code)) throw error;
    look.log.debug("request.changed", { code: error.code });
    return "again";
  }
}

async function lookUntilDone(look: Look): Promise<void> {
  try {
    for (let reading = 1; (await lookOnce(look)) === "again"; reading += 1) {
      if (reading >= mostReadings)
        throw new AppError(
          "APIM_CONFLICT",
          `Cannot look at the subscription: it changed under each of ${mostReadings} readings, look again later`,
        );
    }
  } catch (cause) {
    await giveUpClaims(look);
    throw cause;
  }
}

/** Looks, and does what is to be done, until nothing is left.
 * @throws the failure; at the last attempt the record names it */
export async function lookAtRequest(
  message: RequestMessage,
  world: ApprovalWorld,
  { lastAttempt }: LookOptions,
  signal: AbortSignal,
): Promise<Looked> {
  const log = world.log.with({ target: message.target, subscription: message.subscription });
  try {
    const target = await world.openTarget(message.target, signal);
    if (target === undefined) return "noRules";
    await lookUntilDone({ message, target, world, log, signal, own: new Map() });
    return "done";
  } catch (cause) {
    const error = asAppError(cause);
    log.error("request.failed", { code: error.code, final: lastAttempt, message: error.message });
    if (lastAttempt) await noteFailure(message, error, { ...world, signal });
    throw error;
  }
}
