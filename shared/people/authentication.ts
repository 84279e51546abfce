// The headers with which a source is asked. Secrets and tokens are fetched for each request (all are cached where they
// come from), so a long read outlives a token.
import { createAccessTokens } from "./access-token.ts";
import type { Authentication } from "./authentication-settings.ts";
import type { SourceDeps } from "./source-deps.ts";

export type AuthenticationDeps = Pick<SourceDeps, "secrets" | "getToken" | "httpAsk" | "clock">;

type Answer = { readonly status: number; readonly headers?: (name: string) => string | undefined };
type Headers = Readonly<Record<string, string>>;
type FetchOptions = { readonly fresh: boolean; readonly signal: AbortSignal };

/** Asks with the headers of an authentication, and once more with secret and token made afresh when the answer is 401.
 * @throws SECRET_UNAVAILABLE, SECRET_MALFORMED, ABORTED, and what asking throws */
export type Authenticate = <T extends Answer>(ask: (headers: Headers) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Keeps an access token for as long as it is good. @throws CONFIG_INVALID for a token endpoint that may not be asked */
export function createAuthenticate(authentication: Authentication, deps: AuthenticationDeps): Authenticate {
  const { headersOf, answered } = createProof(authentication, deps);

  async function askWith<T extends Answer>(ask: (headers: Headers) => Promise<T>, headers: Headers): Promise<T> {
    const answer = await ask(headers);
    answered?.(answer);
    return answer;
  }

  return async (ask, signal) => {
    const headers = await headersOf({ fresh: false, signal });
    const answer = await askWith(ask, headers);
    if (answer.status !== 401 || !canRenew(authentication)) return answer;
    return askWith(ask, await headersOf({ fresh: true, signal }, headers));
  };
}

/** The identity's own library renews its tokens; asking it again gives the same one. */
function canRenew({ kind }: Authentication): boolean {
  return kind !== "none" && kind !== "managedIdentity";
}

/** `refused` are the headers that the source would not take. */
type HeadersOf = (options: FetchOptions, refused?: Headers) => Promise<Headers>;
type Proof = { readonly headersOf: HeadersOf; readonly answered?: (answer: Answer) => void };
type TokenKind = "clientCredentials" | "refreshToken" | "samlBearer";

function usesTokens(
  authentication: Authentication,
): authentication is Extract<Authentication, { readonly kind: TokenKind }> {
  const { kind } = authentication;
  return kind === "clientCredentials" || kind === "refreshToken" || kind === "samlBearer";
}

function createProof(authentication: Authentication, deps: AuthenticationDeps): Proof {
  if (!usesTokens(authentication)) return { headersOf: createHeaders(authentication, deps) };
  const tokens = createAccessTokens(authentication, deps);
  const headersOf: HeadersOf = async ({ signal }, refused) =>
    bearer(await tokens.get(refused?.authorization?.slice(bearerScheme.length), signal));
  if (authentication.kind !== "clientCredentials" || authentication.rotates !== true) return { headersOf };
  const answered = ({ status, headers }: Answer) => {
    if (status === 200) tokens.take(headers?.("authorization"));
  };
  return { headersOf, answered };
}

/** `fresh` reads a secret past the cache, after an answer that refused it. */
function createHeaders(
  authentication: Exclude<Authentication, { readonly kind: TokenKind }>,
  deps: AuthenticationDeps,
): HeadersOf {
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
    case "managedIdentity":
      return async ({ signal }) => bearer(await deps.getToken(authentication.scope, signal));
  }
}

const bearerScheme = "Bearer ";

function bearer(token: string): Headers {
  return { authorization: `${bearerScheme}${token}` };
}

function basic(user: string, password: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}` };
}
