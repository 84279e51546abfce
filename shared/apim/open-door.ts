// The client for one target of the rules: the door, its credential, its limits.
import type { TokenCredential } from "@azure/identity";
import type { TargetRules } from "../config/rules.ts";
import type { Transport } from "../http/transport.ts";
import type { Clock, Log, Secrets } from "../ports.ts";
import { createBearerCredential } from "./bearer.ts";
import { type ApimClient, createApimClient } from "./client.ts";
import { createSasCredential } from "./credential.ts";

export type DoorDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly secrets: Secrets;
  readonly identity: TokenCredential;
  readonly transport: Transport;
};

/** @throws CONFIG_INVALID for a door that cannot be used */
export function openDoor(target: TargetRules, deps: DoorDeps): ApimClient {
  const { clock, log, random, secrets, identity, transport } = deps;
  const common = {
    clock,
    log: log.with({ target: target.name }),
    random,
    transport,
    ...(target.pageSize === undefined ? {} : { pageSize: target.pageSize }),
    concurrency: { initial: Math.min(8, target.maxConcurrency), max: target.maxConcurrency },
  };
  if (target.door === "arm") {
    const { resourceId, endpoint, apiVersion } = target;
    const credential = createBearerCredential({ identity, clock });
    return createApimClient({ ...common, credential, door: { kind: "arm", resourceId, endpoint, apiVersion } });
  }
  const { baseUrl, apiVersion, sas } = target;
  const { identifier, primaryKeySecret, secondaryKeySecret } = sas;
  const second = secondaryKeySecret === undefined ? {} : { secondaryKeySecret };
  const credential = createSasCredential({ secrets, clock, identifier, primaryKeySecret, ...second });
  return createApimClient({ ...common, credential, door: { kind: "direct", baseUrl, apiVersion } });
}
