// Who may go on to an operation: the credential, the service that Resource Manager knows, the token buckets.
import type { Answer } from "./answer.ts";
import { authenticate } from "./authenticate.ts";
import { armFailure } from "./errors.ts";
import type { Target } from "./router.ts";
import type { Settings } from "./settings.ts";
import type { Store } from "./store.ts";
import type { TokenBuckets } from "./token-buckets.ts";

type AdmissionParts = {
  readonly store: Store;
  readonly settings: Settings;
  readonly buckets: TokenBuckets | undefined;
  readonly now: number;
};

type Admission =
  | { readonly refused: Answer }
  | { readonly door: "arm" | "direct"; readonly headers: Readonly<Record<string, string>> };

/** The door and the headers that every answer of this request carries, or the refusal. */
export function admit(
  request: { readonly method: string; readonly authorization: string | undefined },
  target: Target,
  parts: AdmissionParts,
): Admission {
  const identified = authenticate(request.authorization, target.flatPath, parts.store, parts.now);
  if ("refused" in identified) return identified;
  const { door, principal } = identified.caller;
  if (door === "direct") return { door, headers: {} };
  // Resource Manager knows one service here; the direct door takes any placeholder segments.
  if (target.base.toLowerCase() !== parts.settings.resourceId.toLowerCase()) return { refused: elsewhere() };
  const taken = parts.buckets?.take(principal, request.method, parts.now) ?? { headers: {} };
  return "refused" in taken ? taken : { door, headers: taken.headers };
}

function elsewhere(): Answer {
  return armFailure(
    404,
    "ResourceNotFound",
    "The Resource was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
  );
}
