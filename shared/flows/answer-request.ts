// A person's answer to a question: it is recorded once, by who was asked or who holds the role, never by who requested
// or has left.
// The look that follows writes it to API Management.
import { foldName } from "../core/fold.ts";
import { type MayAnswer, mayAnswer } from "../core/may-answer.ts";
import type { Principal } from "../core/principal.ts";
import type { RequestRecord } from "../core/request.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import { findPrincipal, isWorkerGone, type KnownPrincipal } from "./find-principal.ts";

export type QuestionInput = {
  readonly target: string;
  /** Id of the subscription in API Management. */
  readonly subscription: string;
  /** From a verified decision link. Absent: from the page, where the role of an approver counts. */
  readonly nonce?: string;
  readonly principal: Principal;
};

export type AnswerInput = QuestionInput & {
  readonly answer: "approve" | "reject";
  /** The approver's own words to the developer. */
  readonly comment?: string;
};

/** `unknown`: there is no such request. `closed`: answered already, withdrawn, or nobody is asked any more. `notAsked`:
 * the link is somebody else's, or the role is missing. `hasLeft`: who is signed in is not at work. `ownRequest`: nobody answers their own. */
export type Refusal = {
  readonly status: "refused";
  readonly reason: "unknown" | Extract<MayAnswer, { ok: false }>["reason"];
  /** A sentence for the person. */
  readonly text: string;
  /** Only where the person may see it: after the question was closed. */
  readonly request?: RequestRecord;
};

export type OpenQuestion = { readonly status: "open"; readonly request: RequestRecord };
export type Recorded = { readonly status: "recorded"; readonly request: RequestRecord };

const texts: Readonly<Record<Refusal["reason"], string>> = {
  unknown: "There is no such request",
  closed: "The request has been answered or withdrawn already",
  notAsked: "This question was put to somebody else",
  hasLeft: "Only people who are at work answer requests: HR says that you have left, or your account is blocked",
  ownRequest: "Nobody answers their own request",
};

const longestComment = 300;

type Found = { readonly request: RequestRecord; readonly version: string };

function refused(reason: Refusal["reason"], request?: RequestRecord): Refusal {
  return {
    status: "refused",
    reason,
    text: texts[reason],
    ...(reason === "closed" && request !== undefined && { request }),
  };
}

async function requesterAddresses(
  { target, worker, ownerId }: RequestRecord,
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [known, user] = await Promise.all([
    worker === undefined ? undefined : world.roster.findWorker(target, worker, signal),
    ownerId === undefined
      ? undefined
      : world.openTarget(target, signal).then((opened) => opened?.apim.getUser(ownerId, signal)),
  ]);
  const identities = (user?.value.identities ?? []).map(({ id }) => id);
  const addresses = [known?.entry.person.email, user?.value.email, ...identities];
  return addresses.flatMap((address) => (address?.includes("@") ? [address] : []));
}

/** HR's word is as old as the last whole read; an account is blocked at once. */
async function isBlocked(
  target: string,
  { userId }: KnownPrincipal,
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<boolean> {
  if (userId === undefined) return false;
  const opened = await world.openTarget(target, signal);
  return (await opened?.apim.getUser(userId, signal))?.value.state === "blocked";
}

async function findQuestion(input: QuestionInput, world: ApprovalWorld, signal: AbortSignal): Promise<Found | Refusal> {
  const { target, subscription, nonce, principal } = input;
  const found = await world.requests.getRequest(target, subscription, signal);
  if (found === undefined) return refused("unknown");
  const request = found.value;
  const asked = request.question?.approvers.find((each) => nonce !== undefined && each.nonce === nonce);
  const known = await findPrincipal(target, principal, world.roster, signal);
  const [isGone, blocked, addresses] = await Promise.all([
    isWorkerGone(target, asked?.worker, world.roster, signal),
    isBlocked(target, known, world, signal),
    requesterAddresses(request, world, signal),
  ]);
  const people = {
    requesterAddresses: addresses,
    hasLeft: known.hasLeft || isGone || blocked,
    ...(known.worker !== undefined && { principalWorker: known.worker }),
  };
  const may = mayAnswer(request, principal, nonce, people);
  return may.ok ? { request, version: found.version } : refused(may.reason, request);
}

/** The question as the person may see it before answering; changes nothing.
 * @throws STORE_UNAVAILABLE, APIM_*, ABORTED */
export async function openQuestion(
  input: QuestionInput,
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<OpenQuestion | Refusal> {
  const found = await findQuestion(input, world, signal);
  return "status" in found ? found : { status: "open", request: found.request };
}

/** Records the answer, once, and asks for the look that writes it.
 * @throws STORE_UNAVAILABLE, APIM_*, ABORTED */
export async function answerByPerson(
  input: AnswerInput,
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<Recorded | Refusal> {
  const { target, subscription, principal, answer } = input;
  const comment = foldName(input.comment ?? "", longestComment);
  // Somebody who wrote meanwhile may have closed the question: every try looks at the whole again.
  for (;;) {
    const found = await findQuestion(input, world, signal);
    if ("status" in found) return found;
    const at = world.clock.now();
    const request: RequestRecord = {
      ...found.request,
      status: "decided",
      updatedAt: at,
      answer: { answer, rule: "person", by: principal.name, at, ...(comment !== "" && { comment }) },
    };
    if (!(await world.requests.putRequest(request, found.version, signal))) continue;
    await enqueue({ target, subscription }, world, signal);
    return { status: "recorded", request };
  }
}

/** The answer stands already: a message that cannot be sent is made up for by the sweep. */
async function enqueue(
  named: { readonly target: string; readonly subscription: string },
  world: ApprovalWorld,
  signal: AbortSignal,
): Promise<void> {
  try {
    await world.queue.send({ ...named, via: "page" }, {}, signal);
  } catch {
    world.log.warn("request.answer.unsent", named);
  }
}
