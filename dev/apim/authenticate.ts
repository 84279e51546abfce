// Which door a request comes through: the scheme of its Authorization header says so, both doors share one address.
import type { Answer } from "./answer.ts";
import { bearerMissing, verifyBearer } from "./bearer-token.ts";
import { failure } from "./errors.ts";
import { verifySas } from "./sas-token.ts";
import type { Store } from "./store.ts";

type Caller = { readonly door: "arm" | "direct"; readonly principal: string };

/** The caller, or the 401 (403 when the direct door is switched off) in the form of the door that was tried. */
export function authenticate(
  header: string | undefined,
  flatPath: boolean,
  store: Store,
  now: number,
): { readonly caller: Caller } | { readonly refused: Answer } {
  const [, scheme = "", credential = ""] = /^(\S+)\s+(.*)$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") {
    const verdict = verifyBearer(credential, now);
    return "refused" in verdict ? verdict : { caller: { door: "arm", principal: verdict.principal } };
  }
  if (scheme.toLowerCase() === "sharedaccesssignature") return directCaller(credential, store, now);
  return { refused: flatPath ? directRefusal("Authorization header is missing or malformed.") : bearerMissing() };
}

function directCaller(
  credential: string,
  store: Store,
  now: number,
): { readonly caller: Caller } | { readonly refused: Answer } {
  const access = store.access();
  const token = /token="([^"]*)"/.exec(credential)?.[1] ?? credential;
  const verdict = verifySas(token, {
    identifier: access.identifier,
    keys: [access.primaryKey, access.secondaryKey],
    now,
  });
  if (verdict !== "valid") return { refused: directRefusal(`Authorization token is ${verdict}.`) };
  if (!access.enabled)
    return { refused: failure(403, "AccessDenied", "Direct access to the management API is disabled.") };
  return { caller: { door: "direct", principal: access.identifier } };
}

// The status is documented; the body is inferred.
function directRefusal(message: string): Answer {
  return failure(401, "Unauthorized", message);
}
