// Asks the policy and records what it says, before anything is written to the service: two events, two processes or a
// crash make one decision, because only one of them can write the record's next version.
import { answeredEvent } from "../core/decided-event.ts";
import type { Decision } from "../core/decision.ts";
import type { SaltedFacts } from "../core/facts.ts";
import { factsHash, factsName } from "../core/facts.ts";
import type { RequestRecord, Terms } from "../core/request.ts";
import { putQuestion } from "./ask-people.ts";
import { withClaim } from "./audit-once.ts";
import { factsOf, type Look, newRecord, putAndKeep, type SeenBoth, type Stepped } from "./look.ts";
import type { GatheredFacts } from "./request-facts.ts";
import { writeAnswer } from "./write-answer.ts";

export function termsOf({ access, notify }: Decision): Terms {
  return { ...(access.days !== undefined && { days: access.days }), warnDays: access.warnDays, notify };
}

/** Stores what the decision rested on, apart from the record, so that it can be deleted. */
export async function keepFacts(
  gathered: GatheredFacts,
  decision: Decision,
  { message, target, world, signal }: Look,
): Promise<NonNullable<RequestRecord["facts"]>> {
  const { facts, missing, factsReadAt } = gathered;
  const { answer, rule, steps } = decision;
  const salted: SaltedFacts = {
    salt: world.createNonce(),
    facts: {
      ...facts,
      decision: { answer, rule, steps },
      ...(missing !== undefined && { missing }),
      ...(factsReadAt !== undefined && { factsReadAt }),
    },
  };
  // Two processes that decide in one millisecond do not write over each other.
  const blob = `${factsName(world.clock.now(), target.name, message.subscription)}-${world.createNonce().slice(0, 8)}`;
  await world.requests.putFacts(blob, salted, signal);
  return { blob, hash: factsHash(salted) };
}

/** Decides the request of that round. @throws as `gatherFacts` and the store */
export async function decideRequest(
  seen: Pick<SeenBoth, "subscription" | "gathered"> & { readonly record: SeenBoth["record"] | undefined },
  round: number,
  look: Look,
): Promise<Stepped> {
  const { target, world } = look;
  const gathered = await factsOf(seen, look);
  const decision = target.policy.decide(gathered.facts);
  const facts = await keepFacts(gathered, decision, look);
  const about = newRecord(seen.subscription, round, gathered.worker, look);
  const known = seen.record?.value;
  const record: RequestRecord = {
    ...about,
    ...(known !== undefined && known.round === round && { firstSeenAt: known.firstSeenAt, via: known.via }),
    facts,
    terms: termsOf(decision),
  };
  const { answer, rule, comment } = decision;
  const { subscription } = seen;
  if (answer === "ask") return putQuestion(record, seen.record?.version, decision, { subscription, gathered }, look);
  const at = world.clock.now();
  const decided = { answer, rule, at, ...(comment !== undefined && { comment }) };
  const { id } = answeredEvent(record, decided);
  const claimed = withClaim({ ...record, status: "decided", answer: decided }, id, at, look);
  const written = await putAndKeep(claimed, seen.record?.version, look);
  if (written === undefined) return "again";
  look.own.set(id, { as: "claimed", record: written });
  look.log.info("request.decided", { answer, rule });
  // The ETag is that of the reading on which the decision rests.
  return writeAnswer({ record: written, subscription, gathered }, look);
}
