// Approvers who are not at work any more: the question passes from them to the next, as it would if it were asked now.
import { canBeAsked } from "../core/approvers.ts";
import { foldAddress } from "../core/fold.ts";
import type { Asked, Question } from "../core/request.ts";
import type { Roster } from "../request-ports.ts";
import { chooseApprovers } from "./choose-approvers.ts";
import { audit, factsOf, type Look, put, type SeenBoth, type Stepped } from "./look.ts";

/** Who of them would not be asked now: a manager who is not at work, or whom HR no longer names, and an address of
 * somebody who has left. @throws STORE_UNAVAILABLE, ABORTED */
export async function awayApprovers(
  target: string,
  { approvers }: Pick<Question, "approvers">,
  roster: Pick<Roster, "findWorker" | "findAddress">,
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  const isAway = async ({ worker, address }: Asked): Promise<boolean> => {
    if (worker === undefined) return (await roster.findAddress(target, address, signal))?.entry.standing === "leaver";
    const known = await roster.findWorker(target, worker, signal);
    return known === undefined || !canBeAsked(known.entry);
  };
  const away = await Promise.all(approvers.map(isAway));
  return approvers.filter((_, index) => away[index]);
}

/** Takes the question from who is not at work, and puts it before the next ones; those are told by the next step.
 * @throws STORE_UNAVAILABLE, APIM_* */
export async function passQuestionOn(seen: SeenBoth, look: Look): Promise<Stepped> {
  const { target, world, log, signal } = look;
  const request = seen.record.value;
  const { question } = request;
  if (question === undefined) return "done";
  const away = await awayApprovers(target.name, question, world.roster, signal);
  const stay = question.approvers.filter((asked) => !away.includes(asked));
  const gathered = await factsOf(seen, look);
  const { approvers, escalateTo } = target.policy.decide(gathered.facts).ask;
  const next = await chooseApprovers([approvers, escalateTo, [{ kind: "owners" }]], gathered, [], look);
  const known = new Set(stay.map(({ address }) => foldAddress(address)));
  const more = next
    .filter(({ address }) => !known.has(foldAddress(address)))
    .map((each): Asked => ({ ...each, nonce: world.createNonce(), sentAt: 0 }));
  const passedOn = { ...question, approvers: [...stay, ...more] };
  if (!(await put({ ...request, question: passedOn }, seen.record.version, look))) return "again";
  const text = `No longer asked, because they are not at work: ${away.map(({ address }) => address).join(", ")}`;
  await audit(request, { action: "passedOn", by: "rollcall", text }, look);
  log.info("request.passedOn", { away: away.length, approvers: more.length });
  if (passedOn.approvers.length === 0) log.warn("request.asked.nobody", { rule: question.rule });
  return "again";
}
