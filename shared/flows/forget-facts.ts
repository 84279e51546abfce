// Deletes what is kept of people for requests when nobody needs it any more: facts of old decisions, and the rosters of
// targets that left the rules. The audit keeps its records with the facts' hash.
import type { Clock, Log } from "../ports.ts";
import type { RequestStore, Roster } from "../request-ports.ts";

const dayMs = 86_400_000;

export type ForgetWorld = {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly requests: Pick<RequestStore, "takeOnce" | "deleteFacts">;
  readonly roster: Pick<Roster, "keepOnly">;
};

/** Once a day, whichever process asks. `targets` are all of the rules. @throws STORE_UNAVAILABLE, ABORTED */
export async function forgetFacts(
  targets: readonly string[],
  { keepFactsDays }: { readonly keepFactsDays: number },
  world: ForgetWorld,
  signal: AbortSignal,
): Promise<void> {
  const now = world.clock.now();
  const isTurn = await world.requests.takeOnce("forget", String(Math.floor(now / dayMs)), (2 * dayMs) / 1000, signal);
  if (!isTurn) return;
  const [facts, rosters] = await Promise.all([
    world.requests.deleteFacts(now - keepFactsDays * dayMs, signal),
    world.roster.keepOnly(targets, signal),
  ]);
  if (facts > 0 || rosters > 0) world.log.info("requests.facts.deleted", { facts, rosters });
}
