// Bearer tokens of the ARM door: any JWT for Resource Manager that has not expired, whoever signed it.
import type { Answer } from "./answer.ts";
import { armFailure } from "./errors.ts";
import { isFields } from "./json-fields.ts";

const audiences = ["https://management.azure.com", "https://management.azure.com/"];

/** The principal that a token speaks for (the token buckets count by it), or Resource Manager's 401. */
export function verifyBearer(
  token: string,
  now: number,
): { readonly principal: string } | { readonly refused: Answer } {
  const claims = claimsOf(token);
  if (claims === undefined) return refuse("InvalidAuthenticationToken", "The access token is invalid.");
  if (typeof claims.aud !== "string" || !audiences.includes(claims.aud)) {
    return refuse(
      "InvalidAuthenticationTokenAudience",
      `The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences '${audiences.join("','")}'.`,
    );
  }
  if (typeof claims.exp !== "number" || claims.exp * 1000 <= now) {
    return refuse("ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time.");
  }
  const principal = [claims.oid, claims.appid, claims.sub].find((claim) => typeof claim === "string");
  return { principal: typeof principal === "string" ? principal : "anonymous" };
}

/** The answer to a request that brings no credential at all. */
export function bearerMissing(): Answer {
  return refuse("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.").refused;
}

function refuse(code: string, message: string): { readonly refused: Answer } {
  const challenge = `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="${message}"`;
  return { refused: armFailure(401, code, message, { "WWW-Authenticate": challenge }) };
}

function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return isFields(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
