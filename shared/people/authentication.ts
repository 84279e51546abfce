// The headers with which a source is asked. Secrets and tokens are fetched for each request (all are cached where they
// come from), so a long read outlives a token.
import { type AccessTokens, createAccessTokens } from "./access-token.ts";
import type { Authentication } from "./authentication-settings.ts";
import type { SourceDeps } from "./source-deps.ts";

export type AuthenticationDeps = Pick<SourceDeps, "secrets" | "getToken" | "httpAsk" | "clock">;

type Headers = Readonly<Record<string, string>>;
type FetchOptions = { readonly fresh: boolean; readonly signal: AbortSignal };

/** Asks with the headers of an authentication, and once more with secret and token made afresh when the answer is 401.
 * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED, ABORTED, and what asking throws */
export type Authenticate = <T extends { readonly status: number }>(
  ask: (headers: Headers) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** Keeps an access token for as long as it is good. @throws CONFIG_INVALID for a token endpoint that may not be asked */
export function createAuthenticate(authentication: Authentication, deps: AuthenticationDeps): Authenticate {
  const headersOf = createHeaders(authentication, deps);
  return async (ask, signal) => {
    const answer = await ask(await headersOf({ fresh: false, signal }));
    if (answer.status !== 401 || !canRenew(authentication)) return answer;
    return ask(await headersOf({ fresh: true, signal }));
  };
}

/** The identity's own library renews its tokens; asking it again gives the same one. */
function canRenew({ kind }: Authentication): boolean {
  return kind !== "none" && kind !== "managedIdentity";
}

/** `fresh` reads a secret past the cache, after an answer that refused it. */
function createHeaders(
  authentication: Authentication,
  deps: AuthenticationDeps,
): (options: FetchOptions) => Promise<Headers> {
  switch (authentication.kind) {
    case "none":
      return async () => ({});
    case "secretHeader": {
      const { header, secret, prefix } = authentication;
      return async (options) => ({ [header.toLowerCase()]: `${prefix}${await deps.secrets.get(secret, options)}` });
    }
    case "bearer":
      return async (options) => bearer(await deps.secrets.get(authentication.secret, options));
    case "basic": {
      const { user, secret } = authentication;
      return async (options) => basic(user, await deps.secrets.get(secret, options));
    }
    case "basicKey": {
      const { secret, password } = authentication;
      return async (options) => basic(await deps.secrets.get(secret, options), password);
    }
    case "clientCredentials":
    case "refreshToken":
    case "samlBearer":
      return withToken(createAccessTokens(authentication, deps));
    case "managedIdentity":
      return async ({ signal }) => bearer(await deps.getToken(authentication.scope, signal));
  }
}

function withToken(tokens: AccessTokens): (options: FetchOptions) => Promise<Headers> {
  return async (options) => bearer(await tokens.get(options));
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

function basic(user: string, password: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}` };
}
