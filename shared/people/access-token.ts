// Access tokens that a source's own token endpoint gives: OAuth 2 client credentials (RFC 6749, 4.4), a refresh token
// that somebody put down for good (RFC 6749, 6), and the SAML 2.0 bearer assertion (RFC 7522). A token is kept and renewed before it ends.
import { AppError } from "../core/errors.ts";
import { createSingleFlight } from "../http/single-flight.ts";
import type { Authentication } from "./authentication-settings.ts";
import { parseJson } from "./json-document.ts";
import { compilePath } from "./json-path.ts";
import type { AskRequest, HttpAnswer, SourceDeps } from "./source-deps.ts";
import { checkSourceUrl, shownUrl } from "./source-url.ts";

type TokenAuthentication = Extract<
  Authentication,
  { readonly kind: "clientCredentials" | "refreshToken" | "samlBearer" }
>;
type TokenDeps = Pick<SourceDeps, "secrets" | "httpAsk" | "clock">;
type Options = { readonly fresh: boolean; readonly signal: AbortSignal };
type Token = { readonly text: string; readonly renewAt: number };

export type AccessTokens = {
  /** The token: another one than the source `refused`, made with the secret read past the cache. Who asks while one is
   * made gets the same. @throws SECRET_UNAVAILABLE, ABORTED */
  get(refused: string | undefined, signal: AbortSignal): Promise<string>;
  /** Takes the token that an answer of the source hands out for the next request. */
  take(authorization: string | undefined): void;
};

const defaultLifeSeconds = 600;
const marginSeconds = 300;

/** @throws CONFIG_INVALID when the token endpoint may not be asked */
export function createAccessTokens(authentication: TokenAuthentication, deps: TokenDeps): AccessTokens {
  const checked = checkSourceUrl(authentication.tokenUrl);
  if (!checked.ok) throw new AppError("CONFIG_INVALID", `Cannot use the tokenUrl of a source: ${checked.reason}`);
  const { url } = checked;
  const flight = createSingleFlight<Token>();
  let current: Token | undefined;

  async function request(options: Options): Promise<HttpAnswer> {
    const secret = await deps.secrets.get(authentication.secret, options);
    if (authentication.kind === "refreshToken") {
      const fields = {
        grant_type: "refresh_token",
        refresh_token: await deps.secrets.get(authentication.refreshToken, options),
      };
      return deps.httpAsk(form(url, fields, basic(authentication.clientId, secret)), options.signal);
    }
    const asked = await tokenRequest(authentication, url, secret, deps.clock.now());
    return deps.httpAsk(asked, options.signal);
  }

  async function renew(options: Options): Promise<Token> {
    const answer = await request(options);
    // A client that was refused may have a new secret.
    const again = !options.fresh && [400, 401, 403].includes(answer.status);
    return readToken(
      authentication,
      url,
      again ? await request({ ...options, fresh: true }) : answer,
      deps.clock.now(),
    );
  }

  return {
    async get(refused, signal) {
      if (current !== undefined && current.text !== refused && deps.clock.now() < current.renewAt) return current.text;
      const fresh = refused !== undefined;
      const made = await flight(async (shared) => {
        current = await renew({ fresh, signal: shared });
        return current;
      }, signal);
      return made.text;
    },
    take(authorization) {
      const text = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization ?? "")?.[1];
      if (text === undefined || text === current?.text) return;
      current = { text, renewAt: renewTime(defaultLifeSeconds, deps.clock.now()) };
    },
  };
}

async function tokenRequest(
  authentication: Exclude<TokenAuthentication, { readonly kind: "refreshToken" }>,
  url: URL,
  secret: string,
  now: number,
): Promise<AskRequest> {
  const { clientId } = authentication;
  if (authentication.kind === "samlBearer") {
    const { createSamlAssertion } = await import("./saml-assertion.ts");
    const { companyId, user, audience } = authentication;
    const assertion = createSamlAssertion({ clientId, user, audience, recipient: url.href, privateKey: secret, now });
    return form(url, {
      company_id: companyId,
      client_id: clientId,
      grant_type: "urn:ietf:params:oauth:grant-type:saml2-bearer",
      assertion: Buffer.from(assertion, "utf8").toString("base64"),
    });
  }
  const { send, scope } = authentication;
  const fields = { grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) };
  if (send === "basic") return form(url, fields, basic(clientId, secret));
  const whole = { ...fields, client_id: clientId, client_secret: secret };
  if (send === "form") return form(url, whole);
  const headers = { accept: "application/json", "content-type": "application/json" };
  return { method: "POST", url: url.href, headers, body: JSON.stringify(whole) };
}

/** RFC 6749, 2.3.1: both are encoded as form values first. */
function basic(clientId: string, secret: string): Readonly<Record<string, string>> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
}

function form(
  url: URL,
  fields: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
): AskRequest {
  const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...more };
  return { method: "POST", url: url.href, headers, body: new URLSearchParams(fields).toString() };
}

/** An answer of a token endpoint may quote what was sent: only its status goes into a message. */
function readToken(authentication: TokenAuthentication, url: URL, answer: HttpAnswer, now: number): Token {
  const parsed = parseJson(answer.text);
  const document = answer.status === 200 && parsed.ok ? parsed.document : undefined;
  const path = authentication.kind === "clientCredentials" ? authentication.tokenPath : "access_token";
  const text = compilePath(path)(document);
  if (typeof text !== "string" || !/^[\x21-\x7e]+$/.test(text)) {
    const found = answer.status === 200 ? `its answer has no token at "${path}"` : `it answers ${answer.status}`;
    throw new AppError(
      "SECRET_UNAVAILABLE",
      `Cannot get a token from "${shownUrl(url)}": ${found}, expected one; check client id, the secret "${authentication.secret}" and the client's rights`,
      { context: { secret: authentication.secret } },
    );
  }
  const life = compilePath("expires_in")(document);
  const seconds = Number.isFinite(Number(life)) && Number(life) > 0 ? Number(life) : defaultLifeSeconds;
  return { text, renewAt: renewTime(seconds, now) };
}

function renewTime(lifeSeconds: number, now: number): number {
  return now + (lifeSeconds - Math.min(marginSeconds, lifeSeconds / 4)) * 1000;
}
