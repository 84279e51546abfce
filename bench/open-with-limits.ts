// The client of a service whose limits are not the published ones: the simulator's, scaled down for a benchmark.
import { createBearerCredential } from "../shared/apim/bearer.ts";
import { type ApimClient, createApimClient } from "../shared/apim/client.ts";
import type { DoorDeps } from "../shared/apim/open-door.ts";
import type { TargetRules } from "../shared/config/rules.ts";
import type { BucketRate } from "../shared/http/token-bucket.ts";
import type { ArmLimits } from "./simulator-job.ts";

type ArmTarget = Extract<TargetRules, { door: "arm" }>;

function rateOf({ capacity, perSecond }: ArmLimits["reads"]): BucketRate {
  return { capacity, refillPerSecond: perSecond };
}

/** As `openDoor` for the arm door, with these limits. */
export function openWithLimits(target: ArmTarget, limits: ArmLimits, deps: DoorDeps): ApimClient {
  const { clock, identity, log, random, transport } = deps;
  const { resourceId, endpoint, apiVersion, maxConcurrency } = target;
  return createApimClient({
    clock,
    log,
    random,
    transport,
    credential: createBearerCredential({ identity, clock }),
    door: { kind: "arm", resourceId, endpoint, apiVersion },
    concurrency: { initial: Math.min(8, maxConcurrency), max: maxConcurrency },
    rates: { reads: rateOf(limits.reads), writes: rateOf(limits.writes), deletes: rateOf(limits.deletes) },
  });
}
