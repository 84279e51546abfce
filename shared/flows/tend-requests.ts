// What the timer does about requests: the sweep, and the deletion of what nobody needs any more. Neither waits for the
// other: a service that is down must not keep personal data from being deleted.
import { asAppError } from "../core/errors.ts";
import type { ApprovalWorld } from "./approval-world.ts";
import { forgetFacts } from "./forget-facts.ts";
import { sweepRequests } from "./sweep-requests.ts";

/** `targets` are all of the rules. Each part gets a signal of its own.
 * @throws the first failure, after both had their turn */
export async function tendRequests(
  targets: readonly string[],
  settings: { readonly keepFactsDays: number },
  world: ApprovalWorld,
  createSignal: () => AbortSignal,
): Promise<void> {
  const results = await Promise.allSettled([
    sweepRequests(targets, world, createSignal()),
    forgetFacts(targets, settings, world, createSignal()),
  ]);
  const [, forgotten] = results;
  if (forgotten.status === "rejected")
    world.log.error("requests.facts.undeleted", { code: asAppError(forgotten.reason).code });
  for (const result of results) if (result.status === "rejected") throw asAppError(result.reason);
}
