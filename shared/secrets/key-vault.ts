// Secrets from Azure Key Vault, kept in memory for a while. The settings name secrets; only this adapter and its callers
// ever hold a value. Implements the port `Secrets`.
import type { TokenCredential } from "@azure/identity";
import type { SecretClient } from "@azure/keyvault-secrets";
import { AppError } from "../core/errors.ts";
import type { Clock, Secrets } from "../ports.ts";
import { type SecretPlace, toSecretError } from "./key-vault-error.ts";

export type KeyVaultSecretsOptions = {
  /** For example https://contoso.vault.azure.net. */
  readonly vaultUrl: string;
  readonly credential: TokenCredential;
  /** Lets a vault outside vault.azure.net (the local stack) name vault.azure.net as the audience of its tokens. */
  readonly disableChallengeResourceVerification?: boolean;
  readonly clock: Clock;
  /** How long a value is used before it is read again. Ten minutes unless stated. */
  readonly cacheMs?: number;
  /** PEM of a certificate authority to trust beside the built-in ones. */
  readonly ca?: string;
  /** How often the client tries again after 429, 5xx and network failures. Three times unless stated. */
  readonly maxRetries?: number;
  /** How long a read may take with all of its tries. 20 seconds unless stated. */
  readonly readMs?: number;
};

const defaultCacheMs = 10 * 60_000;
const requestTimeoutMs = 15_000;
/** Less than a door waits, so that it can still say what is away. A busy vault may ask for longer pauses than that. */
const defaultReadMs = 20_000;

type Cached = { readonly value: string; readonly readAt: number };

/** The secrets of one vault. A value is the newest version's text, unchanged (also a line break at its end).
 * At most one read per name is under way; who asks meanwhile gets its result. Nothing is read or loaded before the first
 * `get`. `get` throws SECRET_UNAVAILABLE when the vault does not give the secret, SECRET_MALFORMED when it is empty,
 * ABORTED when the signal fires first. */
export function createKeyVaultSecrets(options: KeyVaultSecretsOptions): Secrets {
  const { vaultUrl, clock, cacheMs = defaultCacheMs, readMs = defaultReadMs } = options;
  const cache = new Map<string, Cached>();
  const reads = new Map<string, Promise<string>>();
  let client: Promise<SecretClient> | undefined;

  async function read(name: string): Promise<string> {
    const readAt = clock.now();
    client ??= createClient(options);
    const value = await fetchSecret(await client, { vaultUrl, name }, AbortSignal.timeout(readMs));
    cache.set(name, { value, readAt });
    return value;
  }

  function joinRead(name: string): Promise<string> {
    const running = reads.get(name);
    if (running !== undefined) return running;
    const started = read(name).finally(() => reads.delete(name));
    reads.set(name, started);
    return started;
  }

  return {
    async get(name, { fresh = false, signal }) {
      throwIfAborted(signal, name);
      const cached = cache.get(name);
      if (!fresh && cached !== undefined && clock.now() - cached.readAt < cacheMs) return cached.value;
      return abortable(joinRead(name), signal, name);
    },
  };
}

async function createClient(options: KeyVaultSecretsOptions): Promise<SecretClient> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  return new SecretClient(options.vaultUrl, options.credential, {
    disableChallengeResourceVerification: options.disableChallengeResourceVerification ?? false,
    ...(options.ca !== undefined && { tlsOptions: { ca: options.ca } }),
    ...(options.maxRetries !== undefined && { retryOptions: { maxRetries: options.maxRetries } }),
  });
}

async function fetchSecret(client: SecretClient, place: SecretPlace, tooLong: AbortSignal): Promise<string> {
  const { vaultUrl, name } = place;
  let value: string | undefined;
  try {
    const requestOptions = { timeout: requestTimeoutMs };
    ({ value } = await client.getSecret(name, { abortSignal: tooLong, requestOptions }));
  } catch (error) {
    throw toSecretError(error, place);
  }
  if (value === undefined || value === "") {
    throw new AppError(
      "SECRET_MALFORMED",
      `Cannot use secret "${name}": its value is empty, expected text; set a new version in ${vaultUrl}`,
      {
        context: { secret: name, vaultUrl },
      },
    );
  }
  return value;
}

// The read itself goes on when one caller gives up: others may wait for it, and its result is worth keeping.
function abortable(reading: Promise<string>, signal: AbortSignal, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal, name));
    signal.addEventListener("abort", onAbort, { once: true });
    reading.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function throwIfAborted(signal: AbortSignal, name: string): void {
  if (signal.aborted) throw aborted(signal, name);
}

function aborted(signal: AbortSignal, name: string): AppError {
  return new AppError("ABORTED", `Cannot read secret "${name}": the read was stopped before it ended`, {
    context: { secret: name },
    cause: signal.reason,
  });
}
