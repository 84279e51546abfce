// The parts that the app is made of, each opened on first use.
import type { TokenCredential } from "@azure/identity";
import type { OpenedRules } from "../config/open-rules.ts";
import type { Settings } from "../config/settings.ts";
import type { SourceDeps } from "../people/source-deps.ts";
import type { Clock, Log, RunQueue, RunStore, Secrets } from "../ports.ts";
import type { Audit, Notifier, PoisonQueue, RequestQueue, RequestStore, Roster } from "../request-ports.ts";

/** What answering requests is kept in and goes out by. */
export type ApprovalParts = {
  readonly notifier: (log: Log) => Promise<Notifier>;
  readonly requests: () => Promise<RequestStore>;
  readonly queue: () => Promise<RequestQueue & PoisonQueue>;
  readonly roster: () => Promise<Roster>;
  /** The log gets the ends of the days' chains. */
  readonly audit: (log: Log) => Promise<Audit>;
};

/** Makes something on first use, with what the first user gives; a failure is not kept. */
export function once<Given extends readonly unknown[], T>(
  make: (...given: Given) => Promise<T>,
): (...given: Given) => Promise<T> {
  let made: Promise<T> | undefined;
  return (...given) => {
    made ??= make(...given).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

export type Parts = { readonly settings: Settings; readonly clock: Clock; readonly identity: TokenCredential };

export function storageParts({ settings, clock, identity }: Parts): {
  store: () => Promise<RunStore>;
  queue: () => Promise<RunQueue>;
  approvals: ApprovalParts;
} {
  const options = async () => {
    const { storageEndpoints } = await import("../storage/storage-endpoints.ts");
    return { credential: identity, endpoints: storageEndpoints(settings.storage), prefix: settings.statePrefix, clock };
  };
  return {
    store: once(async () => (await import("../runs/azure-run-store.ts")).createAzureRunStore(await options())),
    queue: once(async () => (await import("../runs/run-queue.ts")).createRunQueue(await options())),
    approvals: {
      requests: once(async () =>
        (await import("../requests/azure-request-store.ts")).createAzureRequestStore(await options()),
      ),
      queue: once(async () => (await import("../requests/request-queue.ts")).createRequestQueue(await options())),
      roster: once(async () => (await import("../requests/azure-roster.ts")).createAzureRoster(await options())),
      // Until a way out is set up, notices stand in the log and on the page.
      notifier: async () => ({ send: async () => ({ sentBy: [], refused: [] }) }),
      audit: once(async (log: Log) =>
        (await import("../requests/azure-audit.ts")).createAzureAudit({ ...(await options()), log }),
      ),
    },
  };
}

export function secretsOf({ settings, clock, identity }: Parts): () => Promise<Secrets> {
  return once(async () => {
    const [{ createKeyVaultSecrets }, { AppError }] = await Promise.all([
      import("../secrets/key-vault.ts"),
      import("../core/errors.ts"),
    ]);
    const { url, verifyChallenge } = settings.keyVault;
    if (url === undefined)
      throw new AppError(
        "CONFIG_INVALID",
        "Cannot read a secret: ROLLCALL_KEY_VAULT_URL is not set, the URL of a Key Vault was expected",
      );
    return createKeyVaultSecrets({
      vaultUrl: url,
      credential: identity,
      clock,
      disableChallengeResourceVerification: !verifyChallenge,
    });
  });
}

export async function blobEndpoints({ settings }: Parts): Promise<(account: string) => string> {
  const { blobEndpointOf } = await import("../storage/storage-endpoints.ts");
  return (account) => blobEndpointOf(account, settings.storage);
}

export function sourceDeps(
  parts: Parts,
  secrets: () => Promise<Secrets>,
  rules: OpenedRules,
  log: Log,
): () => Promise<Omit<SourceDeps, "memory">> {
  return async () => {
    const { createSourceDeps } = await import("../people/create-source-deps.ts");
    return createSourceDeps({
      ...parts,
      blobEndpointOf: await blobEndpoints(parts),
      secrets: { get: async (name, options) => (await secrets()).get(name, options) },
      expressions: rules.expressions,
      log,
    });
  };
}
