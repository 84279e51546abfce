// The parts that the app is made of, each opened on first use.
import type { TokenCredential } from "@azure/identity";
import type { OpenedRules } from "../config/open-rules.ts";
import type { Settings } from "../config/settings.ts";
import { once } from "../core/once.ts";
import type { SourceDeps } from "../people/source-deps.ts";
import type { Clock, Log, Secrets } from "../ports.ts";
import type { RunQueue, RunStore } from "../run-ports.ts";

export type Parts = { readonly settings: Settings; readonly clock: Clock; readonly identity: TokenCredential };

export function storageParts({ settings, clock, identity }: Parts): {
  store: () => Promise<RunStore>;
  queue: () => Promise<RunQueue>;
} {
  const options = async () => {
    const { storageEndpoints } = await import("../storage/storage-endpoints.ts");
    return { credential: identity, endpoints: storageEndpoints(settings.storage), prefix: settings.statePrefix, clock };
  };
  return {
    store: once(async () => (await import("../runs/azure-run-store.ts")).createAzureRunStore(await options())),
    queue: once(async () => (await import("../runs/run-queue.ts")).createRunQueue(await options())),
  };
}

export function secretsOf({ settings, clock, identity }: Parts): () => Promise<Secrets> {
  return once(async () =>
    (await import("../secrets/open-secrets.ts")).openSecrets(settings.keyVault, { credential: identity, clock }),
  );
}

export async function blobEndpoints({ settings }: Parts): Promise<(account: string) => string> {
  const { blobEndpointOf } = await import("../storage/storage-endpoints.ts");
  return (account) => blobEndpointOf(account, settings.storage);
}

/** All sources of the process share one transport: its connections stay open for the next reading. */
export function sourceDeps(
  parts: Parts,
  secrets: () => Promise<Secrets>,
): (rules: Pick<OpenedRules, "expressions">, log: Log) => Promise<Omit<SourceDeps, "memory">> {
  const transport = once(async () => (await import("../http/node-fetch-transport.ts")).createNodeFetchTransport());
  return async (rules, log) => {
    const { createSourceDeps } = await import("../people/create-source-deps.ts");
    return createSourceDeps({
      ...parts,
      blobEndpointOf: await blobEndpoints(parts),
      secrets: { get: async (name, options) => (await secrets()).get(name, options) },
      expressions: rules.expressions,
      transport: await transport(),
      log,
    });
  };
}
