// Which targets share one set of limits. Resource Manager counts for each Azure subscription and principal.
import type { TargetRules } from "../config/rules.ts";

/** What tells where a target is. */
type Door = Pick<TargetRules, "door" | "resourceId">;

function subscriptionOf({ door, resourceId }: Door): string | undefined {
  return door === "arm" ? /^\/subscriptions\/([^/]+)/i.exec(resourceId ?? "")?.[1]?.toLowerCase() : undefined;
}

/** The Azure subscription whose limits the target shares with another one of the rules, if there is such a one. */
export function sharedBucket(target: Door, targets: readonly Door[]): string | undefined {
  const own = subscriptionOf(target);
  return own !== undefined && targets.filter((each) => subscriptionOf(each) === own).length > 1 ? own : undefined;
}
