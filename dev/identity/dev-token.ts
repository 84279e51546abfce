// The tokens of the simulated identity endpoint: JWTs with the claims that Entra ID puts in an app-only token. They
// are signed with a key that stands here for everybody to read, so that each simulator can verify them alone; no real
// service accepts one.
import { jwtVerify, SignJWT } from "jose";

const signingKey = new TextEncoder().encode("the signing key of the local stack, known to everybody");

/** Ids of the simulated tenant and of the simulated app's identity. */
export const devTenantId = "11111111-1111-4111-8111-111111111111";
export const devClientId = "22222222-2222-4222-8222-222222222222";
export const devObjectId = "33333333-3333-4333-8333-333333333333";

export type DevTokenClaims = {
  /** The resource that the token is for: `aud`. */
  readonly resource: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
  /** Epoch seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** A signed token with those claims. */
export async function signDevToken(claims: DevTokenClaims): Promise<string> {
  return await new SignJWT({
    appid: claims.clientId,
    appidacr: "2",
    idp: issuerOf(claims.tenantId),
    idtyp: "app",
    oid: claims.objectId,
    sub: claims.objectId,
    tid: claims.tenantId,
    ver: "1.0",
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setAudience(claims.resource)
    .setIssuer(issuerOf(claims.tenantId))
    .setIssuedAt(claims.issuedAt)
    .setNotBefore(claims.issuedAt)
    .setExpirationTime(claims.expiresAt)
    .sign(signingKey);
}

/** The claims of a token that this stack signed, that is for one of these resources and valid at `now` (epoch
 * milliseconds); undefined for every other text. A trailing slash of a resource does not count. */
export async function readDevToken(
  token: string,
  options: { readonly resources: readonly string[]; readonly now: number },
): Promise<DevTokenClaims | undefined> {
  try {
    const { payload } = await jwtVerify(token, signingKey, {
      audience: options.resources.flatMap((resource) => [trimSlash(resource), `${trimSlash(resource)}/`]),
      algorithms: ["HS256"],
      currentDate: new Date(options.now),
    });
    const { aud, appid, oid, tid, iat, exp } = payload;
    if (typeof aud !== "string" || typeof iat !== "number" || typeof exp !== "number") return undefined;
    if (typeof appid !== "string" || typeof oid !== "string" || typeof tid !== "string") return undefined;
    return { resource: aud, clientId: appid, objectId: oid, tenantId: tid, issuedAt: iat, expiresAt: exp };
  } catch {
    return undefined;
  }
}

// Version 1.0 tokens, which managed identities get, name this issuer.
function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

function trimSlash(resource: string): string {
  return resource.replace(/\/$/, "");
}
