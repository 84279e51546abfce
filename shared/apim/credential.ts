// What signs requests to API Management: the interface of both doors, and the direct door's token, made from a key in
// Key Vault. Neither key nor token is ever logged.
import { AppError } from "../core/errors.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { Clock, Secrets } from "../ports.ts";
import { createSasToken } from "./sas-token.ts";

export type Credential = {
  /** The value of the Authorization header: one that is not among those that the service refused for this request, or
   * undefined when there is none left. @throws SECRET_UNAVAILABLE, SECRET_MALFORMED, APIM_UNAUTHORIZED, ABORTED */
  authorization(refused: readonly string[], signal: AbortSignal): Promise<string | undefined>;
  /** What to check when the service refuses everything: the end of a sentence. */
  readonly advice: string;
};

export type SasCredentialOptions = {
  readonly secrets: Secrets;
  /** The identifier beside the keys, usually `integration`. */
  readonly identifier: string;
  /** Names of secrets. */
  readonly primaryKeySecret: string;
  readonly secondaryKeySecret?: string;
  readonly clock: Clock;
  /** One hour by default. */
  readonly lifetimeMs?: number;
};

type Token = { readonly header: string; readonly renewAt: number };

/** After all keys were refused, requests fail at once for so long: neither service nor Key Vault is asked again. */
const denialMs = 30_000;

/** Tokens made from the key in Key Vault, one for all requests, renewed before it ends. A refused token is followed by
 * one from the same secret read afresh (the key was rotated), then by one from the other key. */
export function createSasCredential(options: SasCredentialOptions): Credential {
  const { clock, secrets } = options;
  const lifetimeMs = options.lifetimeMs ?? 3_600_000;
  const keys = [
    options.primaryKeySecret,
    ...(options.secondaryKeySecret === undefined ? [] : [options.secondaryKeySecret]),
  ];
  const flight = createSingleFlight<Token>();
  let inUse = 0;
  let current: Token | undefined;
  let deniedUntil = Number.NEGATIVE_INFINITY;

  /** Step 0 reads the key in use, 1 reads it past the cache, 2 reads the other one past the cache. */
  async function renew(step: number, signal: AbortSignal): Promise<Token> {
    const next = step < 2 ? inUse : (inUse + 1) % keys.length;
    const name = keys[next] ?? options.primaryKeySecret;
    const key = keyText(name, await secrets.get(name, { fresh: step > 0, signal }));
    const now = clock.now();
    const token = createSasToken({ identifier: options.identifier, key, expiresAt: now + lifetimeMs, now });
    const margin = Math.min(5 * 60_000, lifetimeMs / 5);
    inUse = next;
    current = { header: `SharedAccessSignature ${token}`, renewAt: now + lifetimeMs - margin };
    return current;
  }

  return {
    advice: `check the identifier "${options.identifier}", the secret "${options.primaryKeySecret}", whether the direct management API is switched on, and the clock`,
    async authorization(refused, signal) {
      if (refused.length === 0 && clock.now() < deniedUntil) return undefined;
      for (let step = refused.length; step <= keys.length; step += 1) {
        if (current !== undefined && clock.now() < current.renewAt && !refused.includes(current.header)) {
          return current.header;
        }
        const token = await flight((shared) => renew(step, shared), signal);
        if (!refused.includes(token.header)) return token.header;
      }
      deniedUntil = clock.now() + denialMs;
      return undefined;
    },
  };
}

/** The secret without the one line break that `echo` and editors leave. @throws SECRET_MALFORMED */
export function keyText(name: string, text: string): string {
  const key = text.replace(/\r?\n$/, "");
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new AppError(
    "SECRET_MALFORMED",
    `Cannot use the secret "${name}": it is empty or holds blanks or characters that no key has, expected the key as the portal prints it`,
    { context: { secret: name } },
  );
}
