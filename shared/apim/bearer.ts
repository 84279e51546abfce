// The credential of the arm door: a Microsoft Entra token for Azure Resource Manager.
import type { TokenCredential } from "@azure/identity";
import { AppError } from "../core/errors.ts";
import { abortedError } from "../http/aborted.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { Clock } from "../ports.ts";
import type { Credential } from "./credential.ts";

export type BearerCredentialOptions = {
  readonly identity: Pick<TokenCredential, "getToken">;
  readonly clock: Clock;
  /** `https://management.azure.com/.default` by default; clouds with another endpoint have another scope. */
  readonly scope?: string;
};

type Token = { readonly header: string; readonly renewAt: number };

/** Tokens end about an hour to a day after they were made; this much earlier a new one is asked for. */
const marginMs = 5 * 60_000;

/** One token for all requests, renewed before it ends. A refused token is followed by one more that is asked for
 * afresh; the identity library may answer with the same one, which then ends the chain. */
export function createBearerCredential(options: BearerCredentialOptions): Credential {
  const { clock, identity } = options;
  const scope = options.scope ?? "https://management.azure.com/.default";
  const flight = createSingleFlight<Token>();
  let current: Token | undefined;

  async function renew(signal: AbortSignal): Promise<Token> {
    const token = await getToken(identity, scope, signal);
    const renewAt = Math.min(
      token.refreshAfterTimestamp ?? Number.POSITIVE_INFINITY,
      token.expiresOnTimestamp - marginMs,
    );
    // A token that is nearly over when it is handed out is still used, for a short while.
    current = { header: `Bearer ${token.token}`, renewAt: Math.max(renewAt, clock.now() + 10_000) };
    return current;
  }

  return {
    advice: "check that the resource belongs to the tenant of the app's identity, and the clock",
    async authorization(refused, signal) {
      if (current !== undefined && clock.now() < current.renewAt && !refused.includes(current.header)) {
        return current.header;
      }
      if (refused.length > 1) return undefined;
      const { header } = await flight(renew, signal);
      return refused.includes(header) ? undefined : header;
    },
  };
}

async function getToken(identity: Pick<TokenCredential, "getToken">, scope: string, signal: AbortSignal) {
  try {
    const token = await identity.getToken(scope, { abortSignal: signal });
    if (token !== null) return token;
  } catch (error) {
    if (signal.aborted) throw abortedError();
    throw noToken(scope, error instanceof Error ? error.name : "unknown", error);
  }
  throw noToken(scope, "no token", undefined);
}

function noToken(scope: string, reason: string, cause: unknown): AppError {
  return new AppError(
    "APIM_UNAUTHORIZED",
    `Cannot sign in to Azure: the identity gave no token for "${scope}" ("${reason}"), expected one; check the app's managed identity or sign in with the Azure command line`,
    { context: { scope, reason }, cause },
  );
}
