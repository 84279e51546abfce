// The client in front of the API Management simulator, for the contract: small pages, overlapping writes refused.
import { type ApimSimulator, createApimSimulator } from "../../dev/apim/apim-simulator.ts";
import { createApim } from "../../shared/apim/client.ts";
import { type Credential, createSasCredential } from "../../shared/apim/credential.ts";
import type { ApimDoor } from "../../shared/apim/dialect.ts";
import { createNodeFetchTransport } from "../../shared/http/node-fetch-transport.ts";
import type { Clock } from "../../shared/ports.ts";
import { createRecordingLog } from "../http/recording-log.ts";
import type { StartedApim } from "./apim-contract.ts";

/** The simulator's clock is the machine's, so that tokens hold; waiting takes no time. */
const clock: Clock = { now: Date.now, sleep: async (_, signal) => signal.throwIfAborted() };

export type SimulatedApim = StartedApim & { readonly simulator: ApimSimulator };

/** Starts a simulator and a client of it. */
export async function startSimulatedApim(
  doorOf: (simulator: ApimSimulator) => ApimDoor,
  credentialOf: (simulator: ApimSimulator) => Credential = sasCredential,
): Promise<SimulatedApim> {
  const simulator = await createApimSimulator({ pageSize: 3, latencyMs: 2 });
  const apim = createApim({
    door: doorOf(simulator),
    credential: credentialOf(simulator),
    transport: createNodeFetchTransport(),
    clock,
    random: Math.random,
    log: createRecordingLog(),
  });
  return { apim, simulator, close: () => simulator.close() };
}

/** The simulator's keys as Key Vault would give them. */
function sasCredential(simulator: ApimSimulator): Credential {
  const keys: Record<string, () => string> = {
    primary: () => simulator.primaryKey,
    secondary: () => simulator.secondaryKey,
  };
  return createSasCredential({
    secrets: { get: async (name) => `${keys[name]?.()}\n` },
    identifier: simulator.identifier,
    primaryKeySecret: "primary",
    secondaryKeySecret: "secondary",
    clock,
  });
}
