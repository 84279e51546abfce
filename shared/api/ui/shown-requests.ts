// Records of requests with what the page shows beside them: the facts that the rules saw, the manager's name, and whether
// the reader may answer.
import { isAsked, type KnownPeople, type MayAnswer, mayAnswer } from "../../core/may-answer.ts";
import { workerKey, workerParts } from "../../core/person.ts";
import type { Principal } from "../../core/principal.ts";
import type { Asked, RequestRecord } from "../../core/request.ts";
import { findPrincipal, isWorkerGone, type KnownPrincipal } from "../../flows/find-principal.ts";
import { personName, type ShownRequest } from "../../ui/shown-request.ts";
import { readFacts } from "./read-facts.ts";
import type { UiWorld } from "./ui-world.ts";

type Approvals = UiWorld["approvals"];

async function managerName(
  { target }: RequestRecord,
  { facts }: Pick<ShownRequest, "facts">,
  { roster }: Approvals,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { worker, person } = facts?.requester ?? {};
  if (worker === undefined || person?.manager === undefined) return undefined;
  const key = workerKey(workerParts(worker).numberSpace, person.manager);
  const manager = await roster.findWorker(target, key, signal);
  return (manager === undefined ? undefined : personName(manager.entry.person)) ?? person.manager;
}

/** The record with its facts. Without the facts, where they are gone: a request is shown in any case.
 * @throws STORE_UNAVAILABLE */
export async function showRequest(
  record: RequestRecord,
  approvals: Approvals,
  signal: AbortSignal,
): Promise<ShownRequest> {
  const stored = record.facts === undefined ? undefined : await approvals.requests.getFacts(record.facts.blob, signal);
  const read = readFacts(stored?.facts);
  const manager = await managerName(record, read, approvals, signal);
  return { record, ...read, ...(manager !== undefined && { manager }) };
}

export type Standing = {
  /** The entry with which the reader was asked. */
  readonly asked?: Asked;
  readonly may: MayAnswer;
};

export type Standings = {
  /** The entry with which the reader was asked. */
  readonly asked: (record: RequestRecord) => Promise<Asked | undefined>;
  readonly of: (record: RequestRecord) => Promise<Standing>;
};

/** How the reader stands to requests; looks up who they are in HR once for each target. */
export function createStandings(principal: Principal, { roster }: Approvals, signal: AbortSignal): Standings {
  const readers = new Map<string, Promise<KnownPrincipal>>();
  const readerIn = (target: string): Promise<KnownPrincipal> => {
    const found = readers.get(target) ?? findPrincipal(target, principal, roster, signal);
    readers.set(target, found);
    return found;
  };
  const askedOf = ({ question }: RequestRecord, people: Pick<KnownPeople, "principalWorker">): Asked | undefined =>
    question?.approvers.find((each) => isAsked(each, principal, people));
  const asked: Standings["asked"] = async (record) => {
    const { worker } = await readerIn(record.target);
    return askedOf(record, worker === undefined ? {} : { principalWorker: worker });
  };
  const of: Standings["of"] = async (record) => {
    const { worker: principalWorker, hasLeft } = await readerIn(record.target);
    const requester =
      record.worker === undefined ? undefined : await roster.findWorker(record.target, record.worker, signal);
    const people: KnownPeople = {
      requesterAddresses: requester?.entry.person.email === undefined ? [] : [requester.entry.person.email],
      ...(principalWorker !== undefined && { principalWorker }),
    };
    const entry = askedOf(record, people);
    const isGone = hasLeft || (await isWorkerGone(record.target, entry?.worker, roster, signal));
    // The role answers whatever was asked; who was asked answers with what they were asked by.
    const nonce = principal.roles.includes("approver") ? undefined : entry?.nonce;
    return {
      may: mayAnswer(record, principal, nonce, { ...people, hasLeft: isGone }),
      ...(entry !== undefined && { asked: entry }),
    };
  };
  return { asked, of };
}
