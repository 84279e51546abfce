// The headers with which a source is asked. Secrets and tokens are fetched for each request (both are cached where
// they come from), so a long read outlives a token.
import type { Authentication } from "./authentication-settings.ts";
import type { SourceDeps } from "./source-deps.ts";

export type AuthenticationDeps = Pick<SourceDeps, "secrets" | "getToken">;

/** `fresh` reads a secret past the cache, after an answer that refused it. @throws SECRET_UNAVAILABLE, ABORTED */
async function authenticationHeaders(
  authentication: Authentication,
  deps: AuthenticationDeps,
  options: { readonly fresh: boolean; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, string>>> {
  switch (authentication.kind) {
    case "none":
      return {};
    case "secretHeader": {
      const secret = await deps.secrets.get(authentication.secret, options);
      return { [authentication.header.toLowerCase()]: `${authentication.prefix}${secret}` };
    }
    case "basic": {
      const secret = await deps.secrets.get(authentication.secret, options);
      return { authorization: `Basic ${Buffer.from(`${authentication.user}:${secret}`, "utf8").toString("base64")}` };
    }
    case "managedIdentity":
      return { authorization: `Bearer ${await deps.getToken(authentication.scope, options.signal)}` };
  }
}

/** Asks with these headers, and once more with the secret read afresh when the answer is 401. */
export async function askAuthenticated<T extends { readonly status: number }>(
  ask: (headers: Readonly<Record<string, string>>) => Promise<T>,
  authentication: Authentication,
  deps: AuthenticationDeps,
  signal: AbortSignal,
): Promise<T> {
  const answer = await ask(await authenticationHeaders(authentication, deps, { fresh: false, signal }));
  const usesSecret = authentication.kind === "secretHeader" || authentication.kind === "basic";
  if (answer.status !== 401 || !usesSecret) return answer;
  return ask(await authenticationHeaders(authentication, deps, { fresh: true, signal }));
}
