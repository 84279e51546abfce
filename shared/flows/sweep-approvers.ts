// The part of the sweep about people who were asked: whose approver is not at work any more.
import { inTurns } from "../core/in-turns.ts";
import { awayApprovers } from "./pass-question-on.ts";
import type { Sweep } from "./sweep-requests.ts";

const most = 10_000;

/** Asks for a look at each open question of which somebody is not at work. @throws STORE_UNAVAILABLE, ABORTED */
export async function sweepApprovers({ target, world, signal, ask }: Sweep): Promise<void> {
  const asked = await world.requests.listRequests({ target: target.name, status: ["asked"], limit: most }, signal);
  await inTurns(asked, async ({ subscription, question = { approvers: [] } }) => {
    const away = await awayApprovers(target.name, question, world.roster, signal);
    if (away.length > 0) await ask(subscription);
  });
}
